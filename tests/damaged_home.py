"""A home of many folders, most of them damaged in ways that a seeded fuzzer draws; the others are whole.

Runs, models, data sets, drafts and sweeps as the core writes them, then one file of each doomed one is changed: bits,
values of another type or size, torn or endless content, or something that isn't a file in its place.
"""

import json
import os
import random
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import data, durable, events, library
from mlcore.data import ingest
from mlcore.data.sources import Example, Incoming
from mlcore.images import png
from mlcore.recipe import Recipe, Training

PACKED = "packed-files"
KINDS = ("runs", "models", "data", "drafts", "sweeps")
FOLDER = {"runs": "models", "models": "models"}
ODD = [
    None,
    True,
    -1,
    0,
    5,
    10**17,
    10**30,
    1e20,
    -1e300,
    0.5,
    "",
    "yesterday",
    "\ud800",
    "\x1b[31m",
    "x" * 5000,
    [],
    {},
]
ODD += [[[]], {"a": None}, ["a"] * 50, "http://evil.example/login", "../../etc/passwd", "=cmd|' /C calc'!A0"]


@dataclass(frozen=True)
class Made:
    """What was built: the names of the whole and of the damaged ones, by kind."""

    good: dict[str, list[str]]
    bad: dict[str, list[str]]


def build(home: Path, good: int, bad: int, seed: int = 0) -> Made:
    """Fill a home with so many whole and damaged ones, kinds in turn; the data set "digits" is stored, too."""
    rng, made = random.Random(seed), Made({kind: [] for kind in KINDS}, {kind: [] for kind in KINDS})
    data.open("digits")
    _store_packed()
    for number in range(good + bad):
        kind, doomed = KINDS[number % len(KINDS)], number >= good
        name = f"{'bad' if doomed else 'good'}-{number:03d}"
        path = WHOLE[kind](home / FOLDER.get(kind, kind), name, rng)
        (made.bad if doomed else made.good)[kind].append(name)
        if doomed:
            _damage(path, home, rng)
    data.remove(PACKED)
    return made


def _store_packed() -> None:
    """A small data set of packed files, which every other one is a copy of."""
    pictures = np.random.default_rng(0).integers(0, 256, (12, 16, 16, 3), dtype="uint8")
    examples = (Example(pixels, number % 2, None, f"{number}.png") for number, pixels in enumerate(pictures))
    incoming = Incoming(("a", "b"), len(pictures), examples, size=16, store="packed")
    ingest.store(incoming, PACKED, {"title": "Packed", "description": "", "source": "folder", "license": ""}, None, 0)


def _run(parent: Path, name: str, rng: random.Random) -> Path:
    folder, state = parent / name, rng.choice(["done", "stopped", "interrupted", "failed", "queued", "running"])
    recipe = Recipe(data="digits", architecture="mlp", training=Training(epochs=2, seed=rng.randrange(9)))
    durable.write_json(folder / "recipe.json", recipe.model_dump(mode="json"))
    times = {"created": 1.7e9 + rng.random(), "started": 1.7e9 + 5}
    durable.write_json(folder / "status.json", {"state": state, "title": name, "message": "", **times})
    events.append(folder / "events.jsonl", events.TrainingStarted(2, 10, 1000, 100, "cpu", "tensorflow"))
    for epoch in (1, 2):
        numbers = {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.5, "val_accuracy": rng.random(), "learning_rate": 0.001}
        ended = events.EpochEnded(epoch=epoch, step=10 * epoch, seconds=1.0, pictures_per_second=5.0, **numbers)
        events.append(folder / "events.jsonl", ended)
    (folder / "log.txt").write_text("printed\n")
    for note in ("alive", "gone.json"):
        durable.write_json(folder / note, {"available": 5, "total": 10, "endings": 0})
    return folder


def _model(parent: Path, name: str, rng: random.Random) -> Path:
    folder, starter = parent / name, library.STARTERS / "handwritten-digits"
    folder.mkdir(parents=True)
    for file in ("card.json", "recipe.json", "events.jsonl", "unlike.npz", "head.npy", "outline.json"):
        shutil.copyfile(starter / file, folder / file)
    card = json.loads((folder / "card.json").read_text()) | {"id": name, "title": name, "starter": False}
    durable.write_json(folder / "card.json", card)
    shutil.copytree(starter / "evaluations", folder / "evaluations")
    return folder


def _set(parent: Path, name: str, rng: random.Random) -> Path:
    shutil.copytree(parent / rng.choice(["digits", PACKED]), parent / name)
    meta = json.loads((parent / name / "meta.json").read_text()) | {"title": name, "source": "folder"}
    durable.write_json(parent / name / "meta.json", meta)
    return parent / name


def _draft(parent: Path, name: str, rng: random.Random) -> Path:
    folder, key = parent / name, f"class-{rng.randrange(16**8):08x}"
    durable.write_json(folder / "draft.json", {"created": "", "classes": {key: name}})
    durable.write_bytes(folder / key / "0123456789abcdef.png", png(np.zeros((8, 8, 3), "uint8")))
    return folder


def _sweep(parent: Path, name: str, rng: random.Random) -> Path:
    recipe = Recipe(data="digits", architecture="mlp").model_dump(mode="json")
    axis = {"key": "training.learning_rate", "low": 0.001, "high": 0.1, "log": True, "whole": False, "points": 3}
    values = {"id": name, "title": name, "recipe": recipe, "axes": [axis], "runs": 3, "created": 1.7e9}
    durable.write_json(parent / f"{name}.json", values)
    return parent / f"{name}.json"


WHOLE: dict[str, Callable[[Path, str, random.Random], Path]] = {
    "runs": _run,
    "models": _model,
    "data": _set,
    "drafts": _draft,
    "sweeps": _sweep,
}


def _damage(path: Path, home: Path, rng: random.Random) -> None:
    """Change one file of what lies at a path, or the path itself."""
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    described = [file for file in files if file.suffix in (".json", ".jsonl")]
    file = rng.choice(described if rng.random() < 0.8 else files)
    if rng.random() < 0.5 and file.suffix in (".json", ".jsonl"):
        _odd_value(file, rng)
    else:
        rng.choice(DAMAGES)(file, home, rng)


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Bytes with some of them changed, left out, doubled or put in."""
    values = bytearray(content or b"0")
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        at, way = rng.randrange(len(values) + 1), rng.randrange(5)
        if way == 0:
            values[at : at + 1] = bytes([rng.randrange(256)])
        elif way == 1:
            del values[at : at + rng.choice([1, 5, 100])]
        elif way == 2:
            values[at:at] = values[at : at + rng.choice([1, 10, 200])] * rng.choice([1, 3])
        elif way == 3:
            values[at:at] = rng.choice([b"[" * 200, b"{", b'"', b"\x00", b"\xff\xfe", b"-1e999", b"NaN", b"9" * 30])
        else:
            del values[at:]
    return bytes(values)


def odd_document(value: Any, rng: random.Random) -> Any:
    """A document with one of its values, at any depth, replaced by an odd one, taken out, or with a new name."""
    value, odd = deepcopy(value), deepcopy(rng.choice(ODD))
    places = list(_places(value))
    if not places:
        return odd
    parent, key = rng.choice(places)
    way = rng.random()
    if way < 0.1 and isinstance(parent, dict):
        parent["of-a-newer-version"] = odd
    elif way < 0.2:
        del parent[key]
    else:
        parent[key] = odd
    return value


def _places(value: Any):
    """Every place of a value in another, as the holder and its key."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _places(value[key])


def _odd_value(file: Path, rng: random.Random) -> None:
    lines = [json.loads(line) for line in ([file.read_text()] if file.suffix == ".json" else file.open())]
    at = rng.randrange(len(lines))
    lines[at] = odd_document(lines[at], rng)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))


def _bytes(file: Path, home: Path, rng: random.Random) -> None:
    file.write_bytes(mutated(file.read_bytes(), rng))


def _in_place(make: Callable[[Path], object]) -> Callable[[Path, Path, random.Random], None]:
    def damage(file: Path, home: Path, rng: random.Random) -> None:
        file.unlink()
        make(file)

    return damage


DAMAGES = [
    _bytes,
    _bytes,
    _in_place(lambda file: None),
    _in_place(Path.mkdir),
    _in_place(os.mkfifo),
    _in_place(lambda file: file.symlink_to("/dev/zero")),
    _in_place(lambda file: file.symlink_to("/etc/hostname")),
    _in_place(lambda file: file.symlink_to("nowhere")),
    _in_place(lambda file: file.write_bytes(b"")),
    _in_place(lambda file: file.write_bytes(b"[" * 100_000)),
    _in_place(lambda file: file.write_bytes(b"\xef\xbb\xbf{}")),
    _in_place(lambda file: file.write_bytes(bytes(3_000_000))),
]
