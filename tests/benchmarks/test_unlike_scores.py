"""The scores that mlcore's is compared with are what their papers say, by other people's code."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.special import logsumexp, softmax
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from benchmarks import unlike, unlike_scores
from benchmarks.unlike_scores import Outputs

LABELS = np.arange(200) % 4


def outputs(count=200, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, 12)) @ rng.normal(size=(12, 12)) + 3 * np.eye(12)[np.arange(count) % 4]
    return Outputs(features[:, :4] * 2, features)


def scored(fit, given=None):
    return fit(outputs(), LABELS)(given or outputs(50, seed=1))


def test_the_scores_of_logits():
    logits = outputs(50, seed=1).logits

    np.testing.assert_allclose(scored(unlike_scores.probability), 1 - softmax(logits, axis=1).max(axis=1), atol=1e-12)
    np.testing.assert_allclose(scored(unlike_scores.energy), -logsumexp(logits, axis=1))
    np.testing.assert_array_equal(scored(unlike_scores.logit), -logits.max(axis=1))


def test_the_tenth_neighbour_is_scikit_learns():
    unit = lambda rows: rows / np.linalg.norm(rows, axis=1, keepdims=True)  # noqa: E731
    judge = NearestNeighbors(n_neighbors=10).fit(unit(outputs().features))

    distances, _ = judge.kneighbors(unit(outputs(50, seed=1).features))
    np.testing.assert_allclose(scored(unlike_scores.neighbour), distances[:, -1], rtol=1e-6)


def test_the_shrunk_covariance_is_scikit_learns():
    spread = outputs().features - outputs().features.mean(axis=0)

    judge = LedoitWolf(assume_centered=True).fit(spread).covariance_
    np.testing.assert_allclose(unlike_scores.shrunk_covariance(spread), judge, rtol=1e-8)


def test_mahalanobis_is_scipys():
    seen, given = outputs().features, outputs(50, seed=1).features
    means = np.stack([seen[label == LABELS].mean(axis=0) for label in range(4)])
    inverse = np.linalg.inv(LedoitWolf(assume_centered=True).fit(seen - means[LABELS]).covariance_)

    nearest = (cdist(given, means, "mahalanobis", VI=inverse) ** 2).min(axis=1)
    np.testing.assert_allclose(scored(unlike_scores.mahalanobis), nearest, rtol=1e-6)


def test_relative_is_nearest_less_overall():
    parts = [scored(fit) for fit in (unlike_scores.mahalanobis, unlike_scores.overall_mahalanobis)]

    np.testing.assert_allclose(scored(unlike_scores.relative_mahalanobis), parts[0] - parts[1])


def test_the_residual_is_the_error_of_principal_components():
    seen, given = outputs().features, outputs(50, seed=1).features
    judge = PCA(unlike_scores.KEPT, svd_solver="full").fit(seen)

    error = np.linalg.norm(given - judge.inverse_transform(judge.transform(given)), axis=1)
    np.testing.assert_allclose(scored(unlike_scores.residual), error, rtol=1e-6)


def test_vim_is_as_large_as_the_largest_logit_on_average_of_what_was_seen():
    seen = outputs()
    virtual = unlike_scores.virtual_logit(seen, LABELS)(seen) + logsumexp(seen.logits, axis=1)

    assert virtual.mean() == pytest.approx(seen.logits.max(axis=1).mean())


def test_the_larger_of_two_is_never_less_than_either_share():
    held_out = outputs(100, seed=2)
    both = unlike_scores.larger(unlike_scores.energy, unlike_scores.neighbour, held_out)
    given = outputs(50, seed=1)

    for fit in (unlike_scores.energy, unlike_scores.neighbour):
        score = fit(outputs(), LABELS)
        share = (score(held_out)[:, None] < score(given)).mean(axis=0)
        assert (scored(both) >= share - 1e-12).all()


def test_the_area_under_the_curve_is_scikit_learns():
    rng = np.random.default_rng(0)
    own, others = rng.integers(0, 9, 300), rng.integers(2, 12, 200)  # with ties

    judge = roc_auc_score(np.repeat([0, 1], [300, 200]), np.concatenate([own, others]))
    assert unlike.auroc(own, others) == pytest.approx(judge)
