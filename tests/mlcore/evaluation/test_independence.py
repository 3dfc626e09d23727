"""Chance classes on near copies: what is measured can't be more than chance."""

import numpy as np
import pytest

from mlcore.data.near_copies import thumbnail, unit
from mlcore.data.relatives import Watch
from mlcore.data.splits import TEST, TRAIN, by_own_hash, carve
from mlcore.evaluation.scores import accuracy
from mlcore.intervals import wilson

OBJECTS, SHOTS, DRAWS = 60, 8, 12


def bursts(seed):
    """Noisy shots uint8 (480, 16, 16, 3) of 60 things, eight of each."""
    random = np.random.default_rng(seed)
    fields = random.integers(0, 256, (OBJECTS, 4, 4, 3), dtype="uint8").repeat(SHOTS, axis=0)
    shots = fields.repeat(4, axis=1).repeat(4, axis=2)
    return np.clip(shots + random.normal(0, 5, shots.shape), 0, 255).astype("uint8")


def nearest_answers(looks, labels, splits):
    """What a network that remembers its pictures would say: the class of the likest training picture."""
    train, test = np.flatnonzero(splits == TRAIN), np.flatnonzero(splits == TEST)
    return labels[train][(looks[test] @ looks[train].T).argmax(axis=1)] == labels[test]


@pytest.fixture(scope="module")
def draws():
    """The interval of each draw, of a split by equal pictures alone and of ours."""
    intervals = []
    for seed in range(DRAWS):
        pictures, labels = bursts(seed), np.random.default_rng(seed).integers(0, 2, OBJECTS).repeat(SHOTS)
        watch = Watch()
        for number, pixels in enumerate(pictures):
            watch.add(pixels, f"{number}.png")
        groups, looks = watch.relatives().groups, unit(np.stack([thumbnail(each) for each in pictures]))
        draw = by_own_hash(np.random.default_rng(seed).integers(0, 256, (480, 16), "uint8"))
        alone = carve(labels, np.zeros(480, "uint8"), np.arange(480), draw)
        ours = carve(labels, np.zeros(480, "uint8"), groups, draw)
        right = nearest_answers(looks, labels, ours)
        naive = nearest_answers(looks, labels, alone)
        intervals.append((wilson(naive.sum(), len(naive)), accuracy(right, groups[ours == TEST])))
    return intervals


def test_a_split_by_equal_pictures_alone_claims_everything(draws):
    assert all(naive.low > 0.9 for naive, _ in draws)


def test_a_split_that_knows_near_copies_claims_no_more_than_chance(draws):
    """12 draws of six things each: all six by luck, 1 in 64, would claim more than chance; two such in 12 are 1.5 %."""
    assert all(ours.n in (5, 6, 7) for _, ours in draws)
    assert sum(ours.low > 0.5 for _, ours in draws) <= 1
    assert abs(np.mean([ours.value for _, ours in draws]) - 0.5) < 0.18  # three standard errors of 72 coins
