"""The real archives, when they lie beside the project: counts, splits and time are what they should be."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from mlcore import data

pytestmark = [pytest.mark.data, pytest.mark.slow]
PLACE = Path(os.environ.get("VITRINE_DATA") or Path(__file__).parents[4] / "shared" / "data")


def archive(name) -> Path:
    path = PLACE / name
    if not path.is_file():
        pytest.skip(f"{name} isn't there: set VITRINE_DATA to the folder that holds it")
    return path


@pytest.mark.parametrize(("name", "total", "shape"), [("mnist", 70_000, (28, 28, 3)), ("cifar10", 60_000, (32, 32, 3))])
def test_a_real_archive_is_stored_whole_in_under_a_minute(name, total, shape):
    path, start = archive(f"{name}.zip"), time.process_time()

    dataset = data.add(path, name)

    assert time.process_time() - start < 60  # CPU-seconds; measured 10 and 15
    assert dataset.shape == shape
    assert dataset.splits == {"train": total - 12_500, "val": 2500, "test": 10_000}
    assert len(dataset.classes) == 10
    assert dataset.skipped == ()
    sample = np.arange(0, 10_000, 97)
    np.testing.assert_array_equal(dataset.split("test").read(sample), dataset.split("test").load()[sample])
