"""Export: a data set as a ZIP of class folders with a card, from which it can be added again.

The pictures are those of the store, as PNG, so nothing that a camera wrote into its files comes along (EXIF, GPS).
They lie in the order of the data set: added again, the same pictures have the same fingerprint.
"""

import re
import unicodedata
import zipfile
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mlcore import durable, images
from mlcore.data.splits import SPLITS, UNLABELLED
from mlcore.data.store import Dataset
from mlcore.progress import Progress, silent

FOLDERS = (*SPLITS, "unlabelled")
CHUNK = 2**24  # bytes of pictures in memory at a time
MOST_BYTES = 200  # of the name of a folder: file systems take 255
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)  # devices of Windows, no names there
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|]")


def export(dataset: Dataset, path: Path, progress: Progress = silent) -> None:
    """Write a version of a data set into a ZIP file on disk; an older file of that name goes away once it is whole.

    `progress` hears how many pictures are done; an exception in it cancels and leaves nothing behind.
    """
    with durable.new_file(path) as file:
        write(dataset, file, progress)


def write(dataset: Dataset, file: BinaryIO, progress: Progress = silent) -> None:
    """Write the ZIP into an open file."""
    names, classes, total = dataset.names, _folders(dataset.classes), len(dataset)
    step = max(1, CHUNK // dataset.picture_bytes)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("README.md", card(dataset))
        for start in range(0, total, step):
            rows = np.arange(start, min(start + step, total))
            for row, pixels in zip(rows.tolist(), dataset.read_rows(rows), strict=True):
                code = int(dataset.split_codes[row])
                parts = [FOLDERS[code]] + ([] if code == UNLABELLED else [classes[dataset.labels[row]]])
                _put(archive, "/".join([*parts, f"{row:06d}-{_stem(names[row])}"]), pixels)
            progress(min(start + step, total) / total, f"{min(start + step, total):,} of {total:,} pictures")


def card(dataset: Dataset) -> str:
    """What the data set is, in Markdown: the README.md of its ZIP."""
    things, size = "clips" if dataset.is_sequence else "pictures", " x ".join(map(str, dataset.shape[-3:-1]))
    counts = {split: dataset.counts(split) for split in SPLITS}
    rows = [_row(name, *(counts[split][name] for split in SPLITS)) for name in dataset.classes]
    facts = {
        "Where from": dataset.origin,
        "Licence": dataset.license or "not told",
        "Version": f"{dataset.version}, made {dataset.created[:10]}",
        "Fingerprint": dataset.fingerprint,
        things.capitalize(): f"{len(dataset):,}, {size} pixels, PNG without metadata",
        "Without a class": f"{len(dataset.unlabelled):,}",
    }
    lines = [f"# {dataset.title}", "", *([dataset.note, ""] if dataset.note else [])]
    lines += [f"- {key}: {value}" for key, value in facts.items()]
    again = f"python -m mlcore data add FILE.zip --name {dataset.name} --size {dataset.shape[-2]}"
    square = dataset.shape[-3] == dataset.shape[-2]
    lines += ["", "| class | train | val | test |", "|---|---|---|---|", *rows]
    return "\n".join([*lines, "", *([f"Add it again: `{again}`"] if square else []), ""])


def _row(name: str, *numbers: int) -> str:
    return "| " + " | ".join([name.replace("|", "\\|"), *(f"{number:,}" for number in numbers)]) + " |"


def _put(archive: zipfile.ZipFile, name: str, pixels: np.ndarray) -> None:
    """A picture as one file; a clip as a folder of its frames."""
    if pixels.ndim == 3:
        archive.writestr(f"{name}.png", images.png(pixels))
        return
    for number, frame in enumerate(pixels):
        archive.writestr(f"{name}/{number:03d}.png", images.png(frame))


def _folders(classes: tuple[str, ...]) -> list[str]:
    """A folder for each class, by its name as far as every system allows that, no two alike."""
    taken: dict[str, str] = {}
    for name in classes:
        short = UNSAFE.sub("_", name).encode()[:MOST_BYTES].decode(errors="ignore")
        plain = RESERVED.sub(r"_\1", short.strip(" .") or "_")
        while (same := unicodedata.normalize("NFC", plain).casefold()) in taken:
            plain += "_"
        taken[same] = plain
    return list(taken.values())


def _stem(name: str) -> str:
    """The end of a file name without its ending, in letters that every system allows."""
    return UNSAFE.sub("_", re.split(r"[/\\]", name)[-1].rsplit(".", 1)[0])[:60].strip(" .") or "picture"
