"""Background pictures: some training pictures kept beside a model, for methods that compare with what is usual."""

import math
from io import BytesIO
from itertools import islice
from pathlib import Path

import numpy as np

from mlcore import durable, reader
from mlcore.data.store import Split
from mlcore.errors import Refused
from mlcore.explanation.toolkit.blur import blurred
from mlcore.library.classifier import Classifier

FILE = "background.npz"
PICTURES = 64
MOST_BYTES = 1_000_000  # of raw pixels; the file is a little smaller
GREYS = (0, 64, 128, 192, 255)
BLURS = (0.03, 0.1, 0.3)  # as a share of the picture's longer side


def keep_background(folder: Path, split: Split, classes: int, seed: int = 0) -> None:
    """Write up to 64 pictures of a split of training pictures into a model's folder, as many of each class.

    Their order is a class each in turn, so that the first few are balanced, too.
    """
    if not len(split):
        return
    most = max(1, min(PICTURES, MOST_BYTES // split.dataset.picture_bytes))
    pictures = split.read(_balanced(split.labels, classes, most, seed))
    file = BytesIO()
    np.savez_compressed(file, pictures=pictures)
    durable.write_bytes(folder / FILE, file.getvalue())


def background_of(classifier: Classifier, picture: np.ndarray) -> tuple[np.ndarray, str]:
    """Pictures float32 (n, H, W, 3) to compare a picture (H, W, 3) with, and in words where they are from.

    A model without kept pictures gets grey levels and blurred copies of the picture itself.
    """
    kept = _kept(getattr(classifier, "folder", None), tuple(classifier.card.shape))
    if kept is not None:
        return kept.astype("float32"), f"{len(kept)} training pictures"
    likenesses = np.stack([_likenesses(frame) for frame in picture], 1) if picture.ndim == 4 else _likenesses(picture)
    return likenesses, "no training pictures kept: grey levels and blurred copies of this picture"


def _likenesses(picture: np.ndarray) -> np.ndarray:
    plain = [np.full(picture.shape, level, "float32") for level in GREYS]
    blurs = blurred(picture.astype("float32"), np.array(BLURS) * max(picture.shape[:2]))
    return np.stack([*plain, *blurs])


def _kept(folder: Path | None, shape: tuple[int, ...]) -> np.ndarray | None:
    if folder is None:
        return None  # a classifier that isn't on disk
    try:
        pictures = reader.arrays(folder / FILE, 2 * max(MOST_BYTES, math.prod(shape)))["pictures"]
    except (Refused, KeyError):
        return None
    return pictures if pictures.dtype == np.uint8 and pictures.size and pictures.shape[1:] == shape else None


def _balanced(labels: np.ndarray, classes: int, most: int, seed: int) -> np.ndarray:
    """Indices of `most` pictures: one of each class, in an order drawn by the seed, then the next of each."""
    rng = np.random.default_rng(seed)
    each = [rng.permutation(np.flatnonzero(labels == label)) for label in rng.permutation(classes)]
    rounds = (own[turn] for turn in range(most) for own in each if turn < len(own))
    return np.array(list(islice(rounds, most)))
