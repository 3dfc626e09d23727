"""Maps of clips are judged as maps of pictures are: a place is a pixel of a frame."""

import numpy as np
import pytest

from mlcore import data, library
from mlcore.explanation import explain
from mlcore.explanation.judge import judge, report, sample


@pytest.fixture
def clip():
    frames = np.random.default_rng(0).integers(0, 200, (4, 8, 8, 3)).astype("uint8")
    frames[2, 2:5, 2:5] = 255
    return frames


def test_the_frame_that_decides_is_believed_and_another_is_not(toy, clip, explained):
    third = toy(lambda batch: 8 * batch[:, 2, 2:5, 2:5].mean(axis=(1, 2, 3)) / 255 - 4, clip.shape)
    right, wrong = np.zeros((2, *clip.shape[:-1]), "float32")
    right[2, 2:5, 2:5], wrong[1, 2:5, 2:5] = 1, 1

    def believed(heat):
        grades = (judge(third, explained(heat, clip), ("deletion", "insertion"), seed) for seed in range(20))
        return [grade.verdict for grade in grades].count("believe")

    assert believed(right) == 20
    assert believed(wrong) <= 3  # by chance one in 40: of 20, more than 3 with a chance of 0.0015


def test_the_heat_of_a_linear_clip_tells_its_losses_exactly(toy, clip, explained):
    weights = np.random.default_rng(1).normal(size=clip.shape) / 1000
    linear = toy(lambda batch: (batch * weights).sum(axis=(1, 2, 3, 4)), clip.shape)
    heat = (weights * (clip - clip.mean(axis=(1, 2), keepdims=True))).sum(axis=-1)

    assert judge(linear, explained(heat, clip), ["fidelity"]).fidelity.value == pytest.approx(1, abs=1e-6)


def test_a_model_for_clips_has_grades_and_a_report(clip_model):
    classifier = library.open(clip_model)
    pictures, _ = sample.pictures(classifier, data.open(classifier.card.data).split("test"), 2)
    grade = judge(classifier, explain("gradient", classifier, pictures[0]))

    assert grade.stability.n == 2
    assert grade.randomisation.n == 4
    assert {row.gain.n for row in report(classifier, pictures, ["gradient"], steps=4, checked=1).rows} == {2}
