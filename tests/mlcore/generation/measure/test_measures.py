"""Distances and coverages against what can be reckoned by hand, and against plain loops."""

from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.generation.measure.compare import _space
from mlcore.generation.measure.features import Pooled, Principal
from mlcore.generation.measure.frechet import frechet
from mlcore.generation.measure.kid import kid
from mlcore.generation.measure.memorisation import memorisation, nearest
from mlcore.generation.measure.precision_recall import precision_recall


def features(seed, n=400, d=6, shift=0.0, scale=1.0):
    return np.random.default_rng(seed).normal(shift, scale, (n, d))


def test_the_frechet_distance_of_equal_sets_is_nothing_and_of_shifted_ones_the_shift():
    one = features(0)

    assert frechet(one, one) == pytest.approx(0, abs=1e-8)
    assert frechet(one, one + 2.0) == pytest.approx(6 * 4.0)
    assert frechet(one, 3 * one) == pytest.approx(
        ((2 * one.mean(0)) ** 2).sum() + 4 * np.trace(np.cov(one.T)), rel=1e-6
    )


def test_the_frechet_distance_agrees_with_an_independent_root_and_is_symmetric():
    one, other = features(0) @ np.diag([1, 2, 3, 1, 1, 1]), features(1, shift=0.3)
    values = np.linalg.eigvals(np.cov(one.T) @ np.cov(other.T)).real
    expected = ((one.mean(0) - other.mean(0)) ** 2).sum() + np.trace(np.cov(one.T) + np.cov(other.T))

    assert frechet(one, other) == pytest.approx(expected - 2 * np.sqrt(values).sum(), rel=1e-6)
    assert frechet(one, other) == pytest.approx(frechet(other, one))


def test_the_kernel_distance_agrees_with_plain_loops_and_is_unbiased():
    one, other = features(0, n=7, d=3), features(1, n=5, d=3, shift=1.0)

    def kernel(x, y):
        return (x @ y / 3 + 1) ** 3

    own = np.mean([kernel(one[i], one[j]) for i in range(7) for j in range(7) if i != j])
    theirs = np.mean([kernel(other[i], other[j]) for i in range(5) for j in range(5) if i != j])
    across = np.mean([kernel(x, y) for x in one for y in other])
    assert kid(one, other) == pytest.approx(own + theirs - 2 * across)
    # 60 pairs of equal sources, seeds 0 to 119, n = 50: the mean lies within 3 standard errors of 0.
    distances = [kid(features(2 * k, n=50, d=3), features(2 * k + 1, n=50, d=3)) for k in range(60)]
    assert abs(np.mean(distances)) < 3 * np.std(distances) / np.sqrt(60)


def test_precision_and_recall_agree_with_plain_loops():
    real, fake = features(0, n=40, d=2), features(1, n=30, d=2, shift=0.5)

    def radius(rows, i):
        return np.sort([np.linalg.norm(rows[i] - other) for other in rows])[3]

    near_real = [[np.linalg.norm(x - y) <= radius(real, i) for i, x in enumerate(real)] for y in fake]
    near_fake = [[np.linalg.norm(x - y) <= radius(fake, j) for j, y in enumerate(fake)] for x in real]
    grade = precision_recall(real, fake, neighbours=3)
    assert grade.precision == pytest.approx(np.any(near_real, axis=1).mean())
    assert grade.recall == pytest.approx(np.any(near_fake, axis=1).mean())
    assert grade.density == pytest.approx(np.sum(near_real) / 3 / 30)
    assert grade.coverage == pytest.approx(np.any(near_real, axis=0).mean())


def test_a_collapse_that_looks_precise_shows_in_recall_and_coverage():
    real = features(0, n=300, d=4)
    fake = real[:1] + features(1, n=300, d=4, scale=0.01)  # one real picture, over and over

    grade = precision_recall(real, fake)

    assert grade.precision > 0.95
    assert grade.recall < 0.05
    assert grade.coverage < 0.2


def test_a_classifier_without_a_feature_map_is_refused_in_words():
    flat = SimpleNamespace(card=SimpleNamespace(title="Flat"), features=lambda pictures: None)

    with pytest.raises(Refused, match="'Flat' has no feature map") as refusal:
        Pooled(flat)(np.zeros((1, 8, 8, 3), "uint8"))
    assert refusal.value.kind == Kind.NOT_COMPATIBLE


class Train:
    """So many random pictures of 8 x 8 pixels, as a split."""

    def __init__(self, count):
        self.pictures = np.random.default_rng(0).integers(0, 256, (count, 8, 8, 3), "uint8")
        self.at_hand = np.arange(count)

    def __len__(self):
        return len(self.pictures)

    def read(self, indices):
        return self.pictures[indices]


def test_a_copier_of_any_training_pictures_has_a_memorisation_of_nothing():
    """Of 20,000 training pictures 200 are copied, which one draw of 10,000 missed by half."""
    train, others = Train(20_000), np.random.default_rng(1).integers(0, 256, (200, 8, 8, 3), "uint8")
    copied = np.arange(0, 20_000, 100)

    assert memorisation(train.read(copied), train, others) == 0.0
    assert memorisation(others[:100], train, others[100:]) == pytest.approx(1, abs=0.03)  # twice the same source
    assert nearest(train.read(copied), train)[0].tolist() == copied.tolist()


def test_what_learned_nothing_of_worth_has_no_closeness_and_real_pictures_have_all(scans):
    """On scanned digits a black picture was 86 % close, as noise is further away than everything else."""
    pictures = scans[0][np.random.default_rng(0).permutation(len(scans[0]))]
    real, other, third = pictures[:500], pictures[500:1000], pictures[1000:1500]
    noise = np.random.default_rng(0).integers(0, 256, real.shape, "uint8")
    space = Principal(other)

    def closeness(fake):
        return _space(space, real, other, fake, noise).closeness

    assert closeness(np.zeros_like(real)) < 0.1
    assert closeness(np.repeat(other[:1], 500, axis=0)) < 0.1
    assert closeness(noise) == 0
    assert closeness(third) > 0.95
