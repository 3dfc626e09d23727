"""Additions: more pictures for a stored data set, as its next version; those that are there stay where they are."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from mlcore import durable
from mlcore.archives import Source
from mlcore.data import checks, parts, versions
from mlcore.data.edits import Content, in_order, known_class
from mlcore.data.history import folder_of, make_current
from mlcore.data.ingest import counted
from mlcore.data.sources import Incoming
from mlcore.data.splits import SPLITS, UNLABELLED, for_labelled
from mlcore.data.store import Dataset
from mlcore.data.writer import Writer
from mlcore.errors import Kind, Refused
from mlcore.progress import Progress, silent


def extend(name: str, path: Source, progress: Progress = silent) -> Dataset:
    """Add the pictures of a folder or an archive to a stored data set, as its next version.

    They are made to fit its size, and draw their split by their own hash where none is given; classes go by their
    names. Nothing is left behind when it fails. Raises Refused.
    """
    from mlcore.data.sources import clips, folder

    own = folder_of(name)
    shape = Dataset(own).shape
    incoming = clips.read(path, shape[0], shape[-2]) if len(shape) == 4 else folder.read(path)
    return add_to(own, incoming, progress)


def add_to(folder: Path, incoming: Incoming, progress: Progress = silent) -> Dataset:
    """Add what a source hands over to the data set in a folder, as `extend` does."""
    built = durable.scratch_folder(folder / parts.FOLDER)
    try:
        writer, given = _written(built, Dataset(folder), incoming, progress)
        with versions.editing(folder):
            before = Dataset(folder)
            after = _extended(before, incoming.classes, writer, given)
            built.rename(parts.following(folder))
            notices = [*incoming.notices, checks.skipped_files(incoming.skipped)]
            why = f"{len(writer):,} pictures added from {incoming.origin}"
            told = [each for each in notices if each]
            return make_current(folder, versions.publish(folder, before.version, after, why, notices=told))
    finally:
        shutil.rmtree(built, ignore_errors=True)


def _written(built: Path, dataset: Dataset, incoming: Incoming, progress: Progress) -> tuple[Writer, np.ndarray]:
    """Write the pictures into a part; gives the splits that they came with."""
    given = []
    with Writer(built, dataset.shape, dataset.store) as writer:
        for example in counted(incoming, progress):
            if example.pixels.shape[:-3] != dataset.shape[:-3]:
                raise Refused(Kind.NOT_COMPATIBLE, f"{example.name!r} isn't of the kind that {dataset.name!r} holds.")
            writer.add(example)
            given.append(SPLITS.index(example.split) if example.split else UNLABELLED)
    if not given:
        raise Refused(Kind.NO_IMAGES, "No picture could be read, so none was added.")
    writer.columns.save(built)
    np.save(built / "hashes.npy", writer.arrays()[2])
    durable.sync_folder(built)
    return writer, np.array(given, "uint8")


def _extended(dataset: Dataset, names: tuple[str, ...], writer: Writer, given: np.ndarray) -> Content:
    """The content of the data set with the rows of its last part."""
    now = dataset.content
    labels, _, hashes = writer.arrays()
    used = {label: known_class(names[label], now.classes) for label in np.unique(labels).tolist()}
    classes = (*now.classes, *(name for name in dict.fromkeys(used.values()) if name not in now.classes))
    places = np.zeros(len(names), "int32")
    places[list(used)] = [classes.index(name) for name in used.values()]
    count = len(labels)
    whole = Content(
        classes,
        np.concatenate([now.labels, places[labels]]),
        np.concatenate([now.splits, given]),
        np.concatenate([now.hashes, hashes]),
        np.concatenate([now.rows, dataset.stored_count + np.arange(count)]),
        np.ones(len(now.labels) + count, bool),
        now.seed,
    )
    new = len(now.labels) + np.flatnonzero(given == UNLABELLED)
    if len(new):
        splits = whole.splits.copy()
        splits[new] = for_labelled(new, whole.labels, whole.splits, whole.hashes, whole.seed)
        whole = replace(whole, splits=splits)
    return in_order(whole, now.classes)
