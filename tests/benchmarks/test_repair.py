"""The table of repairs: intervals in closed form, pairs that cancel what they share, and who takes part."""

import numpy as np
import pytest

from benchmarks import repair as bench
from mlcore import repair

DRAWS = np.random.default_rng(1).integers(0, 400, (2000, 400))


def rows(l1, squared=0.01, ssim=0.5, right=True):
    """Figures of 400 pictures; numbers stand for all of them."""
    full = {"l1": l1, "psnr": squared, "ssim": ssim, "accuracy": right, "cpu_milliseconds": 2.0}
    return {name: np.broadcast_to(value, 400).copy() for name, value in full.items()}


def test_what_doesnt_vary_has_an_interval_without_width():
    found = bench.told(rows(0.2), rows(0.3, squared=0.1), DRAWS)

    assert found["l1"] == {"value": 0.2, "interval": [0.2, 0.2], "more": {"value": -0.1, "interval": [-0.1, -0.1]}}
    assert found["psnr"]["value"] == 20  # -10 log10 of 0.01
    assert found["psnr"]["more"]["interval"] == [10, 10]
    assert found["accuracy"]["value"] == 1
    assert found["cpu_milliseconds"] == 2


def test_a_repair_without_error_doesnt_make_the_psnr_infinite():
    squared = np.where(np.arange(400) < 200, 0.0, 0.02)

    assert bench.told(rows(0.2, squared=squared), rows(0.2), DRAWS)["psnr"]["value"] == 20  # of the mean, 0.01


def test_what_both_share_cancels_in_the_gain():
    shared = np.random.default_rng(0).normal(0.3, 0.1, 400)

    found = bench.told(rows(shared - 0.05), rows(shared), DRAWS)["l1"]

    assert found["interval"][1] - found["interval"][0] > 0.01
    assert found["more"]["interval"] == [-0.05, -0.05]


def test_the_interval_is_that_of_the_normal_approximation():
    """400 normal values, seed 0: 2,000 draws know a bound to about 5 % of the reach; 10 % is allowed."""
    values = np.random.default_rng(0).normal(0.3, 0.1, 400)
    reach = 1.96 * values.std() / 20

    low, high = bench.told(rows(values), rows(0.3), DRAWS)["l1"]["interval"]

    assert low == pytest.approx(values.mean() - reach, abs=0.1 * reach)
    assert high == pytest.approx(values.mean() + reach, abs=0.1 * reach)


def test_a_fill_that_knows_the_truth_is_without_fault():
    class Classifier:
        def logits(self, pictures):
            return np.eye(3)[pictures[:, 0, 0, 0] // 100]

    pictures = np.stack([np.full((16, 16, 3), level, "uint8") for level in (20, 120, 220)])
    masks = [repair.damage("centre", 16, 16)] * 3

    found = bench.judged(lambda pixels, mask: pixels, pictures, masks, np.array([0, 1, 0]), Classifier())

    assert (found["l1"].sum(), found["psnr"].sum(), found["ssim"].sum()) == (0, 0, 3)
    assert found["accuracy"].tolist() == [True, True, False]


def test_every_fill_that_can_run_takes_part_beside_ours():
    class Repairer:
        repair = staticmethod(lambda pixels, mask: np.zeros_like(pixels))

    taking_part = bench.contenders(Repairer())
    pixels, mask = np.full((16, 16, 3), 90, "uint8"), repair.damage("centre", 16, 16)

    assert {"mean", "biharmonic", bench.OURS} <= set(taking_part)
    assert not taking_part[bench.OURS](pixels, mask).any()
    for name in set(taking_part) - {bench.OURS}:
        np.testing.assert_array_equal(taking_part[name](pixels, mask), pixels)  # a flat picture is easy for all
