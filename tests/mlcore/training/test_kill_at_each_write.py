"""Killed at each write of a run in turn and resumed: events, checkpoints, history and the score of a sweep agree.

A kill is an exception that nobody catches, after which every further write fails; the disk is then as the kill would
have left it. The unlucky epoch is trained again, to the same numbers on a CPU.
"""

import json
import shutil
from functools import partial

import pytest

from mlcore import durable, events, generation, jobs, training
from mlcore.errors import Refused
from mlcore.events import CheckpointSaved, EpochEnded, GanStepsDone, SamplesDrawn, TrainingEnded
from mlcore.generation.training import loop as gan_loop
from mlcore.jobs import sweeps
from mlcore.repair import loop as repair_loop
from mlcore.repair.settings import RepairSettings
from mlcore.training import checkpoint
from mlcore.training.steps import StepTrainer
from tests.mishaps import Killed, mishap

FIGURES = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy")


@pytest.fixture
def run_folder(home, monkeypatch):
    """Makes the folder of a run that trains by a recipe; nobody starts it."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)

    def make(recipe):
        return home / "models" / jobs.start(recipe)

    return make


def recipe(*assignments):
    quick = ["settings.hidden=[8]", "training.epochs=2", "training.batch_size=16"]
    return training.draft("shapes", "mlp", None, [*quick, *assignments])


def train(folder):
    return training.train(jobs.run(folder.name).recipe, folder, partial(events.append, folder / events.FILE))


def told(folder, kind):
    return [line.event for line in events.read(folder / events.FILE)[0] if isinstance(line.event, kind)]


def by_epoch(folder):
    """What was told last of each epoch."""
    ended = {event.epoch: event for event in told(folder, EpochEnded)}
    return [{name: getattr(ended[epoch], name) for name in FIGURES} for epoch in sorted(ended)]


def score(folder):
    return sweeps._score(jobs.run(folder.name))


def killed(folder, work, at):
    """Work in a folder until the write of that number; gives the calls so far."""
    with mishap(at, Killed) as disk:
        try:
            work(folder)
        except Killed:
            assert at
    return disk.calls


def merely_read(folder):
    """What was told covers what was saved, also before anybody resumes."""
    saved = checkpoint.load(folder / "checkpoints")
    history = saved[1].history if saved else []
    assert by_epoch(folder)[: len(history)] == history


def writes_to_try(slow):
    """In each test run the writes around the end of both epochs, where a kill cost an epoch; in the long one each."""
    return range(1, 60) if slow else (16, 23, 37, 44)


@pytest.mark.parametrize("stopping", [0, 3])
@pytest.mark.parametrize("slow", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_classifier(tiny_data, run_folder, stopping, slow):
    if stopping and not slow:
        pytest.skip("with early stopping only in the long test run")
    chosen = recipe(f"training.early_stopping={stopping}")
    undisturbed = run_folder(chosen)
    count = len(killed(undisturbed, train, 0))
    assert count >= 40
    expected, expected_score = by_epoch(undisturbed), score(undisturbed)
    assert [figures["epoch"] for figures in expected] == [1, 2]

    for at in (at for at in writes_to_try(slow) if at <= count):
        folder = run_folder(chosen)
        killed(folder, train, at)
        merely_read(folder)
        train(folder)

        saved = checkpoint.load(folder / "checkpoints")[1]
        assert by_epoch(folder) == saved.history == expected, f"killed at write {at} of {count}"
        assert score(folder) == expected_score
        assert told(folder, CheckpointSaved)[-1].step == saved.step == saved.total_steps
        assert told(folder, TrainingEnded)[-1].reason == "finished"
        assert (folder / "progress" / "epoch-002.json").exists(), f"killed at write {at} of {count}"
        shutil.rmtree(folder)


def test_a_hole_that_an_older_version_left_is_told_at_the_next_resume(tiny_data, run_folder):
    folder = run_folder(recipe())
    train(folder)
    before = by_epoch(folder)
    lines = (folder / events.FILE).read_text().splitlines()
    kept = [line for line in lines if json.loads(line)["event"] not in ("EpochEnded", "CheckpointSaved")]
    durable.write_text(folder / events.FILE, "\n".join(kept) + "\n")
    assert score(folder) is None

    train(folder)
    assert by_epoch(folder) == before
    assert score(folder) == before[-1]["val_accuracy"]
    assert [event.step for event in told(folder, EpochEnded)] == [3, 6]
    train(folder)
    assert len(told(folder, EpochEnded)) == 2


class Steps(StepTrainer):
    """A run by steps that was resumed at its beginning."""

    def __init__(self, folder):
        self.folder, self.progress, self.happened = folder, checkpoint.Progress(total_steps=4, steps_per_epoch=4), []
        self.emit = self.happened.append

    def preview(self):
        raise NotImplementedError


def test_a_preview_that_was_kept_when_a_kill_came_is_told(tmp_path):
    for step in (0, 1):
        durable.write_bytes(tmp_path / "previews" / f"{step:07d}.png", b"a picture")
    run = Steps(tmp_path)

    run.tell_what_is_missing([SamplesDrawn(1, "previews/0000001.png")])
    assert run.happened == [SamplesDrawn(0, "previews/0000000.png"), CheckpointSaved(0, 0)]
    run.happened.clear()
    run.tell_what_is_missing([SamplesDrawn(step, f"previews/000000{step}.png") for step in (0, 1)])
    assert run.happened == [CheckpointSaved(0, 0)]


def make_generator(folder):
    settings = ["steps=4", "batch_size=8", "network.width=8", "noise=4"]
    gan_loop.train(generation.draft("shapes32", "tiny", settings), folder, partial(events.append, folder / events.FILE))


def mend(folder):
    plan = RepairSettings(data="shapes32", steps=4, batch_size=8, seed=1)
    repair_loop.train(plan, folder, partial(events.append, folder / events.FILE))


@pytest.mark.parametrize(
    ("work", "writes"),
    [
        pytest.param(make_generator, range(2, 100, 3), marks=pytest.mark.slow),
        pytest.param(mend, range(2, 100, 3), marks=pytest.mark.slow),
    ],
)
def test_training_by_steps(home, shapes_folder, tmp_path, work, writes):
    from mlcore import data

    data.add(shapes_folder, "shapes32", size=32)
    count = len(killed(folder_at(tmp_path / "undisturbed"), work, 0))
    drawn = [event.file for event in told(tmp_path / "undisturbed", SamplesDrawn)]
    for at in (at for at in writes if at <= count):
        folder = folder_at(tmp_path / str(at))
        killed(folder, work, at)
        work(folder)

        assert sorted({event.file for event in told(folder, SamplesDrawn)}) == drawn, f"killed at write {at} of {count}"
        assert all((folder / file).exists() for file in drawn)
        assert told(folder, TrainingEnded)[-1].reason == "finished"
        assert told(folder, CheckpointSaved)[-1].step == checkpoint.load(folder / "checkpoints")[1].step == 4
        assert len(told(folder, GanStepsDone)) < 10
        shutil.rmtree(folder)


def folder_at(path):
    path.mkdir()
    return path


def test_a_network_too_large_for_the_disk_is_refused_before_it_trains(tiny_data, run_folder, monkeypatch):
    """8 units on 768 numbers, and 3 answers, are 6,179 weights; the optimiser holds two more of each."""
    from mlcore.machine import disk

    folder = run_folder(recipe("training.optimizer=adam"))
    monkeypatch.setattr(disk, "free", lambda path: 300_000)
    with pytest.raises(Refused, match=r"Training this needs 0\.4 MB on the disk, and 0\.3 MB are free; make room"):
        train(folder)
    assert told(folder, EpochEnded) == []
    assert not (folder / "checkpoints").exists()
