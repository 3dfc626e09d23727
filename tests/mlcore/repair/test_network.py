"""The repair network: begins as good as the smooth fill, learns, resumes to the bit, leaves the rest alone."""

import shutil

import numpy as np
import pytest

from mlcore import data, library, repair
from mlcore.errors import Kind, Refused
from mlcore.repair.finish import finish
from mlcore.repair.loop import train
from mlcore.repair.masks import Damaged, mask_of, with_fill
from mlcore.repair.network import InpaintingModel
from mlcore.repair.repairer import all_repairers, open_repairer, padded
from mlcore.repair.settings import RepairSettings

PLAN = RepairSettings(data="shapes", width=8, steps=8, batch_size=16)


def test_an_untrained_network_gives_the_smooth_fill():
    pictures = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), "uint8")
    batch = with_fill(pictures, repair.damage("centre", 16, 16))

    assert not np.asarray(InpaintingModel(PLAN).network(batch[..., 3:].astype("float32"))).any()


def test_the_error_is_that_of_the_hole_alone():
    mask = repair.damage("centre", 16, 16)
    pictures = np.random.default_rng(0).integers(0, 256, (8, 16, 16, 3), "uint8")
    batch = with_fill(pictures, mask)
    model = InpaintingModel(PLAN.model_copy(update={"adversarial": 0.0}))
    model.compile(optimizer="sgd")

    losses = model.test_on_batch(batch, np.zeros(8), return_dict=True)

    lost = batch[..., 3:6][:, mask].astype(float) - pictures[:, mask]
    assert losses["error"] == pytest.approx(((lost / 255) ** 2).mean(), rel=1e-4)
    assert losses["error"] == pytest.approx(losses["smooth_error"])


def test_what_is_learned_from_is_the_share_of_the_fills_error_whatever_the_size_of_the_hole():
    masks = [repair.damage("centre", 16, 16), np.eye(16, dtype=bool)]
    pictures = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), "uint8")
    batch = np.concatenate([with_fill(one[None], mask) for one, mask in zip(pictures, masks, strict=True)])
    model = InpaintingModel(PLAN.model_copy(update={"adversarial": 0.0}))
    model.compile(optimizer="sgd")

    losses = model.test_on_batch(batch, np.zeros(2), return_dict=True)

    apart = (batch[..., 3:6].astype(float) - pictures) / 255
    errors = np.array([(apart[at][masks[at]] ** 2).mean() for at in (0, 1)])
    assert losses["error"] == pytest.approx(errors.mean(), rel=1e-4)
    assert losses["loss"] == pytest.approx((errors / (errors + 0.005)).mean(), rel=1e-4)


def test_what_is_kept_is_an_average_of_the_weights_so_far():
    """After step t the old average keeps a half to the power of 1 / (0.05 t): by hand for three steps."""
    model, mask = InpaintingModel(PLAN), repair.damage("centre", 16, 16)
    model.compile(optimizer="adam")
    batch = with_fill(np.random.default_rng(0).integers(0, 256, (8, 16, 16, 3), "uint8"), mask)
    expected = model.network.get_weights()

    for step in (1, 2, 3):
        keep, before = 0.5 ** (1 / (0.05 * step)), model.network.get_weights()
        model.train_on_batch(batch, np.zeros(8))
        expected = [keep * old + (1 - keep) * new for old, new in zip(expected, before, strict=True)]

    for kept, by_hand in zip(model.averaged.get_weights(), expected, strict=True):
        np.testing.assert_allclose(kept, by_hand, atol=1e-5)


def test_a_batch_is_a_function_of_its_step(tiny_data):
    from mlcore.training.steps import stream

    first, second = (Damaged(stream(tiny_data.split("train"), PLAN, 0), seed=3) for _ in range(2))

    one, _ = first.at(5)
    np.testing.assert_array_equal(one, second.at(5)[0])
    assert one.shape == (16, 16, 16, 7)
    lost = one[..., 6] > 0
    assert (one[..., :3] == one[..., 3:6])[~lost].all()
    assert not np.array_equal(lost[0], lost[8])  # another group, another hole
    assert {mask_of(number, 16, 16, 3).any() for number in range(20)} == {True}


def test_resumed_equals_uninterrupted_to_the_bit(tiny_data, tmp_path):
    whole, asked = train(PLAN, tmp_path / "whole"), []

    first = train(PLAN, tmp_path / "parts", should_stop=lambda: asked.append(1) or len(asked) == 3)
    second = train(PLAN, tmp_path / "parts")

    assert first.stopped
    assert 0 < first.progress.step < second.progress.step == PLAN.steps
    for before, after in zip(whole.network.weights, second.network.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(before), np.asarray(after))


@pytest.fixture(scope="module")
def made_once(tmp_path_factory, shapes_folder):
    """A home with a repair network that learned for 120 steps, made once."""
    home, events = tmp_path_factory.mktemp("home-with-repairer"), []
    folder = home / "models" / "repairer"
    folder.mkdir(parents=True)
    plan = PLAN.model_copy(update={"steps": 120, "learning_rate": 0.003})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLCORE_HOME", str(home))
        data.add(shapes_folder, "shapes")
        trained = train(plan, folder, events.append)
        finish(plan, folder, trained, events.append)
    return home


@pytest.fixture
def repairer(made_once, home):
    """That network, in the library of the test."""
    shutil.copytree(made_once, home, dirs_exist_ok=True)
    return open_repairer("repairer")


def test_it_learns_to_beat_the_fill_that_it_begins_with(repairer):
    """120 steps on 60 pictures, seed 0: error of the centre hole on the 18 pictures it didn't train on."""
    dataset, mask = data.open("shapes"), repair.damage("centre", 16, 16)
    pictures = np.concatenate([dataset.split(name).load() for name in ("val", "test")])

    ours, smooth = (
        np.mean([repair.score(each, how(each, mask), mask).psnr for each in pictures])
        for how in (repairer.repair, lambda pixels, mask: repair.fill("biharmonic", pixels, mask))
    )

    assert ours > smooth


def test_outside_the_mask_nothing_changes_whatever_the_size(repairer):
    pixels = np.random.default_rng(0).integers(0, 256, (21, 34, 3), "uint8")
    mask = repair.damage("strokes", 21, 34)

    repaired = repairer.repair(pixels, mask)

    np.testing.assert_array_equal(repaired[~mask], pixels[~mask])
    assert not np.array_equal(repaired[mask], pixels[mask])
    np.testing.assert_array_equal(repairer.repair(pixels, np.zeros_like(mask)), pixels)


def test_the_small_copy_and_the_network_agree(repairer):
    pixels, mask = np.full((16, 16, 3), 90, "uint8"), repair.damage("blocks", 16, 16)
    pixels[:, 8:] = 200

    slow = type(repairer)(repairer.card.model_copy(update={"answers_fast": False}), repairer.folder)

    assert repairer.card.answers_fast
    assert abs(repairer.repair(pixels, mask).astype(int) - slow.repair(pixels, mask)).max() <= 1


def test_it_is_in_the_library_and_neither_classifies_nor_generates(repairer):
    assert [card.id for card in all_repairers()] == ["repairer", "repaired-photographs"]
    assert "repairer" not in {card.id for card in library.classifiers()}
    with pytest.raises(Refused, match="classifier; it can't repair") as refusal:
        open_repairer("handwritten-digits")
    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_padding_repeats_the_rim():
    pictures = np.arange(2 * 5 * 6 * 1).reshape(2, 5, 6, 1)

    wide = padded(pictures)

    assert wide.shape == (2, 8, 8, 1)
    np.testing.assert_array_equal(wide[:, :5, :6], pictures)
    np.testing.assert_array_equal(wide[:, 7, :6], pictures[:, 4])


def test_the_command_line_repairs_and_measures(home, tmp_path, capsys):
    from mlcore import images
    from mlcore.cli import main

    pixels = np.add.outer(np.arange(0, 240, 10), np.zeros(24))[..., None].repeat(3, 2).astype("uint8")
    (tmp_path / "a.png").write_bytes(images.png(pixels))
    words = ["repair", "biharmonic", str(tmp_path / "a.png"), "--out", str(tmp_path / "b.png")]

    assert main([*words, "--damage", "centre", "--truth", str(tmp_path / "a.png")]) == 0
    assert "100 of 576 pixels repaired" in capsys.readouterr().out
    np.testing.assert_array_equal(images.decode((tmp_path / "b.png").read_bytes()).pixels, pixels)
    assert main(words) == 2
    assert "either --mask with a picture, or --damage" in capsys.readouterr().err
