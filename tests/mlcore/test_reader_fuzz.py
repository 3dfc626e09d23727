"""A seeded fuzz of the reader: whatever bytes a file holds, it is read or refused; never slow, never large."""

import io
import json
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mlcore import events, library, reader
from mlcore.data.meta import Meta
from mlcore.explanation.judge.summary import Report
from mlcore.jobs.status import Status
from mlcore.jobs.sweeps import Sweep
from mlcore.library import out_of_distribution
from mlcore.library.card import Card
from mlcore.recipe import Recipe
from mlcore.teach.drafts import Named
from tests.damaged_home import mutated, odd_document

REPORT = library.STARTERS / "animals-and-vehicles" / "explanations" / "report.json"
STARTER = library.STARTERS / "handwritten-digits"
MOST_SECONDS, MOST_BYTES = 5.0, 500_000_000  # of the processor: a busy machine makes no difference


def card() -> dict:
    return json.loads((STARTER / "card.json").read_text())


RECORDS: dict[str, tuple[Callable[[], object], type]] = {
    "card": (card, Card),
    "recipe": (lambda: json.loads((STARTER / "recipe.json").read_text()), Recipe),
    "report": (
        lambda: json.loads(REPORT.read_text()),
        Report,
    ),
    "status": (lambda: {"state": "running", "title": "t", "created": 1.7e9, "pid": 5, "mirrors": ["a"]}, Status),
    "draft": (lambda: {"classes": {"class-01234567": "a"}, "created": ""}, Named),
    "meta": (lambda: META, Meta),
    "sweep": (lambda: {"id": "a", "recipe": {"data": "d", "architecture": "a"}, "axes": [{"key": "x"}]}, Sweep),
}
COUNTS = {"train": 1, "val": 1, "test": 1}
META = dict.fromkeys(("title", "description", "source", "origin", "license", "fingerprint"), "t")
META |= {"version": 1, "created": "2026-01-01T00:00:00+00:00", "classes": ["a", "b"], "shape": [8, 8, 3]}
META |= {"splits": COUNTS, "class_counts": {"a": 1}, "notices": [{"kind": "k", "message": "m"}], "skipped": []}
ARRAYS = ("unlike.npz", "background.npz", "evaluations/test.npz", "head.npy")


def tried(read: Callable[[], object]) -> None:
    """Read, which may be refused and nothing else, within the bounds of time."""
    begun = time.process_time()
    assert reader.reason(read).isprintable()  # anything but Refused is raised
    assert time.process_time() - begun < MOST_SECONDS


def grown() -> int:
    """The most bytes that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def fuzz(count: int, seed: int, folder: Path) -> None:
    """Read so many damaged files of every kind."""
    rng, file = random.Random(seed), folder / "file"
    arrays = [(STARTER / name).read_bytes() for name in ARRAYS if (STARTER / name).is_file()]
    lines = (STARTER / "events.jsonl").read_bytes()
    for number in range(count):
        make, kind = RECORDS[rng.choice(list(RECORDS))]
        text = json.dumps(odd_document(make(), rng)).encode()
        file.write_bytes(text if number % 2 else mutated(json.dumps(make()).encode(), rng))
        tried(lambda kind=kind: reader.record(file, kind))
        tried(lambda kind=kind: reader.newer(file, kind))
        file.write_bytes(mutated(lines, rng))
        tried(lambda: events.read(file))
        tried(lambda: events.latest(file, 500))
        packed = mutated(rng.choice(arrays), rng)
        tried(lambda packed=packed: reader.arrays_in(packed))
        file.write_bytes(mutated(packed[-3000:] if number % 2 else npy(rng), rng))
        for read in (reader.array, reader.mapped, reader.arrays):
            tried(lambda read=read: read(file))


def npy(rng: random.Random) -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros((rng.randrange(4), 3), rng.choice(["float32", "uint8", "U4"])))
    return file.getvalue()


def test_some_damaged_files_of_each_kind_are_read_or_refused(tmp_path):
    fuzz(60, 0, tmp_path)


@pytest.mark.slow
def test_thousands_of_damaged_files_are_read_or_refused_quickly_and_in_little_memory(tmp_path):
    before = grown()
    fuzz(4000, 1, tmp_path)  # each damages four files

    assert grown() - before < MOST_BYTES


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        "[" + "{}," * 49_000 + "{}]",
        "[" + "[]," * 11_000_000 + "[]]",
        '["' + "a" * 30_000_000 + '"]',
        '["' + "😀" * 8_000_000 + '"]',
        '["' + "\\u00e9" * 5_000_000 + '"]',
        "{" + ",".join(f'"{n}":{n}' for n in range(490_000)) + "}",
        "[" + ",".join(["9" * 18] * 990_000) + "]",
        "[" + ",".join(["0.123456789"] * 990_000) + "]",
        "9" * 30_000_000,
        " " * 30_000_000 + "1",
        json.dumps({**card(), "classes": [1] * 990_000}),
        json.dumps({**card(), "certainty": {"split": "t", "levels": [{}] * 49_000}}),
        json.dumps({**card(), **{f"k{n}": n for n in range(490_000)}}),
    ],
    ids=[
        "objects",
        "lists",
        "text",
        "wide",
        "spelled",
        "names",
        "whole",
        "parts",
        "digits",
        "spaces",
        "faults",
        "gaps",
        "newer",
    ],
)
def test_the_worst_documents_stay_within_the_bounds(tmp_path, content):
    path, before = tmp_path / "worst.json", grown()
    path.write_text(content)
    tried(lambda: reader.document(path))
    tried(lambda: reader.record(path, Card))

    assert grown() - before < MOST_BYTES


def test_what_tells_strangers_apart_is_read_or_not_there(tmp_path):
    rng, content = random.Random(0), (STARTER / "unlike.npz").read_bytes()
    for _ in range(60):
        (tmp_path / "unlike.npz").write_bytes(mutated(content, rng))
        out_of_distribution.read(tmp_path)
