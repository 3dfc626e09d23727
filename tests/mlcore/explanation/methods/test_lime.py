"""LIME."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from mlcore.explanation.methods.lime import LimeSettings, lime, ridge
from mlcore.explanation.toolkit.segments import segments


def sums(values, labels):
    """The sum of the values (H, W) of each segment."""
    return np.bincount(labels.ravel(), values.ravel())


@pytest.mark.parametrize(("baseline", "level"), [("black", 0), ("grey", 127.5), ("white", 255)])
def test_a_linear_score_is_explained_in_full_by_the_sums_of_its_segments(linear, picture, baseline, level):
    settings = LimeSettings(ridge=0, segments=12, samples=300, baseline=baseline)
    labels = segments(picture, 12)

    found = lime(settings, linear, picture, 1)

    truth = sums((linear.weights[1] * (picture - level)).sum(axis=-1), labels)
    np.testing.assert_allclose(sums(found.heat, labels), truth, rtol=1e-4, atol=0.05)
    assert found.diagnostics["r_squared"] == pytest.approx(1, abs=1e-6)
    assert found.diagnostics["halves_agree"] == 1
    assert found.diagnostics["segments"] == labels.max() + 1


def test_heat_is_the_same_all_over_a_segment(patches, picture):
    labels = segments(picture, 12)
    heat = lime(LimeSettings(segments=12), patches, picture, 0).heat

    assert all(np.ptp(heat[labels == number]) == 0 for number in range(labels.max() + 1))


@pytest.mark.parametrize("penalty", [0.01, 1.0, 50.0])
def test_the_regression_is_scikit_learn_s(penalty):
    rng = np.random.default_rng(0)
    kept, weights = rng.random((200, 9)) < 0.5, rng.random(200)
    found = kept @ rng.normal(size=9) + rng.normal(size=200)

    worth, r_squared = ridge(kept, found, weights, penalty)

    theirs = Ridge(alpha=penalty).fit(kept, found, weights)
    np.testing.assert_allclose(worth, theirs.coef_, rtol=1e-6)
    assert r_squared == pytest.approx(theirs.score(kept, found, weights))


def test_a_score_that_is_not_linear_is_said_to_be_explained_in_part(picture):
    class Xor:
        """High when exactly one half of the picture is bright: no sum of regions says that."""

        def values(self, batch, target):
            left, right = batch[:, :, :4].mean(axis=(1, 2, 3)) > 60, batch[:, :, 4:].mean(axis=(1, 2, 3)) > 60
            return (left ^ right).astype("float32")

    found = lime(LimeSettings(segments=16, baseline="black", width=10), Xor(), picture, 0)

    assert found.diagnostics["r_squared"] < 0.2


def test_more_copies_agree_more(patches, picture):
    agreement = [
        lime(LimeSettings(samples=samples), patches, picture, 0).diagnostics["halves_agree"] for samples in (60, 5000)
    ]

    assert agreement[0] < agreement[1]
    assert agreement[1] > 0.9


def test_copies_near_the_picture_count_most(patches, picture):
    """With a narrow kernel the weights are what hiding one region after all costs; with a wide one the average."""
    narrow, wide = (lime(LimeSettings(width=width), patches, picture, 0).heat for width in (0.1, 10))

    assert not np.allclose(narrow, wide, rtol=0.01)


def test_one_colour_hidden_by_itself_is_worth_nothing(linear):
    found = lime(LimeSettings(), linear, np.full((8, 8, 3), 77, "float32"), 0)

    assert np.abs(found.heat).max() < 1e-3
    assert np.isfinite(found.diagnostics["r_squared"])
