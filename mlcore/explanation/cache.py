"""Attribution maps kept on disk, so that the same question of the same model is answered at once, even tomorrow."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import fields
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import clips, durable, reader
from mlcore.clips import Clip
from mlcore.errors import Refused
from mlcore.explanation import Explanation, explain, methods
from mlcore.home import in_home
from mlcore.images import Picture
from mlcore.library.classifier import Classifier
from mlcore.progress import Progress
from mlcore.settings import read

MOST_BYTES = 256_000_000  # of kept explanations; one of 32 x 32 pixels takes 5 to 20 kB, of 224 x 224 up to 1 MB
MOST_FILES = 4000
KEPT = 0.9  # of both, after the oldest were removed
NETWORKS = ("model.keras", "model.tflite")  # the second decides where there is no first
DECIDING = ("card.json", "background.npz")  # the other files of a model that an explanation follows from
ARRAYS = ("heat", "values", "picture")


def explained(
    classifier: Classifier,
    picture: Picture | Clip | np.ndarray,
    method: str,
    target: int | str | None = None,
    *,
    output: str = "logits",
    progress: Progress | None = None,
    **settings: Any,
) -> Explanation:
    """What `explain` gives for the same request, read from disk where it was worked out before.

    Kept for as long as model, picture, class, method, settings and the code are the same, the last used ones up to
    256 MB. An answer from disk loads no Keras and calls no `progress`. Raises what `explain` raises.
    """
    entry = methods.get(method)
    pixels = clips.fitted(picture, tuple(classifier.card.shape))
    question = [entry.name, _plain(target), output, read(entry.settings, settings).model_dump(mode="json")]
    path = _path(classifier, pixels, question)
    explanation = _read(path) if path else None
    if explanation is None:
        explanation = explain(method, classifier, pixels, target, output=output, progress=progress, **settings)
        if path:
            _keep(path, explanation)
    return explanation


def folder() -> Path:
    """Where explanations are kept; it can be deleted at any time."""
    return in_home("cache/explanations")


def _plain(target: int | str | None) -> int | str | None:
    return target if target is None or isinstance(target, str) else int(target)


def _path(classifier: Classifier, pixels: np.ndarray, question: list[Any]) -> Path | None:
    """The file of a question to a model; None for a model that isn't in a folder, of which nothing is kept."""
    model_folder = getattr(classifier, "folder", None)
    model = _stamp(model_folder) if model_folder else []
    if not model:
        return None
    key = json.dumps([str(model_folder), model, _code(), pixels.shape, question])
    digest = hashlib.sha256(key.encode() + np.ascontiguousarray(pixels).tobytes()).hexdigest()
    return folder() / f"{digest[:40]}.npz"


def _stamp(model_folder: Path) -> list[tuple[str, int, int]]:
    """Name, time and size of the model's files that matter; empty without a network."""
    networks = [model_folder / name for name in NETWORKS if (model_folder / name).is_file()][:1]
    others = [model_folder / name for name in DECIDING if (model_folder / name).is_file()]
    stamps = [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in networks + others]
    return stamps if networks else []


@cache
def _code() -> list[int]:
    """When the methods and the gradients were last changed, so that no changed method is answered for."""
    core = Path(__file__).parents[1]
    files = [file.stat() for part in ("explanation", "backend") for file in (core / part).rglob("*.py")]
    return [len(files), max(file.st_mtime_ns for file in files)]


def _read(path: Path) -> Explanation | None:
    """The explanation in a file; None for a missing or damaged one."""
    try:
        file = reader.arrays(path)
        arrays = {name: file.get(name) for name in ARRAYS}
        facts = reader.parse(str(file["facts"]))
        os.utime(path)  # used: the last to go
        return reader.validated({**facts, **arrays}, Explanation)
    except (Refused, OSError, KeyError, TypeError):
        return None


def _keep(path: Path, explanation: Explanation) -> None:
    """Write it; without room on the disk, it is worked out again next time."""
    facts = {each.name: getattr(explanation, each.name) for each in fields(explanation) if each.name not in ARRAYS}
    arrays = {name: getattr(explanation, name) for name in ARRAYS if getattr(explanation, name) is not None}
    file = BytesIO()
    np.savez_compressed(file, facts=np.array(json.dumps(facts)), **arrays)
    with suppress(OSError):
        durable.write_bytes(path, file.getvalue())
        _make_room(path.parent)


def _make_room(folder: Path) -> None:
    """Remove those that weren't used for longest, when there are too many."""
    files = [(file.stat().st_mtime_ns, file.stat().st_size, file.path) for file in os.scandir(folder)]
    count, size = len(files), sum(size for _, size, _ in files)
    if count <= MOST_FILES and size <= MOST_BYTES:
        return
    for _, each, path in sorted(files):
        if count <= KEPT * MOST_FILES and size <= KEPT * MOST_BYTES:
            return
        Path(path).unlink(missing_ok=True)
        count, size = count - 1, size - each
