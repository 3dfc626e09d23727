"""Models that have shrunk to a LiteRT file: what can be explained of them, and what is refused."""

import shutil
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from mlcore import library
from mlcore.errors import Kind, Refused
from mlcore.explanation import cache, explain, methods
from mlcore.explanation.judge import judge
from mlcore.explanation.score import answers_only
from mlcore.library.classifier import softmax

ANSWERS_DO = {
    "occlusion": {},
    "rise": {"samples": 60},
    "lime": {"samples": 60},
    "kernel-shap": {"segments": 6},
    "score-cam": {"most": 16},
}
ASKS_FOR_MORE = sorted(set(methods.names()) - set(ANSWERS_DO))


@pytest.fixture
def shrunken(tiny_model, home):
    """The tiny model as two classifiers: whole, with its network loaded, and as a small copy only."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("the export needs TensorFlow")
    whole = library.open(tiny_model)
    assert whole.model is not None
    (home / "models" / tiny_model / "model.keras").unlink()
    small = library.open(tiny_model)
    assert answers_only(small)
    return whole, small


class Copy:
    """A small copy without a file behind it: z = sum(weights * picture) for three classes, and a feature map."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "model.tflite").write_bytes(b"answers")
        self.weights = np.random.default_rng(0).normal(size=(3, 8, 8, 3)).astype("float32")
        self.card = SimpleNamespace(id="mine", title="Mine", classes=("a", "b", "c"), shape=(8, 8, 3), temperature=2.0)

    def logits(self, batch):
        return np.einsum("nhwc,khwc->nk", np.asarray(batch, "float32"), self.weights)

    def probabilities(self, batch):
        return softmax(self.logits(batch) / self.card.temperature)

    def small_features(self, batch):
        return np.asarray(batch, "float32").reshape(len(batch), 4, 2, 4, 2, 3).mean(axis=(2, 4))

    def predict(self, picture):
        return SimpleNamespace(best_name="a")


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


@pytest.fixture
def drawn():
    return np.random.default_rng(3).integers(0, 256, (8, 8, 3), "uint8")


def test_occlusion_of_a_linear_copy_is_its_weights_times_the_picture(copy, drawn):
    found = explain("occlusion", copy, drawn, "b", window=1, stride=1, baseline="black")

    np.testing.assert_allclose(found.heat, (copy.weights[1] * drawn).sum(axis=-1), atol=0.01)
    assert found.score == pytest.approx((copy.weights[1] * drawn).sum(), rel=1e-5)


def test_the_calibrated_probability_of_a_copy_on_request(copy, drawn):
    dark = (drawn / 64).astype("uint8")
    likely = explain("occlusion", copy, dark, 2, output="probabilities")

    assert likely.score == pytest.approx(copy.probabilities(dark[None])[0, 2], abs=1e-6)


def test_the_feature_map_of_a_copy_is_enough_for_score_cam(copy, drawn):
    found = explain("score-cam", copy, drawn, 0)

    assert found.diagnostics["layer"] == "last map"
    assert found.diagnostics["map_size"] == "4 x 4"
    assert np.ptp(found.heat) > 0


def test_a_copy_is_graded_but_for_random_weights(copy, drawn):
    grade = judge(copy, explain("occlusion", copy, drawn, 1), random_maps=19, steps=4, subsets=16)

    assert grade.randomisation is None
    assert grade.stability.n >= 1
    assert grade.deletion.random.n == 19
    assert grade.verdict in ("believe", "unclear", "looks nice")


@pytest.mark.parametrize("method", ASKS_FOR_MORE)
def test_what_needs_gradients_is_refused_and_says_what_to_take(copy, drawn, method):
    with pytest.raises(Refused, match="Occlusion, RISE") as refusal:
        explain(method, copy, drawn)
    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_another_layer_than_the_one_there_is_is_refused(copy, drawn):
    with pytest.raises(Refused, match="last map"):
        explain("score-cam", copy, drawn, layer="first")


def test_a_map_of_a_copy_is_kept_on_disk(copy, drawn, monkeypatch):
    found = cache.explained(copy, drawn, "occlusion", 1)
    monkeypatch.setattr(copy, "logits", None)

    np.testing.assert_array_equal(cache.explained(copy, drawn, "occlusion", 1).heat, found.heat)


@pytest.fixture
def pixels():
    return np.random.default_rng(2).integers(0, 256, (16, 16, 3), "uint8")


@pytest.mark.parametrize("method", [each for each in ANSWERS_DO if each != "score-cam"])
def test_what_needs_answers_alone_gives_the_map_of_the_whole_network(method, shrunken, pixels, monkeypatch):
    """The copy is checked to answer within 1e-3 of the network; sums over 60 copies keep to a hundredth of the map."""
    same_map(method, *shrunken, pixels, monkeypatch)


def test_score_cam_of_a_copy_is_that_of_the_whole_network(digits, monkeypatch):
    """On a network whose last map, 3 x 3, is the one that its copy gives."""
    pixels = np.random.default_rng(2).integers(0, 256, (28, 28, 3), "uint8")

    same_map("score-cam", *digits, pixels, monkeypatch)


def test_a_map_of_one_place_is_refused(shrunken, pixels):
    with pytest.raises(Refused, match="one place alone") as refusal:
        explain("score-cam", shrunken[1], pixels, 1)

    assert refusal.value.kind == Kind.NOT_COMPATIBLE


@pytest.fixture
def digits(home):
    """The digits that come along: the whole model, and its small copy alone."""
    small = home / "models" / "small-digits"
    shutil.copytree(library.STARTERS / "handwritten-digits", small)
    (small / "model.keras").unlink()
    return library.open("handwritten-digits"), library.open("small-digits")


def same_map(method, whole, small, pixels, monkeypatch):
    few = ANSWERS_DO[method]
    found = explain(method, small, pixels, 1, **few)
    with monkeypatch.context() as patch:
        patch.setattr("mlcore.explanation.score.answers_only", lambda classifier: False)
        wanted = explain(method, whole, pixels, 1, **few)

    reach = 0.01 * np.abs(wanted.heat).max()
    np.testing.assert_allclose(found.heat, wanted.heat, rtol=0, atol=reach, err_msg=method)
    assert np.ptp(found.heat) > reach
