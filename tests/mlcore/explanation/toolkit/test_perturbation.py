"""Copies of a picture with places hidden."""

import numpy as np
import pytest

from mlcore.explanation.toolkit import perturbation


def test_what_is_kept_shows_the_picture_and_the_rest_the_plain_one(picture):
    kept = np.random.default_rng(0).random((5, 8, 8)) < 0.5
    plain = np.full_like(picture, 9)

    found = perturbation.hidden(picture, plain, kept)

    for copy, mask in zip(found, kept, strict=True):
        assert (copy[mask] == picture[mask]).all()
        assert (copy[~mask] == 9).all()


def test_a_share_mixes_the_two(picture):
    plain = np.zeros_like(picture)

    found = perturbation.hidden(picture, plain, np.full((1, 8, 8), 0.25, "float32"))

    np.testing.assert_allclose(found[0], picture / 4, rtol=1e-6)
    assert found.dtype == np.float32


@pytest.mark.parametrize("shape", [(8, 8, 3), (64, 64, 3), (224, 224, 3), (4000, 4000, 3)])
@pytest.mark.parametrize("count", [1, 128, 1000])
def test_groups_hold_every_copy_once_and_never_many_pixels(shape, count):
    parts = list(perturbation.groups(count, shape))

    assert [index for part in parts for index in range(part.start, part.stop)] == list(range(count))
    assert all(
        (part.stop - part.start) * shape[0] * shape[1] <= max(128 * 64 * 64, shape[0] * shape[1]) for part in parts
    )


def test_scores_are_those_of_the_copies_whatever_the_groups(linear, picture):
    masks = np.random.default_rng(1).random((300, 8, 8)) < 0.5
    plain, shares, sizes = np.zeros_like(picture), [], []

    def kept(part):
        sizes.append(part.stop - part.start)
        return masks[part]

    found = perturbation.scores(linear, 1, picture, plain, 300, kept, shares.append)

    np.testing.assert_allclose(found, linear.values(masks[..., None] * picture, 1), rtol=1e-5)
    assert sizes == [128, 128, 44]
    assert shares == [128 / 300, 256 / 300, 1]
