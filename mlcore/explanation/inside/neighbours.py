"""Nearest neighbours: the training pictures that a network finds most like a picture, and those typical of a class.

Alike means near in the network's own features: the mean and the largest value of each map of its last layer of
maps. Features of the training pictures are computed once and kept on disk, so that later questions take milliseconds.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mlcore import data, durable, reader
from mlcore.data.binding import differs
from mlcore.data.excerpt import Excerpt, Part
from mlcore.data.store import Dataset, Split
from mlcore.errors import Kind, Refused
from mlcore.home import in_home
from mlcore.images import fit
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier
from mlcore.progress import Progress, silent

MOST_BYTES = 2**28  # of kept features, float16
CHUNK = 512  # pictures between two words on the progress; 0.9 s for 32 x 32 pixels on two cores


@dataclass(frozen=True)
class Neighbour:
    """A training picture: its place in the split, its class number, and its likeness, at most 1, which is the same.

    The likeness is the cosine between features.
    """

    index: int
    label: int
    likeness: float


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The training pictures by what a network sees in them.

    features float32 (n, C) of length 1, labels int (n,) their class numbers, places int (n,) in the training split;
    without `places` row and place are the same.
    """

    features: np.ndarray
    labels: np.ndarray
    places: np.ndarray | None = None

    def nearest(self, feature: np.ndarray, count: int = 8, other_than: int | None = None) -> list[Neighbour]:
        """The pictures most like a feature (C,), the likest first; without those of a class, when one is named."""
        rows = np.arange(len(self.labels)) if other_than is None else np.flatnonzero(self.labels != other_than)
        return self._ranked(rows, feature, count)

    def prototypes(self, label: int, count: int = 5) -> list[Neighbour]:
        """The pictures of a class that are most like its mean: what the network takes for typical."""
        return self._of_class(label, count)

    def odd_ones(self, label: int, count: int = 5) -> list[Neighbour]:
        """The pictures of a class that are least like its mean, the least first."""
        return self._of_class(label, count, sign=-1)

    def _of_class(self, label: int, count: int, sign: int = 1) -> list[Neighbour]:
        rows = np.flatnonzero(self.labels == label)
        return self._ranked(rows, self.features[rows].mean(axis=0), count, sign) if len(rows) else []

    def _ranked(self, rows: np.ndarray, feature: np.ndarray, count: int, sign: int = 1) -> list[Neighbour]:
        likeness = (self.features @ _unit(feature).astype("float32"))[rows]  # all at once: no copy of the features
        order = np.argsort(-sign * likeness, kind="stable")[:count]
        return [self._at(int(rows[each]), float(likeness[each])) for each in order]

    def _at(self, row: int, likeness: float) -> Neighbour:
        return Neighbour(row if self.places is None else int(self.places[row]), int(self.labels[row]), likeness)


def pooled(classifier: Classifier, batch: np.ndarray) -> np.ndarray:
    """What a network sees in pictures uint8 (N, H, W, 3) of its size: float32 (N, C) of length 1.

    Mean and largest value of each map of the last layer of maps, with equal weight: a network pools in one of
    the two ways, and 5 neighbours name the class of CIFAR-10 pictures as well by both as by the better of the
    two. For a network without such maps, the scores of its classes.
    """
    maps = classifier.features(batch)
    if maps is None:
        return _unit(classifier.logits(batch))
    return _unit(np.concatenate([_unit(maps.mean(axis=(1, 2))), _unit(maps.max(axis=(1, 2)))], axis=1))


def neighbours(classifier: Classifier, progress: Progress = silent) -> Neighbours:
    """The features of the model's training pictures that are here, from disk or computed now.

    What was computed before `progress` ended it is kept, and the next call goes on from there. Raises
    Refused(missing-data) when the training pictures aren't on this machine.
    """
    dataset = training_set(classifier.card)
    split, path = dataset.split("train"), _path(classifier, dataset)
    features = _read(path, len(split.at_hand))
    if features is None:
        features = _computed(classifier, split, path.with_suffix(".parts"), progress)
        durable.write_bytes(path, _npy(features))
        durable.remove_folder(path.with_suffix(".parts"))
    return Neighbours(_unit(features.astype("float32")), split.labels[split.at_hand], split.at_hand)


def are_known(classifier: Classifier) -> bool:
    """Whether the features are on disk, so that `neighbours` takes no time."""
    try:
        return _path(classifier, training_set(classifier.card)).exists()
    except Refused:
        return False


def training_set(card: Card) -> Dataset | Excerpt:
    """The data set that a model was trained on, or what came along of it; raises Refused(missing-data) for neither."""
    dataset = data.at_hand(card.data, card.fingerprint)
    if dataset is None or dataset.classes != card.classes or differs(card.data, card.fingerprint):
        raise Refused(
            Kind.MISSING_DATA,
            f"The training pictures of this model, the data set {card.data!r}, aren't on this machine, so they can't "
            "be searched; add it on the Data page.",
        )
    return dataset


def _computed(classifier: Classifier, split: Split | Part, parts: Path, progress: Progress) -> np.ndarray:
    """Chunk by chunk; each is a file of its own, so that a call-off loses no more than one."""
    parts.mkdir(parents=True, exist_ok=True)
    height, width = classifier.card.shape[:2]
    chunks: list[np.ndarray] = []
    total = len(split.at_hand)
    for start in range(0, total, CHUNK):
        progress(start / total, f"{start:,} of {total:,} pictures looked at")
        part, rows = parts / f"{start}.npy", split.at_hand[start : start + CHUNK]
        features = _read(part, len(rows))
        if features is None:
            batch = np.stack([fit(pixels, height, width) for pixels in split.read(rows)])
            features = pooled(classifier, batch).astype("float16")
            durable.write_bytes(part, _npy(features))
        chunks.append(features)
    return np.concatenate(chunks) if chunks else np.zeros((0, 1), "float16")


def _path(classifier: Classifier, dataset: Dataset | Excerpt) -> Path:
    """One file for each network and each content of a data set; float16 keeps 50,000 pictures in 13 MB."""
    network = reader.digest(_network_file(classifier.folder))[:16]
    content = f"{dataset.fingerprint}-excerpt" if isinstance(dataset, Excerpt) else dataset.fingerprint
    return in_home("cache/features") / f"{classifier.card.id}-{network}-{content}.npy"


def _network_file(folder: Path) -> Path:
    small = folder / "model.tflite"
    return small if small.exists() else small.with_name("model.keras")


def _unit(features: np.ndarray) -> np.ndarray:
    return features / np.maximum(np.linalg.norm(features, axis=-1, keepdims=True), 1e-12)


def _read(path: Path, count: int) -> np.ndarray | None:
    """An array of that many rows; None when it is missing, damaged or of another length."""
    try:
        features = reader.array(path, MOST_BYTES)
    except Refused:
        return None
    return features if features.ndim == 2 and len(features) == count else None


def _npy(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, values, allow_pickle=False)
    return file.getvalue()
