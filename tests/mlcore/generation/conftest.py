"""A small colourful data set of a size that generators make, and a plan that trains in a second."""

import pytest


@pytest.fixture
def pictures(home, shapes_folder):
    """The data set "shapes32": 60 pictures of 32 x 32 pixels in 3 classes."""
    from mlcore import data

    return data.add(shapes_folder, "shapes32", size=32)


@pytest.fixture
def plan(pictures):
    """Six steps of the smallest pair."""
    from mlcore import generation

    quick = ["steps=6", "batch_size=8", "network.width=8", "noise=4", "every=2", "augment=true"]
    return generation.draft("shapes32", "tiny", quick)


@pytest.fixture(scope="session")
def scans() -> tuple:
    """The 1,797 scans of digits that come with scikit-learn, framed as MNIST's are: uint8 (N, 28, 28, 3), labels."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    pages = [Image.fromarray(np.rint(scan * 255 / 16).astype("uint8")) for scan in digits.images]
    grey = np.stack([np.pad(np.asarray(page.resize((20, 20), Image.BICUBIC)), 4) for page in pages])
    return grey[..., None].repeat(3, axis=-1), digits.target
