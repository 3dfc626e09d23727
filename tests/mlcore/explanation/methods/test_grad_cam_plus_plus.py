"""Grad-CAM++."""

from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.backend.gradients import score_of
from mlcore.explanation.methods.grad_cam_plus_plus import grad_cam_plus_plus
from mlcore.explanation.toolkit.cam import CamSettings
from mlcore.library.class_map import upscale

PICTURE = np.zeros((1, 1, 3), "float32")


def score_with(features, slopes):
    """A score known by the features of its one layer (h, w, C) and their slopes."""
    features, slopes = (np.asarray(each, "float32")[None] for each in (features, slopes))
    return SimpleNamespace(
        layers=(SimpleNamespace(name="map", shape=features.shape[1:]),),
        feature_layer=lambda layer: "map",
        feature_gradient=lambda batch, target, layer: (features, slopes),
    )


@pytest.mark.parametrize(("value", "slope"), [(2.0, 3.0), (0.5, 100.0), (1e3, 1e-3)])
def test_of_a_single_place_it_is_known_in_closed_form(value, slope):
    found = grad_cam_plus_plus(CamSettings(), score_with([[[value]]], [[[slope]]]), PICTURE, 0)

    # alpha = g^2 / (2 g^2 + A g^3), weight = alpha g, heat = weight A
    expected = slope**2 / (2 * slope**2 + value * slope**3) * slope * value
    assert found.heat.item() == pytest.approx(expected, rel=1e-5)


def test_it_is_the_paper_s_formula_written_out():
    rng = np.random.default_rng(0)
    features, slopes = np.maximum(rng.normal(size=(3, 4, 5)), 0), rng.normal(size=(3, 4, 5))

    heat = grad_cam_plus_plus(CamSettings(), score_with(features, slopes), np.zeros((3, 4, 3), "float32"), 0).heat

    expected = np.zeros((3, 4))
    for k in range(5):
        alpha = slopes[..., k] ** 2 / (2 * slopes[..., k] ** 2 + features[..., k].sum() * slopes[..., k] ** 3)
        expected += (alpha * np.maximum(slopes[..., k], 0)).sum() * features[..., k]
    np.testing.assert_allclose(heat, np.maximum(expected, 0), rtol=1e-4, atol=1e-6)


def test_slopes_against_the_class_count_for_nothing():
    found = grad_cam_plus_plus(CamSettings(), score_with([[[2.0]]], [[[-3.0]]]), PICTURE, 0)

    assert found.heat.item() == 0
    assert found.diagnostics["places_in_favour"] == 0


def test_maps_below_zero_do_not_break_it():
    features, slopes = [[[-1.0, 3.0]]], [[[2.0, 1.0]]]  # 2 + g A would be 0 for the first

    found = grad_cam_plus_plus(CamSettings(), score_with(features, slopes), PICTURE, 0)

    assert found.heat.item() == pytest.approx(max(0, -1 * 2 / 2 + 3 * 1 / (2 + 3)))


@pytest.mark.parametrize("name", ["square", "nested"])
def test_behind_an_average_it_has_a_closed_form_on_a_real_network(classifiers, photo, name):
    classifier = classifiers[name]
    score, seen = score_of(classifier.model), photo(classifier).astype("float32")
    kernel = np.asarray(classifier.model.get_layer("head").kernel)[:, 1]

    found = grad_cam_plus_plus(CamSettings(), score, seen, target=1)

    features = score.features(seen[None])[0]
    slope = np.maximum(kernel, 0) / 4  # the same at each of the 2 x 2 places
    weights = 4 * slope / (2 + slope * np.maximum(features, 0).sum(axis=(0, 1)))
    np.testing.assert_allclose(found.heat, upscale(np.maximum(features @ weights, 0), 8, 8), rtol=1e-4, atol=1e-6)
