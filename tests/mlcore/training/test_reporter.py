"""How far training is, told often enough and with all the time that is left."""

import types

import pytest

from mlcore.training import callbacks
from mlcore.training.callbacks import Reporter
from mlcore.training.checkpoint import Progress


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on when it is told to."""
    now = [100.0]
    monkeypatch.setattr(callbacks.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(callbacks, "learning_rate", lambda model: 0.1)
    return now


def train(clock, epochs: int, steps: int, step_seconds: float, between: float) -> list:
    """The reports of a run whose epochs are one compiled execution each."""
    events, progress = [], Progress(total_steps=100 * steps, steps_per_epoch=steps)
    reporter = Reporter(progress, 10, events.append)
    reporter.set_model(types.SimpleNamespace())
    for epoch in range(epochs):
        reporter.on_epoch_begin(epoch)
        clock[0] += steps * step_seconds
        progress.step += steps
        reporter.on_train_batch_end(steps - 1, {"loss": 1.0, "accuracy": 0.5})
        reporter.on_epoch_end(epoch)
        clock[0] += between
    return events


def test_epochs_shorter_than_a_report_are_told_of_too(clock):
    reports = train(clock, epochs=10, steps=10, step_seconds=0.01, between=0.05)

    assert len(reports) == 5  # every 0.3 seconds, which is every second epoch
    assert (reports[-1].epoch, reports[-1].step, reports[-1].steps) == (10, 100, 1000)


def test_what_comes_between_epochs_is_part_of_the_time_left(clock):
    last = train(clock, epochs=10, steps=10, step_seconds=0.01, between=0.05)[-1]

    assert last.eta_seconds == pytest.approx(90 * (0.1 + 0.05))
    assert last.pictures_per_second == pytest.approx(1000)
