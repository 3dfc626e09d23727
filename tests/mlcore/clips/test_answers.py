"""A classifier of clips: its small copy, its timeline, and clips of any length and size."""

import numpy as np
import pytest

from mlcore import clips, evaluation, library
from mlcore.errors import Refused
from mlcore.images import Picture
from tests import motions


@pytest.fixture
def classifier(clip_model):
    return library.open(clip_model)


def test_the_small_copy_answers_for_recurrent_networks(classifier):
    """Unrolled, they are plain arithmetic; largest difference in probability 1e-4, as for any network."""
    from mlcore.backend.compiled import compiled

    batch = np.stack([motions.clip(label, 30 + label) for label in (0, 1, 0)])

    assert classifier.card.answers_fast
    assert classifier.card.shape == (4, 16, 16, 3)
    np.testing.assert_allclose(classifier.logits(batch), compiled(classifier.model)(batch), atol=1e-3)


def test_the_timeline_is_what_clips_that_stand_still_are_answered(classifier):
    clip = motions.clip(1, 40)
    found = classifier.timeline(clip)

    assert found.shape == (4, 2)
    for end in range(4):
        held = clip[[min(place, end) for place in range(4)]]
        np.testing.assert_allclose(found[end], classifier.predict(held).probabilities, atol=1e-6)
    np.testing.assert_allclose(found[-1], classifier.predict(clip).probabilities, atol=1e-6)


def test_a_clip_of_any_length_and_size_is_seen_as_training_clips_were(classifier):
    longer = motions.clip(0, 41, frames=12, side=32)
    seen = clips.fit(longer[[1, 4, 7, 10]], 16, 16)

    answers = classifier.predict([clips.Clip(longer), longer, seen])

    for answer in answers[1:]:
        np.testing.assert_allclose(answer.probabilities, answers[0].probabilities, atol=1e-6)


def test_a_picture_and_a_clip_are_told_apart_by_both_kinds_of_model(classifier, tiny_model):
    with pytest.raises(Refused, match="clips of 4 frames"):
        classifier.predict(Picture(np.zeros((16, 16, 3), "uint8")))
    with pytest.raises(Refused, match="single pictures"):
        library.open(tiny_model).predict(clips.Clip(motions.clip(0, 0)))
    assert classifier.class_map(motions.clip(0, 0)) is None


def test_clips_are_evaluated_like_pictures_and_not_instead_of_them(classifier, tiny_data):
    from mlcore import data

    found = evaluation.evaluate(classifier, data.open("motions").split("train"))

    assert found.accuracy.n == data.open("motions").splits["train"]
    with pytest.raises(Refused) as refusal:
        evaluation.evaluate(classifier, tiny_data.split("test"))
    assert refusal.value.kind == "not-compatible"


def test_a_network_that_litert_cant_run_is_answered_by_keras(tmp_path):
    import keras
    from keras import layers

    from mlcore.library.export import write_small_copy

    inputs = keras.Input((3, 8, 8, 3))
    network = keras.Model(inputs, layers.Dense(2)(layers.GRU(4)(layers.Reshape((3, -1))(inputs))))  # a loop
    found = write_small_copy(network, tmp_path, np.zeros((2, 3, 8, 8, 3), "uint8"))

    assert (found.usable, found.difference) == (False, None)
    assert "Keras answers" in found.message
    assert not (tmp_path / "model.tflite").exists()
