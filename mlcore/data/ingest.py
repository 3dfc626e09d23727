"""From a source into the store: write, split, check, publish under a name that is free."""

import contextlib
import errno
import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import numpy as np
import psutil

from mlcore import durable
from mlcore.data import checks, meta, sizes
from mlcore.data.labelled import Labelled
from mlcore.data.relatives import Watch
from mlcore.data.sources import Example, Incoming, sources
from mlcore.data.splits import UNLABELLED
from mlcore.data.writer import VERSION, Writer, fingerprint
from mlcore.errors import Kind, Refused
from mlcore.home import in_home
from mlcore.machine import disk
from mlcore.progress import Progress, silent

MOST_SKIPPED = 20_000  # files left out that are listed one by one; the notice counts them all
TOLD_SECONDS = 0.2  # between two words on the progress
ABANDONED_SECONDS = 3600  # a process number alone isn't proof: another machine may share the folder
UNFINISHED = re.compile(rf"^\.[a-z0-9_-]+\.(\d+)-[0-9a-f]+{re.escape(durable.TEMPORARY)}$")


def shelf_folder() -> Path:
    """Where the data sets are kept, one folder each."""
    return in_home("data")


def free_name(name: str) -> str:
    """The name itself when no data set has it, stored or built-in, else the next one with a number."""
    number, candidate = 1, name
    while (shelf_folder() / candidate).exists() or candidate in built_in_names():
        number += 1
        candidate = f"{name[:59]}-{number}"
    return candidate


def built_in_names() -> list[str]:
    """The names of the data sets that can be opened without adding them."""
    return [entry.name for entry in sources.all() if "built-in" in entry.traits]


def refuse_taken(name: str, source: str = "folder") -> None:
    """Raise Refused(bad-setting) when a stored data set has the name, or a built-in one of another source."""
    if name in built_in_names() and source != name:
        raise Refused(
            Kind.BAD_SETTING,
            f"{name!r} is the name of a built-in data set: choose another name, such as {free_name(name)!r}.",
        )
    if (shelf_folder() / name).exists():
        raise Refused(
            Kind.BAD_SETTING,
            f"There is a data set called {name!r} already: choose another name, such as {free_name(name)!r}, "
            "or remove it first.",
        )


def store(
    incoming: Incoming, name: str, facts: dict[str, str], size: int | None, seed: int, progress: Progress = silent
) -> Path:
    """Store everything that a source hands over and give its folder; nothing is left behind when it fails.

    `facts` are title, description, source and license. An exception raised by `progress` cancels.
    """
    refuse_taken(name, facts["source"])
    _sweep()
    built = shelf_folder() / f".{name}.{os.getpid()}-{secrets.token_hex(4)}{durable.TEMPORARY}"
    built.mkdir(parents=True)
    try:
        _build(built, incoming, facts, size, seed, progress)
        with _one_at_a_time():
            refuse_taken(name, facts["source"])  # somebody may have been quicker
            durable.publish_folder(built, shelf_folder() / name)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Refused(Kind.BAD_SETTING, "The disk is full: make room, or choose a smaller size.") from error
    finally:
        shutil.rmtree(built, ignore_errors=True)
    return shelf_folder() / name


def _build(
    folder: Path, incoming: Incoming, facts: dict[str, str], size: int | None, seed: int, progress: Progress
) -> None:
    plan, writer, watch = _read(folder, incoming, size, progress)
    labels, given, hashes = writer.arrays()
    known = given != UNLABELLED
    classes, labels, empty = _without_empty(incoming.classes, labels, known)
    checks.require_readable(incoming.classes, classes, incoming.skipped)
    kin = None if facts["source"] in built_in_names() else watch.relatives(_comparing(progress)).of(known)
    labelled = Labelled(labels[known], given[known], hashes[known], kin, seed)
    splits = given.copy()
    splits[known] = labelled.splits
    for file, values in (("labels", labels), ("splits", splits), ("hashes", hashes)):
        np.save(folder / f"{file}.npy", values)
    notices = [
        *incoming.notices,
        None if size or incoming.size else sizes.resized(plan, writer.changed, len(writer)),
        checks.empty_class(empty, incoming.skipped),
        *labelled.notices(classes, incoming.skipped),
    ]
    about = {
        "version": VERSION,
        **facts,
        "origin": incoming.origin,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "classes": classes,
        "shape": writer.shape,
        "store": plan.store,
        **meta.counts(classes, labels, splits),
        "fingerprint": fingerprint(writer.shape, classes, labels, splits, hashes),
        "notices": [{"kind": one.kind, "message": one.message} for one in notices if one],
        "skipped": [asdict(one) for one in incoming.skipped[:MOST_SKIPPED]],
    }
    durable.write_json(folder / meta.FILE, about)


def _read(
    folder: Path, incoming: Incoming, size: int | None, progress: Progress
) -> tuple[sizes.Suggestion, Writer, Watch]:
    """Write all pictures; gives how that was planned, what is known of each, and what looked at them on the way."""
    examples = counted(incoming, progress)
    first = sizes.ahead(examples, known=bool(incoming.sizes))
    plan = sizes.planned(incoming, size, first)
    _refuse_lack(folder, plan)
    watch = Watch()
    with Writer(folder, plan.shape, plan.store) as writer:
        for example in chain(first, examples):
            writer.add(example)
            watch.add(example.pixels, example.name, example.attributes.get("group"))
    writer.columns.save(folder)
    return plan, writer, watch


def _refuse_lack(folder: Path, plan: sizes.Suggestion) -> None:
    """Raise Refused(disk-full) before hours of work that can't end well."""
    if why := disk.lack(folder, plan.disk_bytes, "The data set"):
        raise Refused(Kind.DISK_FULL, f"{why} Or choose a smaller size.")


def _comparing(progress: Progress) -> Progress:
    return lambda share, _="", /: progress(1.0, f"Looking for near copies: {share:.0%}")


def counted(incoming: Incoming, progress: Progress) -> Iterator[Example]:
    """The examples of a source, telling now and then how many went by."""
    done, last = 0, 0.0
    for done, example in enumerate(incoming.examples, 1):
        if time.monotonic() - last >= TOLD_SECONDS:
            progress((done - 1) / max(1, incoming.total), f"{done - 1:,} of {incoming.total:,} pictures read")
            last = time.monotonic()
        yield example
    progress(1.0, f"{done:,} pictures read")


def _without_empty(
    classes: Sequence[str], labels: np.ndarray, known: np.ndarray
) -> tuple[list[str], np.ndarray, list[str]]:
    """Classes that have a picture, the labels that go with them, and the names of the others.

    Where no picture has a class yet, the first one stands for those to come.
    """
    counts = np.bincount(labels[known], minlength=len(classes))
    if not known.any():
        counts[:1] = len(labels)
    kept = np.flatnonzero(counts)
    renumbered = np.where(known, (np.cumsum(counts > 0) - 1)[labels], 0)
    names = [classes[index] for index in kept.tolist()]
    empty = [name for name, count in zip(classes, counts, strict=True) if not count]
    return names, renumbered.astype("int32"), empty


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Held while a name is checked and given; the system frees it when a process dies."""
    with open(shelf_folder() / ".lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sweep() -> None:
    """Remove what processes left behind that died while they were storing."""
    for folder in shelf_folder().glob(f".*{durable.TEMPORARY}"):
        match = UNFINISHED.match(folder.name)
        if match and not psutil.pid_exists(int(match[1])) and _idle_seconds(folder) > ABANDONED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _idle_seconds(folder: Path) -> float:
    try:
        return time.time() - max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except OSError:  # it is being removed right now
        return 0
