"""Runs shown in other tools: told what happened, and never able to disturb it."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from mlcore.events import EpochEnded, NoticeGiven, StepsDone
from mlcore.jobs import loggers

STEP = StepsDone(1, 3, 10, 0.5, 0.75, 0.001, 100.0, 2.0)
EPOCH = EpochEnded(1, 10, 0.4, 0.8, None, None, 0.001, 1.0, 90.0)


class Kept:
    """A mirror that keeps what it is told, or breaks."""

    told, broken = [], False

    def __init__(self, folder):
        self.told.clear()

    def tell(self, figures, step):
        if self.broken:
            raise OSError("gone")
        self.told.append((step, figures))


@pytest.fixture
def kept(monkeypatch):
    monkeypatch.setitem(loggers.KINDS, "kept", Kept)
    monkeypatch.setattr(Kept, "broken", False)
    return Kept


def test_it_is_told_the_numbers_that_are_known(kept, tmp_path):
    happened = []
    tell = loggers.logged(happened.append, ["kept"], tmp_path)
    for event in (STEP, NoticeGiven("hello"), EPOCH):
        tell(event)

    assert happened == [STEP, NoticeGiven("hello"), EPOCH]
    assert kept.told[0] == (
        3,
        {"step/loss": 0.5, "step/accuracy": 0.75, "step/learning_rate": 0.001, "step/pictures_per_second": 100.0},
    )
    assert kept.told[1][0] == 10
    assert "epoch/val_loss" not in kept.told[1][1]


def test_trouble_with_one_never_reaches_the_run(kept, tmp_path, monkeypatch):
    happened = []
    tell = loggers.logged(happened.append, ["kept", "nowhere"], tmp_path)
    monkeypatch.setattr(kept, "broken", True)
    tell(STEP)
    tell(EPOCH)

    assert happened == [STEP, EPOCH]


def test_without_mirrors_nothing_is_wrapped(tmp_path):
    emit = [].append

    assert loggers.logged(emit, [], tmp_path) is emit


def test_mlflow_goes_on_in_the_same_run(tmp_path, monkeypatch):
    """MLflow stands in here as far as it is used: nothing but a stub, for it isn't installed with us."""
    stub, asked = ModuleType("mlflow"), []
    stub.set_tracking_uri = lambda uri: asked.append(uri)
    stub.start_run = lambda run_id, run_name: asked.append(run_id) or SimpleNamespace(info=SimpleNamespace(run_id="r1"))
    stub.log_metrics = lambda values, step: asked.append((step, values["epoch/loss"]))
    monkeypatch.setitem(sys.modules, "mlflow", stub)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    for _ in range(2):
        loggers.logged([].append, ["mlflow"], tmp_path)(EPOCH)

    assert asked[1:3] == [None, (10, 0.4)]
    assert asked[4:] == ["r1", (10, 0.4)]


def test_tensorboard_can_read_what_was_written(tmp_path, home):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tell = loggers.logged([].append, ["tensorboard"], tmp_path / "run")
    tell(STEP)
    tell(EPOCH)
    read = EventAccumulator(str(home / "tensorboard" / "run"), size_guidance={"tensors": 0})
    read.Reload()

    assert {"step/loss", "epoch/loss"} <= set(read.Tags()["tensors"] + read.Tags()["scalars"])
