"""Superpixels."""

import numpy as np
import pytest

from mlcore.explanation.toolkit.segments import grid, segments, spread

SIZES = [(28, 28), (32, 32), (8, 8), (12, 20), (16, 160), (160, 16), (1, 40), (2, 2), (1, 1)]
noise = np.random.default_rng(0).integers(0, 256, (160, 160, 3)).astype("float32")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", ["noise", "one colour"])
@pytest.mark.parametrize("count", [2, 25, 200])
def test_every_pixel_is_in_a_segment_numbered_without_gaps(size, kind, count):
    picture = noise[: size[0], : size[1]] if kind == "noise" else np.full((*size, 3), 40, "float32")

    labels = segments(picture, count)

    assert labels.shape == size
    assert sorted(set(labels.ravel())) == list(range(labels.max() + 1))
    wanted = max(1, min(count, size[0] * size[1] // 2))
    assert wanted / 2 <= labels.max() + 1 <= 2 * wanted


def test_segments_follow_the_edges_of_a_small_picture():
    """Two halves of different colour, 28 x 28: no segment lies in both."""
    picture = np.full((28, 28, 3), [200, 40, 40], "float32")
    picture[:, 13:] = [30, 60, 190]

    labels = segments(picture, 20)

    assert not set(labels[:, :13].ravel()) & set(labels[:, 13:].ravel())


def test_every_segment_is_in_one_piece():
    from skimage.measure import label

    labels = segments(noise[:32, :32], 25)

    for number in range(labels.max() + 1):
        assert label(labels == number, connectivity=1).max() == 1


def test_where_slic_leaves_too_few_segments_a_grid_takes_its_place(monkeypatch):
    from mlcore.explanation.toolkit import segments as module

    monkeypatch.setattr(module, "_slic", lambda picture, count: np.zeros(picture.shape[:2], int))

    np.testing.assert_array_equal(segments(noise[:32, :32], 16), grid(32, 32, 16))


def test_a_grid_is_made_of_equal_rectangles():
    assert (np.bincount(grid(32, 32, 16).ravel()) == 64).all()
    np.testing.assert_array_equal(grid(2, 4, 2), [[0, 0, 1, 1], [0, 0, 1, 1]])


def test_spreading_keeps_the_sum_of_every_segment():
    labels, values = np.array([[0, 0, 1], [0, 2, 2]]), np.array([3.0, -1.0, 5.0])

    found = spread(values, labels)

    np.testing.assert_allclose(np.bincount(labels.ravel(), found.ravel()), values)
    assert found.dtype == np.float32
