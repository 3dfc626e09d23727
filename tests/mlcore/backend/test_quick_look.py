"""A look sees what the compiled score sees."""

import numpy as np
import pytest

from mlcore import architectures
from mlcore.backend.gradients import Score
from mlcore.backend.quick_look import QuickLook

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), dtype="uint8")
TARGETS = np.array([2, 0, 1])


def network(name):
    return architectures.build(name, {}, (16, 16, 3), 3, seed=1)


@pytest.mark.parametrize("name", ["cnn", "mlp"])
def test_its_answers_are_the_scores(name):
    model = network(name)

    np.testing.assert_allclose(QuickLook(model).answers(PICTURES), Score(model).logits(PICTURES), rtol=1e-4, atol=1e-5)


def test_its_heat_is_grad_cam_where_there_is_a_feature_map():
    model = network("cnn")
    logits, heat = QuickLook(model).look(PICTURES, TARGETS)

    assert logits.shape == (3, 3)
    for place, target in enumerate(TARGETS):
        features, slopes = Score(model).feature_gradient(PICTURES[place][None], int(target))
        expected = np.maximum(features[0] @ slopes[0].mean(axis=(0, 1)), 0)
        np.testing.assert_allclose(heat[place], expected, rtol=1e-3, atol=1e-6)


def test_its_heat_is_the_largest_gradient_of_a_pixel_where_there_is_none():
    model = network("mlp")
    _, heat = QuickLook(model).look(PICTURES, TARGETS)

    for place, target in enumerate(TARGETS):
        expected = np.abs(Score(model).gradient(PICTURES[place][None], int(target))[0]).max(axis=-1)
        np.testing.assert_allclose(heat[place], expected, rtol=1e-3, atol=1e-7)


def test_of_mirror_images_behind_the_pictures_nothing_is_told():
    """At 16 pixels the last map with more than one place stands before the two views are joined."""
    model = architectures.build("resnet9", {"width": 8, "mirror": True}, (16, 16, 3), 3, seed=1)
    logits, heat = QuickLook(model).look(PICTURES, TARGETS)

    assert len(logits) == len(heat) == 3


def test_it_looks_through_the_weights_of_the_moment():
    model = network("cnn")
    quick_look = QuickLook(model)
    before = quick_look.look(PICTURES, TARGETS)
    model.set_weights([0.5 * each for each in model.get_weights()])
    after = quick_look.look(PICTURES, TARGETS)

    np.testing.assert_allclose(after[0], QuickLook(model).answers(PICTURES), rtol=1e-5)
    assert not np.allclose(before[0], after[0])
    assert not np.allclose(before[1], after[1])
