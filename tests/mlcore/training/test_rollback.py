"""A number that stops being finite: training goes back, slows down, and says so; three times, then it gives up."""

import itertools

import numpy as np
import pytest
from keras import ops

from mlcore import training
from mlcore.errors import Refused
from mlcore.events import CheckpointSaved, EpochEnded, NoticeGiven, TrainingRolledBack
from mlcore.training import checkpoint, loop, rollback
from mlcore.training.optimizers import Schedule

STEPS = 6  # per epoch: 48 pictures, 8 at a time


def slow(value):
    return pytest.param(value, marks=pytest.mark.slow)


def recipe(*assignments):
    quick = ["settings.hidden=[8]", "training.epochs=3", "training.batch_size=8", "training.schedule=cosine"]
    rate = ["training.optimizer=adam", "training.learning_rate=0.001"]
    return training.draft("shapes", "mlp", None, [*quick, *rate, *assignments])


@pytest.fixture
def fault(monkeypatch):
    """Plant an infinite learning rate at one step, for as long as the largest rate isn't below a bound."""

    def plant(at: int, until: float) -> None:
        healthy = Schedule.__call__

        def sick(self, step):
            here = ops.logical_and(ops.equal(ops.cast(step, "int32"), at), self.peak * self.factor >= until)
            return ops.where(here, float("inf"), healthy(self, step))

        monkeypatch.setattr(Schedule, "__call__", sick)

    return plant


def trained(folder, chosen, should_stop=lambda: False):
    happened = []
    return training.train(chosen, folder, happened.append, should_stop), happened


def of(kind, happened):
    return [event for event in happened if isinstance(event, kind)]


def stop_after(asks):
    counter = itertools.count(1)
    return lambda: next(counter) >= asks


def every_checkpoint(folder):
    names = [path.stem for path in (folder / "checkpoints").glob("*.ckpt")]
    assert names
    return [checkpoint.load(folder / "checkpoints", name=name)[0] for name in names]


@pytest.mark.parametrize("at", [slow(STEPS), slow(STEPS + 2), 2 * STEPS - 1])
def test_it_goes_back_to_the_beginning_of_the_epoch_and_halves_the_rate(tiny_data, tmp_path, fault, at):
    """At the first, a middle and the last step of the second epoch; in the last no loss shows it, only the weights."""
    fault(at, until=0.001)
    result, happened = trained(tmp_path, recipe())

    (rolled,) = of(TrainingRolledBack, happened)
    assert (rolled.epoch, rolled.step) == (2, STEPS)
    assert rolled.learning_rate == pytest.approx(0.001 / 2 * 0.75, rel=1e-3)  # a third of a cosine's way: 75 %
    assert "half the learning rate" in rolled.message
    assert [event.epoch for event in of(EpochEnded, happened)] == [1, 2, 3]
    assert [row["epoch"] for row in result.progress.history] == [1, 2, 3]
    assert (result.progress.rollbacks, result.progress.rate_factor) == (1, 0.5)
    assert all(checkpoint.is_finite(state) for state in every_checkpoint(tmp_path))


@pytest.mark.slow
def test_in_the_first_epoch_it_begins_anew(tiny_data, tmp_path, fault):
    rate = 2.0**-10  # halved twice to the bit
    fault(2, until=rate / 2)
    result, happened = trained(tmp_path / "sick", recipe(f"training.learning_rate={rate}"))
    slow, _ = trained(tmp_path / "slow", recipe(f"training.learning_rate={rate / 4}"))

    assert [event.step for event in of(TrainingRolledBack, happened)] == [0, 0]
    for one, other in zip(result.model.get_weights(), slow.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_after_three_tries_it_gives_up_in_words(tiny_data, tmp_path, fault):
    fault(8, until=0.0)
    with pytest.raises(Refused) as refused:
        trained(tmp_path, recipe("training.early_stopping=5"))

    assert refused.value.kind == "non-finite-weights"
    assert "4 times" in refused.value.message
    assert "training.learning_rate=0.00001" in refused.value.message  # a tenth of an eighth of 0.001
    assert all(checkpoint.is_finite(state) for state in every_checkpoint(tmp_path))


@pytest.mark.parametrize("asks", [slow(8), slow(9), 12, slow(14)])
def test_stopped_before_or_after_going_back_it_ends_in_the_same_weights(tiny_data, tmp_path, fault, monkeypatch, asks):
    """The fault is met at the tenth step; stops come after steps 8 and 9, and after going back, at 9 and 11."""
    monkeypatch.setattr(loop, "MOST_STEPS_PER_EXECUTION", 1)
    fault(9, until=0.001)
    straight, told = trained(tmp_path / "straight", recipe())
    stopped, before = trained(tmp_path / "broken", recipe(), stop_after(asks))
    resumed, after = trained(tmp_path / "broken", recipe())

    assert stopped.stopped
    assert stopped.progress.step % STEPS > 0
    assert len(of(TrainingRolledBack, told)) == len(of(TrainingRolledBack, before + after)) == 1
    for one, other in zip(straight.model.get_weights(), resumed.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert resumed.progress.history == straight.progress.history


@pytest.mark.slow
def test_a_damaged_checkpoint_is_told_and_the_one_before_is_taken(tiny_data, tmp_path, monkeypatch):
    monkeypatch.setattr(rollback, "SAVE_SECONDS", 0.0)
    straight, _ = trained(tmp_path / "straight", recipe())
    trained(tmp_path / "broken", recipe(), stop_after(2 * STEPS + 2))
    newest = max((tmp_path / "broken" / "checkpoints").glob("0*.ckpt"))
    newest.write_bytes(newest.read_bytes()[:-1])
    resumed, happened = trained(tmp_path / "broken", recipe())

    assert any(f"the one before, of step {2 * STEPS}" in notice.message for notice in of(NoticeGiven, happened))
    for one, other in zip(straight.model.get_weights(), resumed.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.slow
def test_a_kill_between_the_last_step_of_an_epoch_and_its_end_loses_no_epoch(tiny_data, tmp_path, monkeypatch):
    """Saved at every step, and gone when the validation of the second epoch begins."""
    monkeypatch.setattr(loop.callbacks.SaveNowAndThen.__init__, "__defaults__", (0.0,))
    straight, _ = trained(tmp_path / "straight", recipe())
    measure, calls = loop._Run._validate, itertools.count(1)

    def killed(self):
        if next(calls) == 2:
            raise KeyboardInterrupt
        return measure(self)

    monkeypatch.setattr(loop._Run, "_validate", killed)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "broken", recipe())
    resumed, _ = trained(tmp_path / "broken", recipe())

    assert resumed.progress.history == straight.progress.history


def test_saving_inside_an_epoch_needs_no_report_before_it(tiny_data, tmp_path, monkeypatch):
    """On JAX `fit` has the weights, until somebody asks Keras for the network: a report did, by chance."""
    monkeypatch.setattr(loop, "MOST_STEPS_PER_EXECUTION", 1)
    monkeypatch.setattr(loop.callbacks, "REPORT_SECONDS", 1e9)
    straight, _ = trained(tmp_path / "straight", recipe())
    monkeypatch.setattr(loop.callbacks.SaveNowAndThen.__init__, "__defaults__", (0.0,))
    saving, happened = trained(tmp_path / "saving", recipe())

    assert {event.step % STEPS for event in of(CheckpointSaved, happened)} == set(range(STEPS))
    for one, other in zip(straight.model.get_weights(), saving.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
