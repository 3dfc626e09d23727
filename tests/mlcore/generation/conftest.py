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
