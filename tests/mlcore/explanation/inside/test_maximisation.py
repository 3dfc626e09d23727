"""A picture made to please a score."""

import numpy as np
import pytest

from mlcore.explanation.inside.maximisation import (
    MaximisationSettings,
    maximise,
    of_channel,
    of_class,
    roughness,
)
from mlcore.explanation.inside.maximisation import roughness_slope as slope

PLAIN = MaximisationSettings(steps=120, rate=16, smoothness=0, jitter=0)


def linear(weights):
    return lambda picture: weights, lambda picture: float((weights * picture).sum())


def test_on_a_linear_score_it_ends_in_the_corner_that_the_weights_point_to():
    weights = np.random.default_rng(0).choice([-1.0, 1.0], (6, 6, 3)).astype("float32")

    found = maximise(*linear(weights), (6, 6, 3), PLAIN)

    np.testing.assert_array_equal(found.picture, np.where(weights > 0, 255, 0))
    assert found.after == pytest.approx(float((weights * found.picture).sum()), abs=2)
    assert found.before < found.after


def test_where_nothing_pulls_smoothness_makes_one_colour():
    still = MaximisationSettings(steps=200, rate=2, smoothness=1, jitter=0)

    found = maximise(lambda picture: 0 * picture, lambda picture: 0.0, (6, 6, 3), still)

    assert np.ptp(found.picture.astype(int), axis=(0, 1)).max() <= 3


def test_the_slope_of_roughness_is_that_of_small_differences():
    rng = np.random.default_rng(2)
    picture, direction = rng.uniform(0, 255, (5, 7, 3)), rng.normal(size=(5, 7, 3))
    ahead, behind = roughness(picture + direction), roughness(picture - direction)

    assert (slope(picture) * direction).sum() == pytest.approx((ahead - behind) / 2, rel=1e-9)


def test_jitter_asks_for_shifted_pictures_and_shifts_the_answer_back():
    """A score of one fixed pixel, asked through shifts, paints around that pixel and nowhere else."""
    weights = np.zeros((9, 9, 3), "float32")
    weights[4, 4] = 1

    found = maximise(*linear(weights), (9, 9, 3), MaximisationSettings(steps=80, rate=16, smoothness=0, jitter=1))

    bright = found.picture.mean(axis=2) > 200
    assert bright[3:6, 3:6].all()
    assert bright.sum() == 9


def test_the_seed_decides():
    def run(seed):
        return maximise(*linear(np.ones((4, 4, 3), "float32")), (4, 4, 3), MaximisationSettings(steps=1, seed=seed))

    np.testing.assert_array_equal(run(0).picture, run(0).picture)
    assert (run(0).picture != run(1).picture).any()


def test_a_call_off_reaches_the_caller():
    def call_off(share, text=""):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        maximise(*linear(np.ones((4, 4, 3), "float32")), (4, 4, 3), PLAIN, call_off)


def test_a_network_likes_what_was_made_for_it(classifiers):
    classifier = classifiers["nested"]
    settings = MaximisationSettings(steps=40, jitter=1)

    for found, rest in [
        (of_class(classifier, 1, settings), classifier.logits),
        (of_channel(classifier, "last", 2, settings), None),
    ]:
        assert found.after > found.before
        if rest:
            assert rest(found.picture[None])[0, 1] == pytest.approx(found.after, rel=0.05)
