"""Occlusion."""

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.explanation.methods.occlusion import OcclusionSettings, occlusion


def test_single_black_pixels_of_a_linear_score_are_worth_weight_times_value(linear, picture):
    found = occlusion(OcclusionSettings(window=1, stride=1, baseline="black"), linear, picture, 2)

    np.testing.assert_allclose(found.heat, (linear.weights[2] * picture).sum(axis=-1), rtol=1e-4, atol=1e-2)
    assert found.diagnostics["squares"] == 64


@pytest.mark.parametrize(("baseline", "level"), [("grey", 127.5), ("white", 255), ("black", 0)])
def test_squares_side_by_side_share_out_the_difference_to_the_plain_picture(linear, picture, baseline, level):
    found = occlusion(OcclusionSettings(window=4, stride=4, baseline=baseline), linear, picture, 0)

    blocks = (linear.weights[0] * (picture - level)).sum(axis=-1).reshape(2, 4, 2, 4).sum(axis=(1, 3))
    np.testing.assert_allclose(found.heat, blocks.repeat(4, axis=0).repeat(4, axis=1), rtol=1e-4, atol=1e-1)


def test_a_pixel_gets_the_mean_of_the_squares_that_hid_it(patches, picture):
    """Written out square by square, with the one that would reach over the edge moved back to it."""
    found = occlusion(OcclusionSettings(window=3, stride=2, baseline="black"), patches, picture, 1)

    total, count = np.zeros((8, 8)), np.zeros((8, 8))
    for top in (0, 2, 4, 5):
        for left in (0, 2, 4, 5):
            copy = picture.copy()
            copy[top : top + 3, left : left + 3] = 0
            lost = patches.values(picture[None], 1)[0] - patches.values(copy[None], 1)[0]
            total[top : top + 3, left : left + 3] += lost
            count[top : top + 3, left : left + 3] += 1
    np.testing.assert_allclose(found.heat, total / count, rtol=1e-5, atol=1e-7)
    assert found.diagnostics == {"squares": 16.0, "square": "3 pixels"}


def test_by_itself_the_square_is_an_eighth_of_the_shorter_side_and_moves_by_half(linear):
    linear.weights = np.ones((3, 16, 40, 3), "float32")
    found = occlusion(OcclusionSettings(), linear, np.ones((16, 40, 3), "float32"), 0)

    assert found.diagnostics == {"squares": 15 * 39.0, "square": "2 pixels"}


def test_a_square_as_large_as_the_picture_hides_it_all(linear, picture):
    found = occlusion(OcclusionSettings(window=512, stride=512, baseline="black"), linear, picture, 0)

    np.testing.assert_allclose(found.heat, (linear.weights[0] * picture).sum(), rtol=1e-4)


def test_gaps_between_the_squares_are_refused(linear, picture):
    with pytest.raises(Refused, match="stride can be 2 at the most") as refusal:
        occlusion(OcclusionSettings(window=2, stride=3), linear, picture, 0)

    assert refusal.value.kind == Kind.BAD_SETTING
