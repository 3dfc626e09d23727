"""Clips are explained frame by frame, by every method on the shelf."""

import numpy as np
import pytest

from mlcore.clips import Clip
from mlcore.errors import Refused
from mlcore.explanation import explain, methods
from mlcore.explanation.toolkit.frames import FrameScore, each_frame

SHAPE = (3, 8, 8, 3)
QUICK = {"samples": 20, "masks": 40, "coalitions": 40, "steps": 4, "channels": 4}


class LinearClips:
    """z = sum(weights * clip) + 1 for each of two classes."""

    shape = SHAPE
    weights = np.random.default_rng(2).normal(size=(2, *SHAPE)).astype("float32")

    def values(self, batch, target):
        return (batch * self.weights[target]).sum(axis=(1, 2, 3, 4)) + 1

    def gradient(self, batch, target):
        return np.broadcast_to(self.weights[target], batch.shape).copy()


@pytest.fixture
def clip():
    return np.random.default_rng(4).uniform(0, 255, SHAPE).astype("float32")


def run(name, clip, target=0):
    entry = methods.get(name)
    return each_frame(entry.run, entry.settings(), LinearClips(), clip, target)


def test_the_gradient_of_a_linear_score_is_its_weight_in_every_frame(clip):
    found = run("gradient", clip)

    np.testing.assert_allclose(found.heat, np.abs(LinearClips.weights[0]).max(axis=-1), rtol=1e-6)


def test_integrated_gradients_of_all_frames_sum_to_the_whole_difference(clip):
    found = run("integrated-gradients", clip, target=1)
    score = LinearClips()

    whole = score.values(clip[None], 1) - score.values(0 * clip[None], 1)
    assert found.heat.sum() == pytest.approx(float(whole[0]), rel=1e-4)
    assert found.values.shape == SHAPE


def test_a_frame_stands_among_the_others_as_they_are(clip):
    score, other = LinearClips(), np.zeros((1, *SHAPE[1:]), "float32")
    changed = clip.copy()
    changed[1] = 0

    assert FrameScore(score, clip, 1).values(other, 0) == pytest.approx(score.values(changed[None], 0))
    np.testing.assert_array_equal(FrameScore(score, clip, 1).gradient(other, 0)[0], score.weights[0, 1])


def test_what_frames_report_is_averaged_and_shares_add_up(clip):
    shares = []

    def method(settings, score, picture, target, progress):
        progress(0.5)
        from mlcore.explanation.attribution import Attribution

        facts = {"mean": float(picture.mean()), "same": "layer", "differs": str(picture.sum())}
        return Attribution(picture[..., 0], diagnostics=facts)

    found = each_frame(method, None, LinearClips(), clip, 0, lambda share, text: shares.append(share))

    assert found.diagnostics == {"mean": pytest.approx(float(clip.mean()), rel=1e-5), "same": "layer"}
    assert shares == pytest.approx([1 / 6, 3 / 6, 5 / 6])


class Classifier:
    """What `explain` needs of a classifier of clips."""

    def __init__(self, model):
        from types import SimpleNamespace

        self.model = model
        self.card = SimpleNamespace(classes=("a", "b", "c"), shape=tuple(model.input_shape[1:]), temperature=1.0)

    def logits(self, batch):
        return np.asarray(self.model(batch.astype("float32")))


def classifier_of(name):
    from mlcore import architectures

    return Classifier(architectures.build(name, {}, (3, 16, 16, 3), 3, seed=1))


@pytest.fixture(scope="module")
def recurrent():
    return classifier_of("cnn-rnn")


@pytest.fixture(scope="module", params=["conv-lstm", "frame-average"])
def classifier(request):
    return classifier_of(request.param)


def quick(entry):
    return {name: value for name, value in QUICK.items() if name in entry.settings.model_fields}


@pytest.mark.parametrize("entry", methods.all(), ids=lambda entry: entry.name)
def test_every_method_gives_a_map_for_each_frame(entry, recurrent):
    classifier = recurrent
    clip = Clip(np.random.default_rng(3).integers(0, 256, (3, 16, 16, 3), "uint8"))
    found = explain(entry.name, classifier, clip, **quick(entry))

    assert found.heat.shape == (3, 16, 16)
    assert np.isfinite(found.heat).all()
    assert found.heat.any()
    assert found.picture.shape == (3, 16, 16, 3)


def test_grad_cam_of_a_frame_is_that_of_its_own_map(classifier):
    """Grad-CAM weighs each frame's channels by that frame's own mean slope."""
    from mlcore.backend.gradients import score_of
    from mlcore.library.class_map import upscale

    clip = np.random.default_rng(3).integers(0, 256, (3, 16, 16, 3), "uint8")
    found = explain("grad-cam", classifier, clip, target=0)
    features, slopes = (each[0] for each in score_of(classifier.model).feature_gradient(clip[None], 0))

    for frame in range(3):
        coarse = np.maximum(features[frame] @ slopes[frame].mean(axis=(0, 1)), 0)
        np.testing.assert_allclose(found.heat[frame], upscale(coarse, 16, 16), rtol=1e-4, atol=1e-6)


def test_a_picture_is_refused_by_a_model_for_clips_in_words(classifier):
    with pytest.raises(Refused, match="clips of 3 frames") as refusal:
        explain("gradient", classifier, np.zeros((16, 16, 3), "uint8"))
    assert refusal.value.kind == "not-compatible"
