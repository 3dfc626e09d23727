"""Training: it learns, it reports, it stops, and it goes on as if nothing had happened."""

import itertools
import time

import numpy as np
import pytest

from mlcore import training
from mlcore.events import EpochEnded, StepsDone, TrainingEnded, TrainingResumed, TrainingStarted
from mlcore.training import loop, trainer


def recipe(*assignments, architecture="cnn"):
    quick = ["training.epochs=3", "training.batch_size=8", "training.learning_rate=0.003"]
    return training.draft("shapes", architecture, None, [*quick, *assignments])


def trained(folder, chosen, should_stop=lambda: False):
    happened = []
    return training.train(chosen, folder, happened.append, should_stop), happened


def weights(result):
    return [np.array(weight) for weight in result.model.get_weights()]


def of(kind, happened):
    return [event for event in happened if isinstance(event, kind)]


def stop_after(asks):
    counter = itertools.count(1)
    return lambda: next(counter) >= asks


def test_it_learns_three_shapes(tiny_data, tmp_path):
    """Seed 0, 48 training and 6 validation pictures that a person tells apart at a glance: chance is 1/3."""
    result, _ = trained(tmp_path, recipe("training.epochs=12"))
    split = tiny_data.split("train")
    found = np.asarray(result.model(split.read(np.arange(len(split))).astype("float32"))).argmax(axis=1)

    assert (found == split.labels).mean() > 0.9


def test_events_tell_the_whole_story_in_order(tiny_data, tmp_path):
    result, happened = trained(tmp_path, recipe())
    per_epoch = len(tiny_data.split("train")) // 8

    assert isinstance(happened[0], TrainingStarted)
    assert happened[0].steps_per_epoch == per_epoch
    assert [event.epoch for event in of(EpochEnded, happened)] == [1, 2, 3]
    assert [event.step for event in of(EpochEnded, happened)] == [per_epoch, 2 * per_epoch, 3 * per_epoch]
    assert of(TrainingEnded, happened)[0].reason == "finished"
    assert all(
        np.isfinite([event.loss, event.val_loss, event.val_accuracy]).all() for event in of(EpochEnded, happened)
    )
    assert not result.stopped


def test_the_same_recipe_gives_the_same_weights(tiny_data, tmp_path):
    one, _ = trained(tmp_path / "one", recipe())
    two, _ = trained(tmp_path / "two", recipe())

    for first, second in zip(weights(one), weights(two), strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(("together", "asks"), [(1, 1), (1, 9), (4, 2), (16, 2)])
@pytest.mark.parametrize(
    "extra",
    [
        ("settings.dropout=0.4", "training.augmentation.flip=true", "training.augmentation.shift=2"),
        ("training.optimizer=nesterov", "training.schedule=cosine", "training.learning_rate=0.01"),
    ],
)
def test_stopped_and_resumed_is_as_never_stopped(tiny_data, tmp_path, monkeypatch, together, asks, extra):
    """Stopped inside an epoch (6 steps) or at its end, whatever the steps per execution; equal to the bit (CPU)."""
    straight, _ = trained(tmp_path / "straight", recipe(*extra))
    monkeypatch.setattr(loop, "MOST_STEPS_PER_EXECUTION", together)
    stopped, _ = trained(tmp_path / "broken", recipe(*extra), stop_after(asks))
    resumed, happened = trained(tmp_path / "broken", recipe(*extra))

    assert stopped.stopped
    assert stopped.progress.step < straight.progress.step
    assert of(TrainingResumed, happened)
    for first, second in zip(weights(straight), weights(resumed), strict=True):
        np.testing.assert_array_equal(first, second)
    assert resumed.progress.history == straight.progress.history


def test_a_time_budget_cuts_the_steps_and_the_schedule_still_ends(tiny_data, tmp_path, monkeypatch):
    monkeypatch.setattr(loop.callbacks.StopAtDeadline, "on_train_batch_end", lambda *_, **__: None)  # busy machines
    result, happened = trained(
        tmp_path, recipe("training.epochs=1000", "training.minutes=0.01", "training.schedule=one-cycle")
    )

    assert result.progress.total_steps < 1000 * result.progress.steps_per_epoch
    assert result.progress.step == result.progress.total_steps
    assert of(EpochEnded, happened)[-1].learning_rate < 0.001


def test_a_plan_that_was_too_hopeful_ends_when_the_time_is_up(tiny_data, tmp_path, monkeypatch):
    monkeypatch.setattr(trainer, "BUDGET_SHARE", 10_000)
    result, happened = trained(tmp_path, recipe("training.epochs=1000", "training.minutes=0.01"))

    assert of(TrainingEnded, happened)[0].reason == "time-is-up"
    assert 0 < result.progress.step < result.progress.total_steps
    assert not result.stopped


def test_early_stopping_keeps_the_best_epoch(tiny_data, tmp_path):
    result, happened = trained(tmp_path, recipe("training.epochs=60", "training.early_stopping=3"))
    epochs = of(EpochEnded, happened)
    best = max(event.val_accuracy for event in epochs)

    assert len(epochs) < 60
    assert result.progress.best_accuracy == best
    kept = result.model.evaluate(*_validation(tiny_data), verbose=0, return_dict=True)
    assert kept["accuracy"] == pytest.approx(best)


def _validation(dataset):
    split = dataset.split("val")
    return split.read(np.arange(len(split))), split.labels


def test_reports_come_at_most_four_times_a_second(tiny_data, tmp_path):
    """By the clock: what comes between epochs counts, too, and epochs are shorter than a report here."""
    began = time.perf_counter()
    _, happened = trained(tmp_path, recipe("training.epochs=30"))
    seconds = time.perf_counter() - began

    assert 1 <= len(of(StepsDone, happened)) <= 4 * seconds + 1


def test_without_validation_pictures_it_trains_all_the_same(home, tmp_path, shapes_folder):
    """Two pictures a class: one to train on, one to test on, none to validate on."""
    import shutil

    from mlcore import data

    for name in ("cross", "disc"):
        (tmp_path / "few" / name).mkdir(parents=True)
        for number in range(2):
            shutil.copy(shapes_folder / name / f"{number:02}.png", tmp_path / "few" / name)
    data.add(tmp_path / "few", "few")

    result, happened = trained(tmp_path, recipe().model_copy(update={"data": "few"}))

    assert result.progress.step == 3
    assert of(EpochEnded, happened)[-1].val_accuracy is None
