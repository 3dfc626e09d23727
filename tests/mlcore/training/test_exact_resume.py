"""Exact resume, for every architecture on the shelf: killed again and again, training ends in the very same numbers.

A real worker process is killed at random moments and resumed by a fresh one until it is done. Weights, optimiser,
random states and history of its last checkpoint must equal, to the bit, those of a run that nobody disturbed.
`benchmarks/resume.py` is the same exam with twenty kills for every family, and keeps its result.
"""

import shutil

import keras
import numpy as np
import pytest

from benchmarks import resume
from benchmarks.nursery import Nursery
from mlcore import architectures, training
from mlcore.training import checkpoint, loop
from mlcore.training.network import preserving_random_state

QUICK = ("cnn", "mlp")
HASHED = ("weights", "optimiser", "history")


@pytest.fixture(scope="module")
def nursery():
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
def stored(home):
    resume.store()


def examine(family: str, nursery, kills: int, epochs: int) -> None:
    """Kills at random moments (seed 0), each after at least one step of the worker."""
    found = resume.examine(nursery, resume.recipe(*resume.families()[family], epochs), kills)

    assert found["kills"] == kills
    assert [part for part in HASHED if not found[f"equal {part}"]] == []


@pytest.mark.parametrize("family", QUICK)
def test_killed_and_resumed_is_as_never_killed(stored, nursery, family):
    examine(family, nursery, kills=2, epochs=4)


@pytest.mark.slow
@pytest.mark.parametrize("family", resume.families())
def test_killed_four_times_every_family_ends_in_the_same_numbers(stored, nursery, family):
    examine(family, nursery, kills=4, epochs=8)


def test_a_recurrent_network_stopped_between_two_epochs_goes_on_alike(stored, tmp_path, monkeypatch):
    """Its answers to the validation pictures draw random numbers, too, behind the checkpoint of the epoch's end."""
    monkeypatch.setattr(loop, "MOST_STEPS_PER_EXECUTION", 1)
    chosen = resume.recipe(*resume.families()["cnn-rnn cell=simple"], epochs=2)
    training.train(chosen, tmp_path / "straight")
    asked = iter(range(11))
    stopped = training.train(chosen, tmp_path / "stopped", should_stop=lambda: next(asked, None) is None)
    training.train(chosen, tmp_path / "stopped")

    assert (stopped.progress.step, stopped.progress.steps_per_epoch) == (12, 12)
    assert resume.hashes(tmp_path / "stopped") == resume.hashes(tmp_path / "straight")


def test_a_network_that_only_answers_keeps_its_random_states():
    model = keras.Sequential([keras.Input((3, 4)), keras.layers.GRU(5, dropout=0.3)])
    states = [variable for variable in model.variables if "seed" in variable.path]
    before = [checkpoint.copied(variable) for variable in states]
    with preserving_random_state(model):
        model.predict(np.zeros((2, 3, 4)), verbose=0)

    assert before
    np.testing.assert_equal([checkpoint.copied(variable) for variable in states], before)


def test_every_architecture_takes_the_exam_with_dropout_where_it_has_any():
    families = resume.families().values()

    assert {architecture for architecture, _ in families} == set(architectures.shelf.names())
    for architecture, settings in families:
        if "dropout" in architectures.shelf.get(architecture).settings.model_fields:
            assert "settings.dropout=0.3" in settings


@pytest.mark.parametrize(
    ("marks", "phase"),
    [
        ([], "before its first step"),
        (["writing inside", "written inside"], "before its first step"),
        (["step inside"], "inside an epoch"),
        (["step inside", "writing inside"], "while writing a checkpoint"),
        (["step inside", "writing inside", "written inside"], "inside an epoch"),
        (["step between"], "between two epochs"),
        (["step between", "writing between", "written between"], "between two epochs"),
    ],
)
def test_what_a_kill_hit_is_told_by_the_marks(marks, phase):
    assert resume.phase(marks) == phase


@pytest.mark.slow
def test_the_exam_sees_a_difference(stored, tmp_path):
    """Another seed, other hashes; the same run, copied, the same."""
    folders = []
    for seed in (0, 1):
        chosen = training.draft(resume.PICTURES, "mlp", None, ["training.epochs=1", f"training.seed={seed}"])
        folders.append(resume.folder_for(chosen))
        training.train(chosen, folders[-1])
    shutil.copytree(folders[0], tmp_path / "copy")
    one, other, copy = map(resume.hashes, (*folders, tmp_path / "copy"))

    assert one == copy
    assert [part for part in HASHED if one[part] == other[part]] == []
