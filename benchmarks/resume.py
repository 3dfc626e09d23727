"""Exact resume, for every architecture on the shelf: killed twenty times, training ends in the very same numbers.

For each family a tiny network learns a few pictures or clips, with augmentation and, where there is any, dropout.
One run is left alone. Another is killed (SIGKILL) at random moments, twenty times, each time after it had done at
least one step since its start, and goes on from its checkpoints in a new process. The hashes of weights with random
states, of the optimiser and of the history must be those of the run that was left alone.

    python -m benchmarks.resume [KILLS [FAMILY ...]]     about ten minutes of CPU time, less with names
"""

import hashlib
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.measure import RESULTS, write
from benchmarks.nursery import MARKS, Nursery
from mlcore import architectures, durable, jobs, training
from mlcore.data import ingest
from mlcore.data.sources import Example, Incoming, moving_digits
from mlcore.home import home
from mlcore.training import checkpoint

KILLS, EPOCHS, BATCH, SIDE, FRAMES = 20, 15, 4, 16, 4
PICTURES, CLIPS = "few-pictures", "few-clips"
VARIANTS = {  # families whose kinds keep different things; the others have one kind
    "cnn-rnn": [f"cell={cell}" for cell in ("gru", "lstm", "simple")],
    "transfer": [f"fine_tune={what}" for what in ("frozen", "all")],
}
SMALL = {  # where an architecture has such a number: little to compute, and as much chance as there is
    **{"width": 8, "features": 16, "units": 16, "filters": 8, "hidden": 8, "growth": 4},
    **{"blocks": 1, "stages": 2, "convolutions": 1, "layers": 1},
    **{"dropout": 0.3, "stochastic_depth": 0.3},
}
ROWS = [{"type": kind} for kind in ("batch-normalization", "activation", "dropout", "flatten", "dropout")]
VARIED = ("flip=true", "shift=1", "rotate=10", "zoom=0.1", "brightness=0.2", "contrast=0.2", "cutout=3")

WRITES, WRITE_MOMENT = 0.3, 0.008  # share of the kills that are aimed at a checkpoint's writing; seconds it takes
MOMENT = 0.03  # seconds that a step of a hurried worker takes, about
EARLY, EARLY_SECONDS = 0.1, 3.0  # share of the kills that wait for nothing but so long, at most
MOST_SECONDS = 300.0  # for a worker to come to its first step
PHASES = INSIDE, WRITING, BETWEEN = "inside an epoch", "while writing a checkpoint", "between two epochs"
EARLY_ON = "before its first step"


def families() -> dict[str, tuple[str, list[str]]]:
    """Every architecture in every kind: what it is called, its name on the shelf and its settings."""
    found = {}
    for entry in architectures.shelf.all():
        for variant in VARIANTS.get(entry.name, [""]):
            settings = [f"settings.{each}" for each in [*_small(entry), variant] if each]
            found[f"{entry.name} {variant}".strip()] = entry.name, settings
    return found


def _small(entry) -> list[str]:
    if entry.name == "layers":
        return [f"layers={json.dumps([{'type': 'convolution', 'filters': 4}, *ROWS])}"]
    fields = entry.settings.model_fields
    numbers = {name for name in SMALL.keys() & fields.keys() if isinstance(fields[name].default, int | float)}
    return [f"{name}={SMALL[name]}" for name in sorted(numbers)]


def store() -> None:
    """Put 60 noisy pictures of three tints and 60 clips of moving digits into the home."""
    rng, facts = np.random.default_rng(0), {"description": "", "source": "", "license": ""}
    pictures = [Example(_picture(number % 3, rng), number % 3, None, str(number)) for number in range(60)]
    tinted = Incoming(("red", "green", "blue"), 60, iter(pictures), origin="here", size=SIDE)
    short = (clip._replace(pixels=clip.pixels[:FRAMES]) for clip in moving_digits.examples(count=60))
    clips = Incoming(moving_digits.CLASSES, 60, short, origin="here", size=SIDE)
    for name, incoming in ((PICTURES, tinted), (CLIPS, clips)):
        ingest.store(incoming, name, {"title": name, **facts}, SIDE, 0)


def _picture(tint: int, rng) -> np.ndarray:
    pixels = rng.integers(0, 200, (SIDE, SIDE, 3))
    pixels[4:12, 4:12, tint] += 50
    return pixels.astype("uint8")


def recipe(architecture: str, settings: list[str], epochs: int = EPOCHS):
    """How a family is trained here: twelve steps an epoch, varied in every way there is."""
    chosen = CLIPS if "sequence" in architectures.shelf.get(architecture).traits else PICTURES
    size = [f"training.epochs={epochs}", f"training.batch_size={BATCH}"]
    varied = [f"training.augmentation.{change}" for change in VARIED]
    return training.draft(chosen, architecture, None, [*size, *varied, *settings])


def examine(nursery: Nursery, chosen, kills: int, seed: int = 0) -> dict:
    """Train by a recipe undisturbed, then with kills; tells what they hit and whether the ends are equal."""
    straight, broken = folder_for(chosen), folder_for(chosen)
    finish(nursery, straight)
    hit, torn = killed_again_and_again(nursery, broken, kills, random.Random(seed))  # noqa: S311 - not a secret
    finish(nursery, broken)
    wanted, found = hashes(straight), hashes(broken)
    return {
        "kills": sum(hit[what] for what in PHASES),
        **{what: hit[what] for what in (*PHASES, EARLY_ON)},
        "half-written checkpoints left": torn,
        "steps of training": checkpoint.load(broken / "checkpoints")[1].total_steps,
        **{f"equal {part}": found[part] == wanted[part] for part in wanted},
        "hashes": found,
    }


def folder_for(chosen) -> Path:
    """The folder of a new run that waits for its worker."""
    folder = home() / "models" / f"run-{sum(1 for _ in home().glob('models/run-*'))}"
    folder.mkdir(parents=True)
    durable.write_json(folder / "recipe.json", chosen.model_dump(mode="json"))
    jobs.change(folder, state="starting", title=folder.name, created=time.time())
    return folder


def finish(nursery: Nursery, folder: Path) -> None:
    """Let a worker that nobody hurries train to the end."""
    nursery.worker(folder)
    if nursery.ended():
        raise RuntimeError(f"{folder.name}: {jobs.run(folder.name).message}")


def killed_again_and_again(nursery: Nursery, folder: Path, kills: int, moments: random.Random) -> tuple[Counter, int]:
    """Kill so many workers in the midst of training; gives what they were at and how many left half a file.

    Now and then one is killed as it starts, or whatever it is at by then. One that dies before its first step, or
    that ends by itself, isn't among those `kills`.
    """
    hit, torn = Counter(), 0
    while sum(hit[what] for what in PHASES) < kills and jobs.status_of(folder).state != "done":
        before = len(marks(folder))
        pid = nursery.worker(folder, hurried=True, together=moments.randint(1, 3))
        if moments.random() < EARLY:
            time.sleep(moments.uniform(0, EARLY_SECONDS))
        else:
            wait(folder, before, moments)
        with suppress(ProcessLookupError):  # it was done before
            os.kill(pid, signal.SIGKILL)
        if nursery.ended() == -signal.SIGKILL:
            hit[phase(marks(folder)[before:])] += 1
            torn += any((folder / "checkpoints").glob(f".*{durable.TEMPORARY}"))
    return hit, torn


def wait(folder: Path, before: int, moments: random.Random) -> None:
    """Wait for some steps of a worker or, after its first, for the writing of a checkpoint; then a moment longer."""
    steps, for_a_write = moments.randint(1, 6), moments.random() < WRITES
    end = time.monotonic() + MOST_SECONDS
    while time.monotonic() < end:
        since = marks(folder)[before:]
        if (
            (for_a_write and phase(since) == WRITING)
            or since.count("over")
            or stepped(since) >= steps + 6 * for_a_write
        ):
            break
        time.sleep(0.003)
    time.sleep(moments.uniform(0, WRITE_MOMENT if for_a_write else MOMENT))


def marks(folder: Path) -> list[str]:
    """What the hurried workers of a run put down of what they were at."""
    path = folder / MARKS
    return path.read_text().splitlines() if path.exists() else []


def stepped(since: list[str]) -> int:
    """How often a worker went from one step, or the few of one execution, to the next."""
    return sum(mark.startswith("step") for mark in since)


def phase(since: list[str]) -> str:
    """What a worker is at, by all the marks that it made."""
    if not stepped(since):
        return EARLY_ON
    if since[-1].startswith("writing"):
        return WRITING
    return INSIDE if since[-1].endswith("inside") else BETWEEN


def hashes(folder: Path) -> dict[str, str]:
    """The hashes of what the last checkpoint holds, but for the time that was spent.

    Running metrics are left out: those of validation, at the end of an epoch.
    """
    state, progress = checkpoint.load(folder / "checkpoints")
    history = {name: value for name, value in asdict(progress).items() if not name.endswith("seconds")}
    parts = {"weights": [], "optimiser": [], "history": [json.dumps(history).encode()]}
    for name in sorted(state):
        if part := {"w": "weights", "o": "optimiser"}.get(name[0]):
            parts[part] += [name.encode(), state[name].tobytes()]
    return {part: hashlib.sha256(b"".join(content)).hexdigest()[:16] for part, content in parts.items()}


def show(name: str, row: dict) -> None:
    """Print a family's line."""
    equal = all(value for what, value in row.items() if what.startswith("equal"))
    counts = "".join(f"{row[what]:>8}" for what in ("kills", *PHASES, EARLY_ON))
    print(f"{name:28}{counts}{'yes' if equal else 'NO':>8}", flush=True)


def main(kills: int, *only: str) -> None:
    """Examine every family, or those named; print each as it is done, and keep it."""
    print(f"{'family':28}{'kills':>8}{'epoch':>8}{'write':>8}{'between':>8}{'early':>8}{'equal':>8}")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["MLCORE_HOME"] = scratch
        store()
        nursery = Nursery()
        for name in only or families():
            found = examine(nursery, recipe(*families()[name]), kills)
            show(name, found)
            earlier = durable.read_json(RESULTS / "resume.json", {}).get("result", {})
            write("resume", {**earlier, name: found}, "python -m benchmarks.resume")
        nursery.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{(used.ru_utime + used.ru_stime) / 60:.1f} minutes of CPU time")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else KILLS, *sys.argv[2:])
