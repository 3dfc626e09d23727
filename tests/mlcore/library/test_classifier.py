"""A classifier answers the same by every road, and says what it is sure of."""

import subprocess
import sys

import numpy as np
import pytest

from mlcore import images, library
from mlcore.library.classifier import Prediction, softmax
from mlcore.library.litert import at_once


def picture(side=16, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)


@pytest.fixture
def classifier(tiny_model):
    return library.open(tiny_model)


def test_softmax_of_known_logits():
    np.testing.assert_allclose(softmax(np.log([[1.0, 2.0, 5.0]])), [[0.125, 0.25, 0.625]], rtol=1e-6)
    np.testing.assert_allclose(softmax(np.array([[1e4, 1e4]])), [[0.5, 0.5]])


def test_a_prediction_reads_its_probabilities():
    prediction = Prediction(("a", "b", "c"), np.array([0.2, 0.7, 0.1]), threshold=0.6)

    assert (prediction.best, prediction.best_name, prediction.confidence) == (1, "b", 0.7)
    assert prediction.top(2) == [("b", 0.7), ("a", 0.2)]
    assert prediction.sure
    assert not Prediction(("a", "b", "c"), np.array([0.2, 0.7, 0.1]), threshold=0.71).sure


def test_a_set_holds_the_classes_above_its_cut_and_of_a_sure_answer_one():
    unsure = Prediction(("a", "b", "c"), np.array([0.3, 0.6, 0.1]), threshold=0.9, set_cut=0.2)

    assert unsure.set == ("b", "a")
    assert Prediction(unsure.classes, unsure.probabilities, 0.9, set_cut=0.7).set == ("b",)
    assert Prediction(unsure.classes, unsure.probabilities, 0.6, set_cut=0.2).set == ("b",)
    assert Prediction(unsure.classes, unsure.probabilities, 0.9).set is None


def test_one_picture_and_many_give_the_same_answers(classifier):
    pictures = [picture(seed=seed) for seed in range(5)]

    alone = [classifier.predict(one).probabilities for one in pictures]
    together = [answer.probabilities for answer in classifier.predict(pictures)]

    np.testing.assert_allclose(alone, together, atol=1e-5)
    assert classifier.predict([]) == []


def test_the_fast_road_and_the_network_agree(classifier):
    batch = np.stack([picture(seed=seed) for seed in range(8)])
    fast = classifier.logits(batch)

    network = np.asarray(classifier.model(batch.astype("float32"), training=False))

    np.testing.assert_allclose(fast, network, atol=1e-4)


def test_large_pictures_are_answered_fewer_at_a_time():
    """By pixels, so that memory stays the same: 64 of 64 x 64, 5 of 224 x 224."""
    assert [at_once((side, side, 3)) for side in (28, 64, 96, 224, 2000)] == [64, 64, 28, 5, 1]
    assert at_once((16, 64, 64, 3)) == 4


def test_many_threads_share_one_network(tiny_model, monkeypatch):
    """Some ask for the network, some for answers of a model without a small copy: loaded once, and nobody hangs."""
    import threading

    from mlcore.library import opened as module

    loads, real = [], module.load_network
    monkeypatch.setattr(module, "load_network", lambda *a, **k: loads.append(1) or real(*a, **k))
    (library.folder(tiny_model) / "model.tflite").unlink(missing_ok=True)
    shared, batch = library.open(tiny_model), picture()[None]
    asked = [lambda: shared.model, lambda: shared.logits(batch)] * 3
    threads = [threading.Thread(target=ask, daemon=True) for ask in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert not any(thread.is_alive() for thread in threads)
    assert len(loads) == 1


def test_no_pictures_have_no_logits(classifier):
    assert classifier.logits(np.zeros((0, 16, 16, 3), "uint8")).shape == (0, 3)


def test_without_the_small_copy_keras_answers_the_same(classifier, tiny_model):
    batch = np.stack([picture(seed=seed) for seed in range(3)])
    fast = classifier.probabilities(batch)
    (library.folder(tiny_model) / "model.tflite").unlink(missing_ok=True)

    np.testing.assert_allclose(library.open(tiny_model).probabilities(batch), fast, atol=1e-4)


def test_a_large_picture_is_fitted_as_training_pictures_are(classifier):
    large = picture(side=50)

    probabilities = classifier.predict(images.Picture(large, ())).probabilities

    np.testing.assert_allclose(probabilities, classifier.probabilities(images.fit(large, 16, 16)[None])[0], atol=1e-6)


def test_probabilities_are_scaled_by_the_temperature(classifier):
    batch = picture()[None]
    expected = softmax(classifier.logits(batch) / classifier.card.temperature)

    np.testing.assert_allclose(classifier.probabilities(batch), expected, rtol=1e-6)


def test_answering_loads_neither_keras_nor_tensorflow(tiny_model):
    if not library.card_of(tiny_model).answers_fast:
        pytest.skip("no small copy on this backend")
    code = (
        "import sys, numpy as np; from mlcore import library; picture = np.zeros((20, 30, 3), 'uint8');"
        f"c = library.open({tiny_model!r}); c.predict(picture); c.class_map(picture);"
        "print([m for m in ('tensorflow', 'keras', 'jax') if m in sys.modules])"
    )

    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert process.stdout.strip() == "[]"
