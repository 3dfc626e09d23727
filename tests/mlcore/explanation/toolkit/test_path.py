"""What a picture adds to a score on the way to it."""

import numpy as np
import pytest

from mlcore.explanation.toolkit.path import completeness_gap, path_integral


def bent(picture):
    """A way that isn't straight: half of the pixels come first."""
    first = np.indices(picture.shape).sum(axis=0) % 2

    def path(shares):
        each = np.where(
            first, np.minimum(1, 2 * shares[:, None, None, None]), np.maximum(0, 2 * shares - 1)[:, None, None, None]
        )
        return (each * picture).astype("float32")

    return path


@pytest.mark.parametrize("steps", [1, 63, 64, 65, 200])
def test_the_groups_do_not_show(linear, picture, steps):
    found = path_integral(linear, bent(picture), steps, target=0)

    np.testing.assert_allclose(found, linear.weights[0] * picture, rtol=1e-3, atol=1e-2)
    assert len(np.concatenate(linear.asked)) == steps + 1


def test_the_sum_nears_the_difference_in_score_on_any_way(patches, picture):
    before, after = patches.values(np.stack([0 * picture, picture]), 1)

    gaps = [
        completeness_gap(path_integral(patches, bent(picture), steps, target=1), before, after)
        for steps in (4, 16, 256)
    ]

    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-3
