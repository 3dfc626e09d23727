"""Ways to put pictures into the store without an archive."""

import numpy as np
import pytest

from mlcore.data import Dataset, ingest
from mlcore.data.sources import Example, Incoming
from mlcore.progress import silent
from tests.odd_archives import zipped

FACTS = {"title": "Set", "description": "", "source": "folder", "license": ""}


@pytest.fixture
def keep():
    """Store pictures given as (pixels, label, split) and open them; settings go to `ingest.store`."""

    def store(
        pictures, name="set", classes=("a", "b"), size=None, seed=0, progress=silent, total=None, sizes=()
    ) -> Dataset:
        examples = (
            Example(np.asarray(pixels, "uint8"), label, split, f"{number}.png")
            for number, (pixels, label, split) in enumerate(pictures)
        )
        incoming = Incoming(classes, total or 0, examples, origin="test", sizes=sizes)
        return Dataset(ingest.store(incoming, name, FACTS, size, seed, progress))

    return store


@pytest.fixture
def noise():
    """Different random pictures: noise(count, height, width) gives uint8 (count, height, width, 3)."""

    def make(count, height=12, width=12, seed=0):
        return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), dtype="uint8")

    return make


@pytest.fixture
def pack(tmp_path):
    """Write files given as {name: content} into a ZIP; gives its path."""

    def packed(content):
        path = tmp_path / "pets.zip"
        path.write_bytes(zipped(content))
        return path

    return packed
