"""Corrections: a picture that a model answered wrong joins a data set, under the class that a person names."""

import numpy as np

from mlcore.data.additions import add_to
from mlcore.data.edits import checked_class
from mlcore.data.history import folder_of
from mlcore.data.sources import Example, Incoming
from mlcore.data.store import Dataset


def collect(name: str, pixels: np.ndarray, label: str, title: str) -> Dataset:
    """Add a picture uint8 (H, W, 3) to a stored data set as its next version; its own hash draws its split.

    Raises Refused(unknown-data, bad-setting, not-compatible).
    """
    folder = folder_of(name)
    example = Example(pixels, 0, None, title)
    return add_to(folder, Incoming((checked_class(label),), 1, [example], "an answer that was wrong"))
