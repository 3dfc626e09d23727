"""Grad-CAM."""

import numpy as np
import pytest

from mlcore.backend.gradients import score_of
from mlcore.errors import Kind, Refused
from mlcore.explanation.methods.grad_cam import grad_cam
from mlcore.explanation.toolkit.cam import CamSettings
from mlcore.library.class_map import class_map, upscale


def test_behind_an_average_it_is_the_class_map_above_zero(patches, picture):
    for target in range(3):
        found = grad_cam(CamSettings(), patches, picture, target)

        coarse = np.maximum(patches.class_map(picture, target), 0) / 16
        np.testing.assert_allclose(found.heat, upscale(coarse, 8, 8), atol=1e-6)
        assert found.diagnostics["places_in_favour"] == pytest.approx((coarse > 0).mean())
        assert found.diagnostics["map_size"] == "4 x 4"


@pytest.mark.parametrize("name", ["square", "wide", "nested"])
def test_so_it_is_on_a_real_network_even_a_nested_one(classifiers, photo, name):
    classifier = classifiers[name]
    score, seen = score_of(classifier.model), photo(classifier).astype("float32")
    kernel = np.asarray(classifier.model.get_layer("head").kernel)

    found = grad_cam(CamSettings(), score, seen, target=1)

    features = score.features(seen[None])[0]
    coarse = np.maximum(class_map(features, kernel, 1), 0) / (features.shape[0] * features.shape[1])
    np.testing.assert_allclose(found.heat, upscale(coarse, *seen.shape[:2]), rtol=1e-4, atol=1e-6)
    assert found.diagnostics["layer"] == ("backbone/last" if name == "nested" else "last")


def test_another_layer_can_be_chosen(classifiers, photo):
    classifier = classifiers["nested"]
    score, seen = score_of(classifier.model), photo(classifier).astype("float32")

    early, late = (grad_cam(CamSettings(layer=layer), score, seen, target=0) for layer in ("first", ""))

    assert (early.diagnostics["layer"], early.diagnostics["map_size"]) == ("backbone/first", "8 x 8")
    assert (late.diagnostics["layer"], late.diagnostics["map_size"]) == ("backbone/last", "2 x 2")
    features, slope = score.feature_gradient(seen[None], 0, "first")
    np.testing.assert_allclose(
        early.heat, np.maximum((features[0] * slope[0].mean(axis=(0, 1))).sum(axis=-1), 0), rtol=1e-4, atol=1e-7
    )


def test_it_says_when_nothing_speaks_for_the_class(patches):
    patches.kernel = -abs(patches.kernel)
    patches.mixture = abs(patches.mixture)

    found = grad_cam(CamSettings(), patches, np.full((8, 8, 3), 99, "float32"), target=0)

    assert not found.heat.any()
    assert found.diagnostics["places_in_favour"] == 0


def test_a_layer_that_is_not_there_is_refused(classifiers, photo):
    score = score_of(classifiers["square"].model)

    with pytest.raises(Refused, match=r"Known: first, .*last") as refusal:
        grad_cam(CamSettings(layer="lost"), score, np.zeros((8, 8, 3), "float32"), 0)

    assert refusal.value.kind == Kind.UNKNOWN_NAME
