"""Why did the classifier answer so?"""

from copy import copy
from types import SimpleNamespace

import numpy as np
import pytest

from mlcore import data, images, library
from mlcore.errors import Kind, Refused
from mlcore.explanation import explain, methods


class Untouched:
    """A classifier whose network must not be needed."""

    card = SimpleNamespace(classes=("ant", "bee", "cat"), shape=(8, 8, 3))

    @property
    def model(self):
        raise AssertionError("the request can be refused without the network")


def test_the_answer_is_explained_unless_a_class_is_named(classifiers, photo):
    classifier = classifiers["square"]
    picture = photo(classifier)
    answer = int(classifier.logits(picture[None])[0].argmax())

    found = explain("gradient", classifier, picture)

    assert (found.target, found.class_name) == (answer, classifier.card.classes[answer])
    assert found.score == pytest.approx(classifier.logits(picture[None])[0, answer], rel=1e-5)
    np.testing.assert_array_equal(found.picture, picture)


@pytest.mark.parametrize("target", ["bee", 1, np.int64(1)])
def test_a_class_is_named_or_numbered(classifiers, photo, target):
    found = explain("gradient", classifiers["square"], photo(classifiers["square"]), target)

    assert (found.target, found.class_name) == (1, "bee")
    assert type(found.target) is int


def test_settings_are_kept_beside_the_map(classifiers, photo):
    found = explain("smoothgrad", classifiers["square"], photo(classifiers["square"]), samples=4, seed=2)

    assert found.settings == {"samples": 4, "noise": 0.15, "seed": 2}
    assert found.signed is False
    assert found.coarse is False


def test_the_score_is_the_calibrated_probability_on_request(classifiers, photo):
    classifier = copy(classifiers["square"])  # the other tests go on with theirs
    classifier.card = SimpleNamespace(**vars(classifier.card) | {"temperature": 3.0})
    picture = photo(classifier)

    likely, plain = (
        explain("gradient", classifier, picture, 2, **given) for given in ({"output": "probabilities"}, {})
    )

    logits = classifier.logits(picture[None])[0]
    assert likely.score == pytest.approx(np.exp(logits[2] / 3) / np.exp(logits / 3).sum(), rel=1e-4)
    assert (likely.to_json()["output"], plain.to_json()["output"]) == ("probabilities", "logits")
    assert plain.score == pytest.approx(logits[2], rel=1e-5)
    assert not np.allclose(likely.heat, plain.heat, atol=1e-6)


def test_traits_say_how_to_read_the_heat(classifiers, photo):
    found = {
        name: explain(name, classifiers["square"], photo(classifiers["square"]))
        for name in ("integrated-gradients", "grad-cam")
    }

    assert (found["integrated-gradients"].signed, found["integrated-gradients"].coarse) == (True, False)
    assert (found["grad-cam"].signed, found["grad-cam"].coarse) == (False, True)


def test_a_larger_picture_is_seen_as_training_pictures_were(classifiers):
    classifier = classifiers["wide"]
    large = np.random.default_rng(0).integers(0, 256, (50, 40, 3), "uint8")
    fitted = images.fit(large, 12, 20)

    found = explain("gradient", classifier, SimpleNamespace(pixels=large))

    np.testing.assert_array_equal(found.picture, fitted)
    np.testing.assert_array_equal(found.heat, explain("gradient", classifier, fitted).heat)


@pytest.mark.parametrize(
    ("request_", "kind", "text"),
    [
        ({"method": "gradcam"}, Kind.UNKNOWN_NAME, "Did you mean 'grad-cam'"),
        ({"method": "gradient", "target": "bea"}, Kind.UNKNOWN_NAME, "Did you mean 'bee'"),
        ({"method": "gradient", "target": 3}, Kind.UNKNOWN_NAME, "numbered 0 to 2"),
        ({"method": "gradient", "target": -1}, Kind.UNKNOWN_NAME, "numbered 0 to 2"),
        ({"method": "gradient", "output": "loss"}, Kind.BAD_SETTING, "'logits' or 'probabilities'"),
        ({"method": "smoothgrad", "sample": 3}, Kind.BAD_SETTING, "known: samples, noise, seed"),
        ({"method": "smoothgrad", "samples": 1}, Kind.BAD_SETTING, "samples"),
    ],
    ids=lambda value: str(value),
)
def test_a_request_that_cannot_be_met_is_refused_before_the_network_is_loaded(request_, kind, text):
    with pytest.raises(Refused, match=text) as refusal:
        explain(classifier=Untouched(), picture=np.zeros((8, 8, 3), "uint8"), **request_)

    assert refusal.value.kind == kind


def test_a_network_without_convolution_has_no_grad_cam_but_a_gradient():
    import keras

    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(3)])
    flat = SimpleNamespace(card=Untouched.card, model=model, logits=lambda batch: np.asarray(model(batch)))
    picture = np.ones((8, 8, 3), "uint8")

    assert explain("gradient", flat, picture).heat.any()
    with pytest.raises(Refused, match="no convolution") as refusal:
        explain("grad-cam", flat, picture)

    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_numbers_that_are_not_finite_are_refused():
    import keras

    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(3)])
    model.set_weights([np.full_like(each, np.nan) for each in model.get_weights()])
    broken = SimpleNamespace(card=Untouched.card, model=model, logits=lambda batch: np.asarray(model(batch)))

    with pytest.raises(Refused) as refusal:
        explain("gradient", broken, np.ones((8, 8, 3), "uint8"), target=0)

    assert refusal.value.kind == Kind.NON_FINITE_WEIGHTS


@pytest.mark.parametrize("method", methods.names())
def test_a_model_of_the_library_can_be_explained(tiny_model, method):
    classifier = library.open(tiny_model)
    picture = data.open("shapes").split("test").read(np.array([0]))[0]

    found = explain(method, classifier, picture, target="disc")

    assert found.heat.shape == (16, 16)
    assert found.score == pytest.approx(classifier.logits(picture[None])[0, found.target], abs=1e-3)
    assert found.diagnostics.get("completeness_gap", 0) < 0.1
