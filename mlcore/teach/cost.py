"""What teaching will cost, measured before anything is started."""

import time

import numpy as np

from mlcore import backbones, data
from mlcore.teach import features

TIMED = 8  # pictures


def seconds(name: str) -> float:
    """Seconds to look at the pictures that a model of a data set is taught with; the rest takes about one more.

    Raises Refused.
    """
    dataset = data.open(name)
    split = dataset.split("train")
    look = features.opened(backbones.open(backbones.fitting(dataset.shape)), dataset.shape)
    pictures = split.read(np.arange(min(TIMED, len(split))))
    look(pictures)  # the first look makes everything ready
    started = time.perf_counter()
    look(pictures)
    return (time.perf_counter() - started) / len(pictures) * sum(dataset.splits.values()) + 1
