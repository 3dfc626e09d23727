"""A picture seen less and less sharply."""

import numpy as np
from scipy.ndimage import gaussian_filter

from mlcore.explanation.toolkit.blur import blurred

PICTURE = np.random.default_rng(0).uniform(0, 255, (12, 20, 3)).astype("float32")


def test_the_ends_are_the_picture_and_its_mean_colour():
    sharp, flat = blurred(PICTURE, [0, 1e4])

    np.testing.assert_allclose(sharp, PICTURE, rtol=1e-6)
    np.testing.assert_allclose(flat, np.broadcast_to(PICTURE.mean(axis=(0, 1)), PICTURE.shape), rtol=1e-4)


def test_inside_it_agrees_with_scipy():
    picture = np.pad(PICTURE, ((30, 30), (30, 30), (0, 0)), mode="edge")

    ours = blurred(picture, [2.5])[0]

    theirs = gaussian_filter(picture.astype("float64"), (2.5, 2.5, 0), truncate=8)
    np.testing.assert_allclose(ours[25:-25, 25:-25], theirs[25:-25, 25:-25], rtol=1e-4)


def test_one_colour_stays_one_colour():
    np.testing.assert_allclose(blurred(np.full((5, 7, 3), 90, "float32"), [0.3, 1, 4]), 90, rtol=1e-6)
