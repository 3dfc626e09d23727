"""Answering from both views: the same answer for a picture and its mirror image, and the same learning as without."""

import keras
import numpy as np
import pytest

from mlcore import architectures
from mlcore.backend.channels import channels_of
from mlcore.backend.gradients import Score
from mlcore.library import litert

SETTINGS = {"width": 8, "fine": True, "fine_map": True}
SHAPE = (18, 18, 3)


def network(**more):
    keras.utils.clear_session()  # so that layers of twins have the same names
    keras.utils.set_random_seed(3)
    return architectures.build("resnet9", SETTINGS | more, SHAPE, 4)


def pictures(count=3):
    return np.random.default_rng(0).integers(0, 256, (count, *SHAPE)).astype("float32")


@pytest.fixture(scope="module")
def score():
    return Score(network(mirror=True))


def test_a_picture_and_its_mirror_image_get_the_same_answer_and_mirrored_maps(score):
    given = pictures()
    mirrored = given[:, :, ::-1]

    np.testing.assert_allclose(score.logits(mirrored), score.logits(given), atol=1e-5)
    np.testing.assert_allclose(score.features(mirrored), score.features(given)[:, :, ::-1], atol=1e-5)


def test_the_answer_is_the_stronger_of_the_two_views(score):
    plain = Score(network())
    views = [plain.features(given).max((1, 2)) for given in (pictures(), pictures()[:, :, ::-1])]
    head = np.asarray(network().get_layer("head").kernel) / 8

    np.testing.assert_allclose(score.logits(pictures()), np.maximum(*views) @ head, atol=1e-5)


def test_maps_on_the_way_are_those_of_the_pictures_as_they_stand(score):
    plain = Score(network())
    inner = [each.name for each in plain.layers][3]
    features, slope = score.feature_gradient(pictures(), 1, inner)

    np.testing.assert_allclose(features, plain.features(pictures(), inner), atol=1e-5)
    assert slope.shape == features.shape
    assert np.abs(slope).max() > 0
    assert channels_of(score._network.model, inner, 0).logits(pictures()).shape[0] == 3


def test_learning_is_the_same_to_the_bit():
    def learned(**more):
        model = network(**more)
        model.compile(keras.optimizers.SGD(0.1, nesterov=True, momentum=0.9), "mse")
        model.fit(pictures(32), np.eye(4)[np.arange(32) % 4], batch_size=8, epochs=2, shuffle=False, verbose=0)
        return model.get_weights()

    for plain, mirror in zip(learned(), learned(mirror=True), strict=True):
        np.testing.assert_array_equal(plain, mirror)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the export needs TensorFlow")
def test_the_small_copy_answers_the_same_for_one_picture_and_for_many(score, tmp_path):
    from mlcore.library.export import write_small_copy

    seen = pictures(5).astype("uint8")
    copy = write_small_copy(score._network.model, tmp_path, seen)
    runner = litert.Runner(tmp_path / "model.tflite")

    assert copy.usable, copy.message
    np.testing.assert_allclose(runner.logits(seen[:1]), runner.logits(seen)[:1], atol=1e-5)
    np.testing.assert_allclose(runner.features(seen), score.features(seen), atol=1e-4)
