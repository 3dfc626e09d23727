"""Networks for clips learn, and go on after a stop as if nothing had happened, dropout between frames included."""

import itertools

import numpy as np
import pytest

from mlcore import data, training
from mlcore.training import loop
from tests import motions

DROPOUT = ["settings.dropout=0.3", "training.augmentation.shift=1", "training.batch_size=8", "training.epochs=2"]


@pytest.fixture
def own(home, tmp_path):
    return data.add(motions.gifs(tmp_path, count=16), "own", frames=3, size=12)


def trained(folder, architecture, assignments, stop_at=10**9):
    asked = itertools.count(1)
    recipe = training.draft("own", architecture, None, assignments)
    return training.train(recipe, folder, should_stop=lambda: next(asked) >= stop_at)


@pytest.mark.parametrize(
    ("architecture", "cell"),
    [
        ("cnn-rnn", "simple"),
        pytest.param("cnn-rnn", "gru", marks=pytest.mark.slow),
        pytest.param("cnn-rnn", "lstm", marks=pytest.mark.slow),
        pytest.param("conv-lstm", None, marks=pytest.mark.slow),
        pytest.param("frame-average", None, marks=pytest.mark.slow),
    ],
)
def test_stopped_and_resumed_is_as_never_stopped(own, tmp_path, monkeypatch, architecture, cell):
    """Stopped after the second of three steps of an epoch; equal to the bit (CPU)."""
    chosen = [*DROPOUT, *([f"settings.cell={cell}"] if cell else [])]
    straight = trained(tmp_path / "straight", architecture, chosen)
    monkeypatch.setattr(loop, "MOST_STEPS_PER_EXECUTION", 1)
    stopped = trained(tmp_path / "broken", architecture, chosen, stop_at=2)
    resumed = trained(tmp_path / "broken", architecture, chosen)

    assert stopped.stopped
    assert stopped.progress.step == 2
    for one, other in zip(straight.model.variables, resumed.model.variables, strict=True):
        np.testing.assert_array_equal(np.array(one), np.array(other))


@pytest.mark.slow
def test_a_recurrent_network_learns_which_way_it_goes(own, tmp_path):
    """Seed 0, 26 clips of a square that moves left or right: chance is one half."""
    found = trained(tmp_path, "conv-lstm", ["training.epochs=25", "training.batch_size=8"])

    assert found.progress.history[-1]["accuracy"] > 0.9
