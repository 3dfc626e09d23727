"""LayerCAM."""

import numpy as np
import pytest

from mlcore.backend.gradients import score_of
from mlcore.explanation.methods.grad_cam import grad_cam
from mlcore.explanation.methods.layer_cam import layer_cam
from mlcore.explanation.toolkit.cam import CamSettings
from mlcore.library.class_map import upscale


def test_behind_an_average_it_is_the_class_map_of_what_speaks_for_the_class(patches, picture):
    for target in range(3):
        found = layer_cam(CamSettings(), patches, picture, target)

        features = patches.features(picture[None])[0]
        coarse = np.maximum(features @ np.maximum(patches.kernel[:, target], 0), 0) / 16
        np.testing.assert_allclose(found.heat, upscale(coarse, 8, 8), atol=1e-6)


def test_where_everything_speaks_for_the_class_it_is_grad_cam(patches, picture):
    patches.kernel = abs(patches.kernel)

    ours, theirs = (method(CamSettings(), patches, picture, target=0) for method in (layer_cam, grad_cam))

    np.testing.assert_allclose(ours.heat, theirs.heat, atol=1e-6)


@pytest.mark.parametrize("name", ["square", "nested"])
def test_every_place_of_an_early_layer_counts_by_its_own_slope(classifiers, photo, name):
    classifier = classifiers[name]
    score, seen = score_of(classifier.model), photo(classifier).astype("float32")

    found = layer_cam(CamSettings(layer="first"), score, seen, target=2)

    features, slopes = (each[0] for each in score.feature_gradient(seen[None], 2, "first"))
    expected = sum(np.maximum(slopes[..., k], 0) * features[..., k] for k in range(features.shape[-1]))
    np.testing.assert_allclose(found.heat, np.maximum(expected, 0), rtol=1e-5, atol=1e-8)


def test_scales_are_averaged_at_equal_height(classifiers, photo):
    classifier = classifiers["nested"]
    score, seen = score_of(classifier.model), photo(classifier).astype("float32")

    both = layer_cam(CamSettings(scales=2), score, seen, 0)

    levels = []
    for layer in both.diagnostics["layer"].split(" + "):
        features, slopes = (each[0] for each in score.feature_gradient(seen[None], 0, layer))
        coarse = np.maximum((np.maximum(slopes, 0) * features).sum(axis=-1), 0)
        levels.append(upscale(coarse / coarse.max(), 8, 8))
    np.testing.assert_allclose(both.heat, np.mean(levels, axis=0), rtol=1e-5, atol=1e-6)
    assert both.diagnostics["map_size"] == "2 x 2 + 4 x 4"
