"""What checks look at, each made once for all of them: thumbnails, measures, near copies, features of every picture."""

from functools import cached_property

import numpy as np

from mlcore import backbones
from mlcore.active_learning.looks import looks
from mlcore.data import Dataset, near_copies
from mlcore.data.splits import UNLABELLED
from mlcore.findings import measures
from mlcore.findings.measures import Measures
from mlcore.progress import Progress, silent
from mlcore.teach import head

READ_BYTES = 2**24  # of pictures at a time
FOLDS = 5


class Material:
    """A data set and what was worked out of it so far; `progress` hears of what takes long."""

    def __init__(self, dataset: Dataset, progress: Progress = silent):
        self.dataset, self.progress = dataset, progress
        self.labels, self.splits = dataset.labels, dataset.split_codes
        self.labelled = np.flatnonzero(self.splits != UNLABELLED)

    @cached_property
    def looked(self) -> tuple[np.ndarray, Measures]:
        """Thumbnails uint8 (n, 16, 16, 3) and measures of all pictures, in one pass."""
        total, thumbnails, parts = len(self.dataset), [], []
        step = max(1, READ_BYTES // self.dataset.picture_bytes)
        for start in range(0, total, step):
            pictures = self.dataset.read_rows(np.arange(start, min(start + step, total)))
            thumbnails.append(np.stack([near_copies.thumbnail(picture) for picture in pictures]))
            parts.append(measures.of(pictures))
            self.progress(min(start + step, total) / total, "Looking at the pictures")
        return np.concatenate(thumbnails), measures.joined(parts)

    @property
    def measures(self) -> Measures:
        """Brightness, sharpness and the like of each picture."""
        return self.looked[1]

    @cached_property
    def copies(self) -> tuple[np.ndarray, np.ndarray]:
        """Groups (n,) of near copies with mirror images, and without."""
        return near_copies.both_ways(self.looked[0], len(self.dataset), self.progress)

    @cached_property
    def features(self) -> np.ndarray:
        """What the backbone that suits the pictures sees in each, float32 (n, C); zeros for unlabelled ones.

        They are kept by the picture: after a remedy only what is new is looked at.
        """
        backbone = backbones.open(backbones.fitting(self.dataset.shape))
        seen = looks(self.dataset, self.labelled, backbone, self._told).features
        out = np.zeros((len(self.dataset), seen.shape[1]), "float32")
        out[self.labelled] = seen
        return out

    @cached_property
    def out_of_fold(self) -> np.ndarray:
        """Probabilities (m, K) of the classes of each labelled picture, by a head on features that didn't see it."""
        self.progress(0.9, "Learning without each picture in turn")
        return self.predicted(self.features[self.labelled])

    def predicted(self, inputs: np.ndarray) -> np.ndarray:
        """Probabilities (m, K) of the labelled pictures from inputs (m, C), each without its near copies."""
        labels, groups = self.labels[self.labelled].astype("int64"), self.copies[0][self.labelled]
        if len(np.unique(groups)) < 2:
            return np.full((len(labels), classes := len(self.dataset.classes)), 1 / classes)
        return head.out_of_fold(inputs, labels, groups, FOLDS)

    def _told(self, share: float, text: str = "", /) -> None:
        self.progress(share, "Looking with a network")
