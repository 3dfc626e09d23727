"""What batch normalisation knows of learned pictures: means of rectified normal variables, and those of real maps."""

import numpy as np
import pytest

from mlcore import images, library
from mlcore.evaluation.batch_statistics import rectified_mean, usual_features


@pytest.mark.parametrize(
    ("mean", "deviation", "expected"),
    [(0.0, 1.0, 0.3989423), (2.0, 1e-9, 2.0), (-3.0, 1e-9, 0.0), (9.0, 1e-9, 6.0), (3.0, 1e-9, 3.0)],
)
def test_known_means(mean, deviation, expected):
    """Half a normal variable has the mean 1 / sqrt(2 pi); what has no spread is cut off or stays."""
    assert rectified_mean(np.array([mean]), np.array([deviation]), 6.0)[0] == pytest.approx(expected, abs=1e-6)


def test_it_is_the_mean_of_a_simulation():
    """200,000 draws, seed 0: the standard error is at most 2.5 / 447 = 0.006; five of them are allowed."""
    random, mean, deviation = np.random.default_rng(0), np.array([-1.0, 0.5, 4.0, 6.5]), np.array([2.0, 1.0, 2.5, 0.5])
    drawn = np.clip(mean + deviation * random.normal(size=(200_000, 4)), 0, 6).mean(axis=0)

    np.testing.assert_allclose(rectified_mean(mean, deviation, 6.0), drawn, atol=0.03)


def test_photographs_turn_towards_what_is_usual_and_noise_turns_away(photographs):
    from mlcore.library.out_of_distribution import cosines
    from tests import sample_photographs as samples

    classifier = library.open_classifier(photographs)
    usual = usual_features(classifier.model)
    random = np.random.default_rng(0)
    noise = random.integers(0, 256, (4, 224, 224, 3), np.uint8)

    known = np.stack([images.fit(samples.pixels(name), 224, 224) for name in ("chelsea", "coffee", "camera", "china")])
    near, far = (cosines(classifier.logits_and_features(batch)[1], usual) for batch in (known, noise))

    assert usual.shape == (1280,)
    assert near.mean() > far.max()


def test_a_network_without_batch_normalisation_tells_nothing():
    import keras

    assert usual_features(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])) is None
