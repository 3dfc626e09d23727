"""A process that loads the training engine once and brings up a worker for each order, by fork.

It never computes anything itself, so a fork is safe (after an operation of TensorFlow it would hang), and hundreds of
workers don't load TensorFlow hundreds of times. A worker that is to be killed is hurried: it saves inside epochs
every few steps, is held up a little at each step and in each write, lest it be done before the last kill, and puts
down in `marks` what it is at, so that what a kill hit is known afterwards. How quick the machine is it doesn't
measure but is told: so many steps in one execution.

    python -m benchmarks.nursery        reads orders from stdin; `Nursery` is its other end
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
MARKS = "marks"
SAVE_SECONDS = 0.06  # between two checkpoints inside an epoch: about three steps
STEP_SECONDS = 0.02  # that a hurried worker is held up in each step
WRITE_SECONDS = 0.003  # the same, each time that the disk is to have written


class Nursery:
    """Starts workers on run folders, one at a time."""

    def __init__(self):
        command, environment = [sys.executable, "-m", "benchmarks.nursery"], {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, **pipes)
        self._told()

    def worker(self, folder: Path, hurried: bool = False, together: int = 1) -> int:
        """Start a worker and give its process id; a hurried one does so many steps in one execution."""
        order = {"folder": str(folder), "hurried": hurried, "together": together}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._told())

    def ended(self) -> int:
        """Wait for the worker; gives its exit status, -9 for one that was killed."""
        return os.waitstatus_to_exitcode(int(self._told()))

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait()

    def _told(self) -> str:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The nursery is gone.")
        return line


def main() -> None:
    """Fork a worker for every order; print its process id and, once it is over, its wait status."""
    import mlcore.training.finish
    import mlcore.training.loop  # noqa: F401 - to have it loaded

    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_work(**json.loads(line)))
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


def _work(folder: str, hurried: bool, together: int) -> int:
    from mlcore.jobs import worker
    from mlcore.training import finish

    place = Path(folder)
    os.environ["MLCORE_HOME"] = str(place.parents[1])
    with open(place / "log.txt", "ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    finish.finish = lambda *_: None  # the exam is over when training is
    if not hurried:
        return worker.main(place)
    marks = os.open(place / MARKS, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    _hurry(marks, together)
    status = worker.main(place)
    os.write(marks, b"over\n")
    return status


def _hurry(marks: int, together: int) -> None:
    """Save often, take longer, and put down in a file what is happening."""
    from mlcore.training import callbacks, checkpoint, loop, rollback

    def mark(what: str, progress) -> None:
        where = "inside" if progress.step % progress.steps_per_epoch else "between"
        os.write(marks, f"{what} {where}\n".encode())

    def stepped(self, *_) -> None:
        mark("step", self.progress)
        time.sleep(STEP_SECONDS)

    loop.MOST_STEPS_PER_EXECUTION = together
    loop._Run._probe = lambda self: 0.001
    rollback.SAVE_SECONDS = 0.0
    callbacks.SaveNowAndThen.__init__.__defaults__ = (SAVE_SECONDS,)
    _wrap(callbacks.Position, "on_train_batch_end", after=stepped)
    _wrap(
        checkpoint,
        "save",
        before=lambda folder, state, progress, *_: mark("writing", progress),
        after=lambda folder, state, progress, *_: mark("written", progress),
    )
    _wrap(os, "fsync", before=lambda *_: time.sleep(WRITE_SECONDS))


def _wrap(owner, name: str, before=lambda *_: None, after=lambda *_: None) -> None:
    original = getattr(owner, name)

    def longer(*given, **named):
        before(*given)
        original(*given, **named)
        after(*given)

    setattr(owner, name, longer)


if __name__ == "__main__":
    main()
