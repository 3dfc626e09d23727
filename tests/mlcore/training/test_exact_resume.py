"""Exact resume, for every architecture on the shelf: killed again and again, training ends in the very same numbers.

A real worker process is killed at random moments and resumed by a fresh one until it is done. Weights, optimiser,
random states and history of its last checkpoint must equal, to the bit, those of a run that nobody disturbed.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from mlcore import architectures, data, durable, jobs, training
from mlcore.data import ingest
from mlcore.data.sources import Incoming, moving_digits
from mlcore.events import CheckpointSaved, StepsDone
from mlcore.home import home
from mlcore.training import checkpoint

QUICK = ("cnn", "mlp")
KILLS = 20
VARIED = ["training.augmentation.flip=true", "training.augmentation.shift=1", "training.augmentation.rotate=10"]

# Loads the engine once and forks a worker for each line: it never computes itself, so a fork is safe, and twenty
# resumptions don't load TensorFlow twenty times. Those that are to be killed save as often as the disk allows, inside
# epochs too, and are held up a little at each step, lest they be done before the twentieth kill.
NURSERY = """
import os, sys, time
from pathlib import Path
import mlcore.finish, mlcore.training.loop
from mlcore import worker
from mlcore.training import callbacks, saves
if sys.argv[1] == "often":
    saves.SAVE_SECONDS = 0.0
    callbacks.SaveNowAndThen.__init__.__defaults__ = (0.01,)
    save = callbacks.SaveNowAndThen.on_train_batch_end
    def slowly(self, *given, **named):
        save(self, *given, **named)
        time.sleep(0.02)
    callbacks.SaveNowAndThen.on_train_batch_end = slowly
print("ready", flush=True)
for line in sys.stdin:
    folder = Path(line.strip())
    child = os.fork()
    if not child:
        os.environ["MLCORE_HOME"] = str(folder.parents[1])
        os._exit(worker.main(folder))
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Nursery:
    """Brings up workers; `often` makes them save as often as they can."""

    def __init__(self, often: bool):
        self._command, self._process = [sys.executable, "-c", NURSERY, "often" if often else "as-ever"], None

    def worker(self, folder) -> int:
        if not self._process:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self._read()
        self._process.stdin.write(f"{folder}\n")
        self._process.stdin.flush()
        return int(self._read())

    def ended(self) -> int:
        """Waits for the worker; gives its wait status, -9 for one that was killed."""
        return os.waitstatus_to_exitcode(int(self._read()))

    def close(self) -> None:
        if self._process:
            self._process.stdin.close()
            self._process.wait()

    def _read(self) -> str:
        line = self._process.stdout.readline()
        assert line, "the nursery is gone"
        return line


@pytest.fixture(scope="module")
def nurseries():
    """One that brings up workers as ever, and one whose workers are to be killed; they are told their home anew."""
    opened = [Nursery(often=False), Nursery(often=True)]
    yield opened
    for nursery in opened:
        nursery.close()


@pytest.fixture
def clips(tiny_data):
    """48 clips of moving digits, 8 of each class."""
    incoming = Incoming(moving_digits.CLASSES, 48, moving_digits.examples(count=48), origin="here", size=24)
    described = {"title": "Clips", "description": "", "source": "", "license": ""}
    ingest.store(incoming, "clips", described, None, 0, None)
    return data.open("clips")


def recipe_for(name: str, epochs: int):
    """As much chance as there is: augmentation always, dropout wherever the architecture has it."""
    entry = architectures.shelf.get(name)
    chosen = "clips" if "sequence" in entry.traits else "shapes"
    dropout = ["settings.dropout=0.3"] if "dropout" in entry.settings.model_fields else []
    size = [f"training.epochs={epochs}", "training.batch_size=8", "training.minutes=0", "training.early_stopping=0"]
    return training.draft(chosen, name, None, [*size, *VARIED, *dropout])


def folder_of(recipe, name: str):
    """A run that waits for its worker."""
    folder = home() / "models" / name
    folder.mkdir(parents=True)
    durable.write_json(folder / "recipe.json", recipe.model_dump(mode="json"))
    jobs.change(folder, state="starting", title=name, created=time.time())
    return folder


def fingerprint(folder) -> str:
    """The hash of everything in the last checkpoint but the time that was spent."""
    state, progress = checkpoint.load(folder / "checkpoints")
    digest = hashlib.sha256(repr(replace(progress, seconds=0, cpu_seconds=0)).encode())
    for name in sorted(state):
        if not name.startswith("m"):  # running metrics: those of validation, at the end of an epoch
            digest.update(name.encode() + state[name].tobytes())
    return digest.hexdigest()


def lived_on(folder, offset: int, seconds: float) -> int:
    """Wait until a worker trains, then so many seconds more; gives where its events ended."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        lines, offset = jobs.read_events(folder.name, offset)
        if any(isinstance(line.event, CheckpointSaved | StepsDone) for line in lines):
            break
        if jobs.run(folder.name).state in ("done", "failed"):
            break
        time.sleep(0.01)
    time.sleep(seconds)
    return jobs.read_events(folder.name, offset)[1]


def killed_until_done(nursery, folder, kills: int) -> int:
    """Kill workers at random moments (seed 0), then let one finish; gives the number of kills that landed."""
    moments, offset, landed = random.Random(0), 0, 0
    for _ in range(kills):
        pid = nursery.worker(folder)
        if moments.random() < 0.2:
            time.sleep(moments.uniform(0, 2))  # while it starts, or whatever it does by then
        else:
            offset = lived_on(folder, offset, moments.uniform(0.0, 0.25))
        os.kill(pid, signal.SIGKILL)
        landed += nursery.ended() == -signal.SIGKILL
        if jobs.run(folder.name).state == "done":
            break
    nursery.worker(folder)
    assert nursery.ended() == 0, jobs.run(folder.name).message
    return landed


def told(line: str) -> None:
    """For who wants to see the hashes: RESUME_LOG names a file."""
    if path := os.environ.get("RESUME_LOG"):
        with open(path, "a") as log:
            log.write(line + "\n")


def examine(name: str, nurseries, kills: int, epochs: int) -> None:
    recipe = recipe_for(name, epochs)
    straight, broken = folder_of(recipe, "straight"), folder_of(recipe, "broken")
    calm, hurried = nurseries
    calm.worker(straight)
    assert calm.ended() == 0, jobs.run("straight").message
    landed = killed_until_done(hurried, broken, kills)
    told(f"{name}: {landed} kills, {fingerprint(straight)[:16]} {fingerprint(broken)[:16]}")

    assert landed >= kills / 2  # a quick one is done before the last
    assert fingerprint(broken) == fingerprint(straight)


@pytest.mark.parametrize("name", QUICK)
def test_killed_and_resumed_is_as_never_killed(tiny_data, nurseries, name):
    examine(name, [nurseries[1]] * 2, kills=2, epochs=6)  # one nursery loads the engine once


@pytest.mark.slow
@pytest.mark.parametrize("name", architectures.shelf.names())
def test_killed_twenty_times_every_architecture_ends_in_the_same_numbers(clips, tiny_model, nurseries, name):
    examine(name, nurseries, KILLS, epochs=30)


@pytest.mark.slow
def test_the_exam_sees_a_difference(tiny_data, nurseries, tmp_path):
    """Another seed, another fingerprint; the same run, copied, the same."""
    for name, seed in (("one", 0), ("other", 1)):
        recipe = training.draft("shapes", "mlp", None, ["training.epochs=1", f"training.seed={seed}"])
        training.train(recipe, folder_of(recipe, name))
    shutil.copytree(home() / "models" / "one", tmp_path / "one")

    assert fingerprint(home() / "models" / "one") != fingerprint(home() / "models" / "other")
    assert fingerprint(home() / "models" / "one") == fingerprint(tmp_path / "one")
