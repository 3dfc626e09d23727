"""A picture is found again by its pixels."""

import numpy as np
import pytest

from mlcore import images
from mlcore.data.find import find


@pytest.mark.parametrize(("split", "index"), [("train", 0), ("test", 3), ("val", 1)])
def test_every_stored_picture_is_found_where_it_lies(tiny_data, split, index):
    pixels = tiny_data.split(split).read([index])[0]

    assert find(images.Picture(pixels).sha256) == ("shapes", split, index)


def test_another_picture_is_not_found(tiny_data):
    assert find(images.Picture(np.zeros((3, 3, 3), "uint8")).sha256) is None


@pytest.mark.parametrize("text", ["", "abc", "../../x", "zz" * 32, "00"])
def test_what_is_no_digest_is_not_found(tiny_data, text):
    assert find(text) is None


def test_a_home_without_data_and_a_damaged_set_are_fine(home, tiny_data):
    digest = images.Picture(tiny_data.split("test").read([0])[0]).sha256
    (home / "data" / "shapes" / "hashes.npy").write_bytes(b"half")

    assert find(digest) is None
