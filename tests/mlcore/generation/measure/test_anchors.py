"""The Fréchet distance on real pictures: next to nothing between real ones, and the same as SciPy reckons it."""

import numpy as np
import pytest
from scipy import linalg

from mlcore import library
from mlcore.generation.measure.features import Pooled, Principal
from mlcore.generation.measure.frechet import frechet


@pytest.fixture
def halves(scans) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two halves of the scans, and noise beside them: uint8 (898, 28, 28, 3) each."""
    random = np.random.default_rng(0)
    one, other = (scans[0][places] for places in random.permutation(1796).reshape(2, 898))
    return one, other, random.integers(0, 256, one.shape, "uint8")


def spaces(halves) -> list:
    return [Pooled(library.open("handwritten-digits")), Principal(halves[1])]


def test_real_pictures_are_far_nearer_to_each_other_than_to_noise(halves):
    one, other, noise = halves

    shares = [frechet(space(one), space(other)) / frechet(space(one), space(noise)) for space in spaces(halves)]

    assert max(shares) < 0.02  # seeds 0 to 3: 0.0005 in the classifier's features, 0.009 in principal components


def test_the_frechet_distance_is_what_scipys_root_gives(halves):
    for space in spaces(halves):
        one, other = (space(pictures).astype("float64") for pictures in halves[1:])
        covariances = [np.cov(each, rowvar=False) for each in (one, other)]
        root = linalg.sqrtm(covariances[0] @ covariances[1]).real
        expected = ((one.mean(0) - other.mean(0)) ** 2).sum() + np.trace(sum(covariances) - 2 * root)

        # SciPy takes the root of a product that is nearly singular: a millionth of the distance, no more, is rounding
        assert frechet(one, other) == pytest.approx(expected, rel=1e-4)
