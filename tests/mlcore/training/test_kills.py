"""Killed while saving, again and again: a model folder can always be read."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from mlcore import durable, library
from mlcore.training import checkpoint

SAVING = """
import sys
from pathlib import Path
import numpy as np
from mlcore import durable
from mlcore.library.card import Card
from mlcore.library.publish import write_card
from mlcore.training import checkpoint
folder = Path(sys.argv[1])
position = checkpoint.load(folder / "checkpoints")
step = position[1].step if position else 0
told = False
while True:
    step += 1
    state = {"w0000": np.full(500_000, step, "float32"), "o0000": np.array(step)}
    checkpoint.save(folder / "checkpoints", state, checkpoint.Progress(step=step, total_steps=10**9))
    durable.write_bytes(folder / "model.keras", bytes([step % 251]) * 1_000_000)
    facts = dict(data="d", architecture="mlp", classes=("a", "b"), shape=(8, 8, 3))
    write_card(folder, Card(id="x", title=str(step), **facts))
    told = told or print("saving", flush=True) is None
"""


def killed_while_saving(folder, seconds: float, halfway: bool) -> int:
    """Kill a process that saves without pause: after some time, or at the first write it is found halfway through."""
    older = half_written(folder)
    child = subprocess.Popen([sys.executable, "-c", SAVING, str(folder)], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"saving\n"
    time.sleep(seconds)
    while halfway and not frozen_with_a_half(child.pid, folder, older):
        child.send_signal(signal.SIGCONT)
        time.sleep(0.001)
    child.send_signal(signal.SIGKILL)
    return child.wait()


def frozen_with_a_half(pid: int, folder, older: set) -> bool:
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)
    return bool(half_written(folder) - older)


def half_written(folder) -> set:
    return set(folder.rglob(f"*{durable.TEMPORARY}"))


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_no_kill_leaves_a_folder_that_cannot_be_read(home, kills):
    """Kills of continuous saving, at random moments (seed 0) and, every second one, halfway through a write.

    All land, and none loses a step that was saved before.
    """
    folder, moments = home / "models" / "victim", random.Random(0)
    folder.mkdir(parents=True)
    reached = 0
    for kill in range(kills):
        torn = half_written(folder)
        halfway = kill % 2 == 1
        assert killed_while_saving(folder, moments.uniform(0.02, 0.25), halfway) == -signal.SIGKILL
        assert half_written(folder) - torn or not halfway

        state, progress = checkpoint.load(folder / "checkpoints")
        assert progress.step >= reached
        assert (state["w0000"] == progress.step).all()
        assert [card.id for card in library.all() if not card.starter] == ["victim"]
        content = (folder / "model.keras").read_bytes()
        assert len(content) == 1_000_000
        assert len(set(content)) == 1
        reached = progress.step
    assert reached > kills, "the child did save between the kills"
