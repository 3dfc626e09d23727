"""KernelSHAP."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest

from mlcore.explanation.methods.kernel_shap import KernelShapSettings, kernel_shap
from mlcore.explanation.toolkit.segments import grid, segments


class Bent:
    """Products and bends of the mean colours of a picture's parts: no part's worth is the same in every company."""

    def __init__(self, labels):
        rng = np.random.default_rng(0)
        self.labels, self.players = labels, int(labels.max()) + 1
        self.single, self.pair = rng.normal(size=self.players), rng.normal(size=(self.players, self.players))

    def values(self, batch, target):
        means = (
            np.stack([batch[:, self.labels == each].mean(axis=(1, 2)) for each in range(self.players)], axis=1) / 100
        )
        pairs = np.einsum("ni,ij,nj->n", means, self.pair, means)
        return (np.tanh(means @ self.single) + pairs / 4 + np.maximum(means, 1).prod(axis=1)).astype("float32")


def shapley_by_hand(worth, players):
    """The definition: what a player adds, averaged over all coalitions of the others."""
    values = np.zeros(players)
    for player in range(players):
        others = [each for each in range(players) if each != player]
        for size in range(players):
            share = factorial(size) * factorial(players - size - 1) / factorial(players)
            for company in combinations(others, size):
                values[player] += share * (worth[(*company, player)] - worth[company])
    return values


def worth_of_every_coalition(score, picture, labels):
    """The score of the picture with only the given segments, black elsewhere, by sorted and unsorted tuples."""
    players = int(labels.max()) + 1
    sets = [each for size in range(players + 1) for each in combinations(range(players), size)]
    copies = np.stack([np.isin(labels, each)[..., None] * picture for each in sets])
    found = dict(zip(map(frozenset, sets), score.values(copies.astype("float32"), 0).astype(float), strict=True))

    class Worth:
        def __getitem__(self, coalition):
            return found[frozenset(coalition)]

    return Worth()


@pytest.fixture(scope="module", params=[8, 10])
def bent(request):
    """A bent score of a picture with that many segments, and the exact Shapley values of these."""
    picture = np.random.default_rng(5).uniform(0, 255, (8, 10, 3)).astype("float32")
    labels = grid(8, 10, request.param)
    score = Bent(labels)
    return score, picture, labels, shapley_by_hand(worth_of_every_coalition(score, picture, labels), score.players)


def values_of(found, labels):
    return np.bincount(labels.ravel(), found.heat.ravel().astype(float))


@pytest.fixture
def on_a_grid(monkeypatch):
    from mlcore.explanation.methods import kernel_shap as module

    monkeypatch.setattr(module, "segments", lambda picture, count: grid(*picture.shape[:2], count))


def explained(bent, **settings):
    score, picture = bent[:2]
    chosen = KernelShapSettings(segments=score.players, baseline="black", **settings)
    return kernel_shap(chosen, score, picture, 0)


def test_few_segments_get_their_exact_shapley_values(bent, on_a_grid):
    found = explained(bent)

    np.testing.assert_allclose(values_of(found, bent[2]), bent[3], rtol=1e-4, atol=1e-4)
    assert found.diagnostics["exact"] == "yes"
    assert found.diagnostics["combinations"] == 2 ** bent[0].players - 2
    assert found.diagnostics["subset_sizes_enumerated"] == f"{bent[0].players - 1} of {bent[0].players - 1}"


@pytest.mark.parametrize(("share", "allowed"), [(0.25, 0.1), (0.5, 0.04), (0.9, 0.02)])
def test_a_part_of_the_combinations_comes_near(bent, on_a_grid, share, allowed):
    """The largest error over five seeds, as a share of the largest value."""
    exact = bent[3]
    budget = round(share * 2 ** bent[0].players)
    errors = [values_of(explained(bent, samples=budget, seed=seed), bent[2]) - exact for seed in range(5)]

    assert np.abs(errors).max() <= allowed * np.abs(exact).max()
    assert np.abs(errors).max() > 1e-4


@pytest.mark.parametrize("samples", [0, 1, 2, 40, 1000])
@pytest.mark.parametrize("count", [2, 9, 25])
def test_the_values_sum_to_the_difference_whatever_was_tried(patches, picture, samples, count):
    found = kernel_shap(KernelShapSettings(segments=count, samples=samples, baseline="black"), patches, picture, 1)

    before, after = patches.values(np.stack([0 * picture, picture]), 1)
    assert found.diagnostics["efficiency_gap"] < 1e-12
    assert found.diagnostics["score_of_the_plain_picture"] == pytest.approx(before)
    assert found.heat.sum(dtype=float) == pytest.approx(after - before, abs=1e-6)


@pytest.mark.parametrize("samples", [0, 60])
@pytest.mark.parametrize(("baseline", "level"), [("black", 0), ("grey", 127.5)])
def test_a_linear_score_is_shared_out_exactly_even_by_a_few_combinations(linear, picture, samples, baseline, level):
    labels = segments(picture, 20)

    found = kernel_shap(KernelShapSettings(segments=20, samples=samples, baseline=baseline), linear, picture, 0)

    truth = np.bincount(labels.ravel(), (linear.weights[0] * (picture - level)).sum(axis=-1).ravel())
    np.testing.assert_allclose(values_of(found, labels), truth, rtol=1e-4, atol=0.05)


def test_a_segment_that_changes_nothing_gets_nothing(patches, picture):
    labels = segments(picture, 10)
    picture[labels == 3] = 0

    found = kernel_shap(KernelShapSettings(segments=10, baseline="black"), patches, picture, 0)

    assert found.diagnostics["segments"] <= 12
    changed = segments(picture, 10)
    idle = [each for each in range(changed.max() + 1) if not picture[changed == each].any()]
    assert all(abs(values_of(found, changed)[each]) < 1e-5 for each in idle)


def test_a_picture_too_small_to_cut_is_one_segment_worth_everything(linear):
    linear.weights = np.ones((3, 1, 1, 3), "float32")

    found = kernel_shap(KernelShapSettings(baseline="black"), linear, np.full((1, 1, 3), 10, "float32"), 0)

    assert found.heat == pytest.approx(np.array([[30.0]]))
    assert (found.diagnostics["exact"], found.diagnostics["combinations"]) == ("yes", 0)
