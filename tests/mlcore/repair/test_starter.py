"""The repair network that comes along keeps what its card says, on the test pictures that come along, too."""

import numpy as np
import pytest

from mlcore import data, durable, repair
from mlcore.repair.repairer import open_repairer

ID = "repaired-photographs"


def test_it_fills_holes_better_than_the_smoothest_surface(home):
    """100 of the pictures drawn by chance: 1.1 dB on 1,000, with 95 % certainty at least 0.9 (see `repairs.json`)."""
    split, repairer = data.excerpt("cifar10").split("test"), open_repairer(ID)
    pictures, mask = split.read(split.drawn[::3]), repair.damage("centre", 32, 32)

    ours, smooth = (
        np.mean([((fill(each, mask)[mask] / 255.0 - each[mask] / 255.0) ** 2).mean() for each in pictures])
        for fill in (repairer.repair, lambda pixels, mask: repair.fill("biharmonic", pixels, mask))
    )

    assert 10 * np.log10(smooth / ours) > 0.5


def test_the_figures_on_its_card_are_those_that_were_measured(home):
    repairer = open_repairer(ID)
    kept = durable.read_json(repairer.folder / "repairs.json")

    for title, fills in kept["figures"].items():
        figures = [fills[name]["psnr"]["value"] for name in ("our network", "biharmonic")]
        words = "{:.2f} dB where the smoothest surface has {:.2f}".format(*figures)
        assert f"{words} ({title.split(', ')[1]})" in repairer.card.description
        assert fills["our network"]["psnr"]["more"]["interval"][0] > 0
    assert f"{kept['pictures']:,} test pictures" in repairer.card.description


@pytest.mark.parametrize("size", [(20, 30), (65, 64)])
def test_pictures_of_other_sizes_are_filled_and_nothing_else_changes(home, size):
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), "uint8")
    mask = repair.damage("strokes", *size)
    repaired = open_repairer(ID).repair(pixels, mask)

    assert (repaired[~mask] == pixels[~mask]).all()
    assert (repaired[mask] != pixels[mask]).any()


def test_a_photograph_above_a_megapixel_is_repaired_too_and_nothing_else_changes(home):
    pixels = np.random.default_rng(0).integers(0, 256, (1030, 1030, 3), "uint8")
    mask = np.zeros((1030, 1030), bool)
    mask[500:540, 500:540] = True
    repaired = open_repairer(ID).repair(pixels, mask)

    assert (repaired[~mask] == pixels[~mask]).all()
    assert (repaired[mask] != pixels[mask]).any()
