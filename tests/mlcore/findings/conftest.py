"""A data set with planted faults, stored once."""

import numpy as np
import pytest

from mlcore import data
from mlcore.data import ingest
from mlcore.data.sources import Example, Incoming

FACTS = {"title": "Planted", "description": "", "source": "folder", "license": ""}


def scenes(count, seed=0, side=32):
    """Random patterns: coarse fields under fine ones, uint8 (count, side, side, 3)."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 200, (count, 4, 4, 3)).repeat(side // 4, axis=1).repeat(side // 4, axis=2)
    return (coarse + random.integers(0, 56, (count, side, side, 3))).astype("uint8")


@pytest.fixture
def stored():
    """Store pictures with labels, splits and attributes, and open the data set."""

    def store(pictures, labels, splits=None, attributes=None, name="planted", classes=("a", "b"), skipped=()):
        count = len(pictures)
        rows = zip(pictures, labels, splits or [None] * count, attributes or [{}] * count, strict=True)
        examples = [
            Example(np.asarray(pixels, "uint8"), int(label), split, f"{number}.png", attributes=facts)
            for number, (pixels, label, split, facts) in enumerate(rows)
        ]
        incoming = Incoming(classes, count, examples, skipped=list(skipped))
        return data.Dataset(ingest.store(incoming, name, FACTS, None, 0))

    return store


@pytest.fixture
def clean(stored):
    """120 pictures in which nothing is wrong."""
    return stored(scenes(120), np.arange(120) % 2)
