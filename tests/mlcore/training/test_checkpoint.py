"""A checkpoint is whole or it isn't there, and it holds everything."""

import numpy as np
import pytest

from mlcore.training import checkpoint
from mlcore.training.checkpoint import Progress


def state(value=1.0):
    return {"w0000": np.full((3, 2), value, "float32"), "o0000": np.array(7, "int64")}


def test_what_was_saved_is_loaded_to_the_bit(tmp_path):
    progress = Progress(step=5, total_steps=20, steps_per_epoch=4, seconds=1.5, history=[{"epoch": 1, "loss": 0.25}])
    random = {"w0000": np.random.default_rng(0).normal(size=(4, 5)).astype("float32")}

    checkpoint.save(tmp_path, random, progress)
    loaded, position = checkpoint.load(tmp_path)

    np.testing.assert_array_equal(loaded["w0000"], random["w0000"])
    assert position == progress
    assert (position.epoch, position.epochs) == (1, 5)


def test_a_figure_that_is_no_number_is_kept_as_none(tmp_path):
    history = [
        {"epoch": 1, "loss": 0.25, "val_loss": float("nan")},
        {"epoch": 2, "loss": float("inf"), "val_loss": None},
    ]
    checkpoint.save(tmp_path, state(), Progress(history=history))

    _, position = checkpoint.load(tmp_path)
    assert position.history == [
        {"epoch": 1, "loss": 0.25, "val_loss": None},
        {"epoch": 2, "loss": None, "val_loss": None},
    ]


def test_the_newest_two_are_kept(tmp_path):
    for step in (1, 2, 3, 10):
        checkpoint.save(tmp_path, state(step), Progress(step=step))

    assert sorted(path.stem for path in tmp_path.glob("*.ckpt")) == ["000000003", "000000010"]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[:40] + b"x" + data[41:], lambda data: b""]
)
def test_a_damaged_one_falls_back_to_the_one_before(tmp_path, damage):
    checkpoint.save(tmp_path, state(1.0), Progress(step=1))
    checkpoint.save(tmp_path, state(2.0), Progress(step=2))
    newest = tmp_path / "000000002.ckpt"
    newest.write_bytes(damage(newest.read_bytes()))

    loaded, position = checkpoint.load(tmp_path)

    assert position.step == 1
    assert loaded["w0000"][0, 0] == 1.0


def test_without_any_there_is_none(tmp_path):
    assert checkpoint.load(tmp_path) is None
    assert checkpoint.load(tmp_path, name="best") is None


def test_the_best_one_stands_apart(tmp_path):
    checkpoint.save(tmp_path, state(9.0), Progress(step=9), "best")
    for step in (1, 2, 3):
        checkpoint.save(tmp_path, state(step), Progress(step=step))

    assert checkpoint.load(tmp_path, name="best")[1].step == 9
    assert checkpoint.load(tmp_path)[1].step == 3


def test_numbers_that_are_not_finite_are_seen():
    bad = {**state(), "w0001": np.array([1.0, np.nan], "float32")}

    assert checkpoint.is_finite(state())
    assert not checkpoint.is_finite(bad)


def test_capture_holds_weights_optimizer_and_the_state_of_dropout():
    """Putting a captured state back makes the next steps those that came after it the first time."""
    import keras

    keras.utils.set_random_seed(1)
    layers = [keras.Input((6,)), keras.layers.Dense(8), keras.layers.Dropout(0.5), keras.layers.Dense(2)]
    model = keras.Sequential(layers)
    model.compile("adam", "mse")
    pictures, truth = np.random.default_rng(0).normal(size=(2, 16, 6)), np.zeros((16, 2))
    model.train_on_batch(pictures[0], truth)
    before = checkpoint.capture(model)
    model.train_on_batch(pictures[1], truth)
    first = checkpoint.capture(model)

    checkpoint.restore(model, before)
    model.train_on_batch(pictures[1], truth)
    again = checkpoint.capture(model)

    assert any(not np.array_equal(before[name], first[name]) for name in before)
    for name in first:
        np.testing.assert_array_equal(again[name], first[name], err_msg=name)
