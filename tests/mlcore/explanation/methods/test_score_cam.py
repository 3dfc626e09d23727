"""Score-CAM."""

from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.backend.gradients import score_of
from mlcore.explanation.methods.score_cam import ScoreCamSettings, score_cam
from mlcore.library.class_map import upscale

# Two maps that see the left and the right half, and one that is the same everywhere.
HALVES = np.stack([[[1.0, 0], [1, 0]], [[0.0, 2], [0, 2]], [[3.0, 3], [3, 3]]], axis=-1).astype("float32")


def score_with(features, values):
    """A score known by the features of its one layer and its values for a batch of pictures."""
    return SimpleNamespace(
        layers=(SimpleNamespace(name="map", shape=features.shape),),
        feature_layer=lambda layer: "map",
        features=lambda batch, layer: np.repeat(features[None], len(batch), axis=0),
        values=lambda batch, target: np.asarray(values(batch), "float32"),
    )


def test_a_score_that_never_changes_gives_all_maps_the_same_weight():
    score = score_with(HALVES, lambda batch: np.full(len(batch), 7.0))

    found = score_cam(ScoreCamSettings(), score, np.ones((2, 2, 3), "float32"), 0)

    np.testing.assert_allclose(found.heat, (HALVES[..., 0] + HALVES[..., 1]) / 2)
    assert found.diagnostics["maps_that_count"] == pytest.approx(2)


def test_the_map_that_shows_what_the_score_needs_gets_the_weight():
    def sees_the_left(batch):
        return batch[:, :, 0].mean(axis=(1, 2))

    picture = np.full((2, 2, 3), 3.0, "float32")
    found = score_cam(ScoreCamSettings(), score_with(HALVES, sees_the_left), picture, 0)

    weights = np.exp([3, 0]) / np.exp([3, 0]).sum()  # the left half alone keeps the score of 3, the right one has 0
    np.testing.assert_allclose(found.heat, HALVES[..., :2] @ weights, rtol=1e-5)
    assert found.diagnostics["maps_that_count"] == pytest.approx(1 / (weights**2).sum(), rel=1e-5)


def test_hidden_places_show_the_baseline():
    asked = []
    score = score_with(HALVES, lambda batch: asked.append(batch) or np.zeros(len(batch)))

    score_cam(ScoreCamSettings(baseline=99), score, np.full((2, 2, 3), 5, "float32"), 0)

    assert {float(value) for batch in asked for value in batch.ravel()} == {5, 99}


def test_few_maps_are_those_with_the_widest_range():
    score = score_with(HALVES, lambda batch: np.zeros(len(batch)))

    found = score_cam(ScoreCamSettings(most=1), score, np.ones((2, 2, 3), "float32"), 0)

    np.testing.assert_allclose(found.heat, HALVES[..., 1])


def test_maps_without_any_difference_leave_nothing_to_show():
    score = score_with(HALVES[..., 2:], lambda batch: np.zeros(len(batch)))

    found = score_cam(ScoreCamSettings(), score, np.ones((2, 2, 3), "float32"), 0)

    assert not found.heat.any()
    assert found.diagnostics["maps_that_count"] == 0


@pytest.mark.parametrize("name", ["wide", "nested"])
def test_it_is_the_paper_s_algorithm_one_map_at_a_time(classifiers, photo, name):
    classifier = classifiers[name]
    score, seen = score_of(classifier.model), photo(classifier).astype("float32")

    found = score_cam(ScoreCamSettings(), score, seen, target=1)

    features = score.features(seen[None])[0]
    raised = []
    for each in np.moveaxis(features, -1, 0):
        mask = upscale((each - each.min()) / np.ptp(each), *seen.shape[:2])[..., None]
        raised.append(classifier.logits((mask * seen)[None])[0, 1] - classifier.logits(0 * seen[None])[0, 1])
    weights = np.exp(raised) / np.exp(raised).sum()
    coarse = np.maximum(features @ weights, 0)
    np.testing.assert_allclose(found.heat, upscale(coarse, *seen.shape[:2]), rtol=1e-3, atol=1e-5)
