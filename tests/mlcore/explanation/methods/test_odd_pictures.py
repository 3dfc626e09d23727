"""Methods that hide places, on pictures and networks that are out of the ordinary."""

import json

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.explanation import explain, methods
from mlcore.explanation.toolkit.baselines import BASELINES
from tests.mlcore.explanation.conftest import Classifier, LinearScore

HIDING = ["occlusion", "rise", "lime", "kernel-shap"]
SHAPES = [(8, 8, 3), (8, 96, 3), (96, 8, 3), (1, 7, 3), (2, 2, 3), (33, 31, 3)]
every_hiding_method = pytest.mark.parametrize("method", HIDING)


def run(method, score, picture, **settings):
    entry = methods.get(method)
    few = {"samples": 50} if method in ("rise", "lime") else {}
    return entry.run(entry.settings(**few, **settings), score, picture, 0)


@every_hiding_method
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("level", [None, 0, 128, 255])
def test_any_form_and_any_one_colour_has_a_finite_map(method, shape, level):
    noise = np.random.default_rng(0).uniform(0, 255, shape).astype("float32")
    picture = noise if level is None else np.full(shape, level, "float32")

    found = run(method, LinearScore(shape), picture)

    assert found.heat.shape == shape[:2]
    assert found.heat.dtype == np.float32
    assert np.isfinite(found.heat).all()
    json.dumps(found.diagnostics, allow_nan=False)


@every_hiding_method
@pytest.mark.parametrize("baseline", BASELINES)
def test_what_shows_nothing_new_when_hidden_is_worth_nothing(method, baseline):
    """A grey picture: hidden by its mean or blurred it stays the same; hidden by another colour it doesn't."""
    grey = np.full((8, 8, 3), 127.5, "float32")

    heat = run(method, LinearScore(), grey, baseline=baseline).heat

    assert (np.abs(heat).max() < 1e-2) == (baseline in ("mean", "blur", "grey"))


@every_hiding_method
def test_two_classes_behind_one_difference_have_opposite_maps(method):
    import keras

    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(2)])
    kernel = np.random.default_rng(0).normal(size=(192, 1)).astype("float32")
    model.set_weights([np.concatenate([kernel, -kernel], axis=1), np.zeros(2, "float32")])
    classifier = Classifier(model, ("yes", "no"))
    picture = np.random.default_rng(1).integers(0, 256, (8, 8, 3), "uint8")

    yes, no = (explain(method, classifier, picture, target).heat for target in ("yes", "no"))

    np.testing.assert_allclose(yes, -no, rtol=1e-3, atol=1e-3 * np.abs(yes).max())
    assert yes.any()


@every_hiding_method
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_stop_being_finite_when_something_is_hidden_are_refused(method, bad):
    class Fragile(LinearScore):
        def values(self, batch, target):
            return np.where(batch.min(axis=(1, 2, 3)) < 1, bad, 1.0).astype("float32")

    with pytest.raises(Refused) as refusal:
        run(method, Fragile(), np.full((8, 8, 3), 90, "float32"), baseline="black")

    assert refusal.value.kind == Kind.NON_FINITE_WEIGHTS
