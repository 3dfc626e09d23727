"""What one look at a run says: every number of it comes from the same moment."""

from types import SimpleNamespace

import pytest

from mlcore.events import EpochEnded, StageStarted, StepsDone, TrainingEnded, TrainingStarted
from pages.parts.runs import look as looks
from pages.parts.runs import progress
from pages.parts.runs.look import Look

LOADED = [StageStarted("Loading the training engine"), TrainingStarted(10, 4, 12, 64, "CPU", "tensorflow")]


def steps(epoch: int, step: int, accuracy: float = 0.5) -> StepsDone:
    return StepsDone(epoch, step, 40, 1.25, accuracy, 0.001, 100.0, 6.0)


def ended(epoch: int, accuracy: float = 0.75) -> EpochEnded:
    return EpochEnded(epoch, 4 * epoch, 1.0, accuracy, 1.0, accuracy, 0.001, 1.0, 50.0)


def look(*events, state="running", kind="train", eta=None) -> Look:
    live = state in ("starting", "running", "stopping")
    run = SimpleNamespace(state=state, kind=kind, live=live, progress=0.99, eta_seconds=eta, position=2)
    return Look(run, list(events))


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ([], "1 of 3: Loading"),
        (LOADED[:1], "1 of 3: Loading the training engine"),
        ([*LOADED, steps(1, 1)], "2 of 3: Training · epoch 1 of 10 · 2 %"),
        ([*LOADED, steps(4, 15), ended(4)], "2 of 3: Training · epoch 4 of 10 · 40 %"),
        (
            [*LOADED, ended(10), TrainingEnded("finished", 10, 1.0, 1.0), StageStarted("Saving the network")],
            "3 of 3: Saving the network · epoch 10 of 10",
        ),
        ([*LOADED, ended(4), TrainingEnded("stopped", 4, 1.0, 1.0), LOADED[0]], "1 of 3: Loading the training engine"),
    ],
)
def test_loading_training_and_measuring_are_told_apart(events, sentence):
    said = progress._sentence(look(*events))

    assert said.replace("\\", "").startswith(sentence.replace(" %", "\u00a0%"))


def test_the_bar_and_the_epoch_are_of_one_event():
    now = look(*LOADED, steps(3, 11), ended(3), ended(4))

    assert (now.share, now.epoch, now.basis) == (16 / 40, "epoch 4 of 10", "mean of epoch 4")


def test_each_number_says_what_it_is_the_mean_of():
    figures = look(*LOADED, ended(3, 0.75), steps(4, 13, 0.5)).figures

    assert figures["Training accuracy"] == ("50.0\u00a0%", "mean of epoch 4 so far")
    assert figures["Validation accuracy"] == ("75.0\u00a0%", "after epoch 3")


def test_training_that_is_over_is_whole_while_it_is_measured():
    assert look(*LOADED, steps(9, 36), TrainingEnded("no-improvement", 9, 1.0, 1.0)).share == 1.0
    assert look(*LOADED, steps(9, 36), TrainingEnded("stopped", 9, 1.0, 1.0), state="stopped").share == 0.9


@pytest.mark.parametrize(("seconds", "told"), [(None, ""), (0.0, ""), (90.0, "left, then it is measured")])
def test_time_is_told_only_while_some_is_left(seconds, told):
    sentence = progress._sentence(look(*LOADED, steps(4, 16), eta=seconds))

    assert sentence.endswith(told or "%")


def test_a_stopped_run_is_looked_at_in_case_it_is_resumed_elsewhere():
    stopped, done = (
        SimpleNamespace(state=state, live=False, can_resume=state == "stopped") for state in ("stopped", "done")
    )

    assert progress.pace(stopped) == progress.IDLE_SECONDS
    assert progress.pace(done) is None


def test_what_is_read_at_one_look_is_one_state(monkeypatch, tiny_model):
    now = looks.at(tiny_model)

    assert (now.share, now.epoch, now.validated.epoch) == (1.0, "epoch 2 of 2", 2)
