"""The smallest covering that turns an answer, judged by trying every one."""

from itertools import combinations

import numpy as np
import pytest

from mlcore.errors import Refused
from mlcore.explanation.counterfactual.search import CounterfactualSettings, counterfactual

GRID = CounterfactualSettings(patches=3, fill="grey", rivals=1, most=1.0)


def linear(seed, classes=5):
    """Scores linear in the pixels of a 9 x 9 picture, with the picture they are asked about."""
    rng = np.random.default_rng(seed)
    weights, bias = rng.normal(size=(9, 9, 3, classes)), rng.normal(size=classes) * 500
    return lambda batch: np.tensordot(batch.astype(float), weights, 3) + bias, rng.integers(0, 256, (9, 9, 3), "uint8")


def smallest(logits, pixels):
    """The number of patches of the smallest covering that turns the answer, among all 512."""
    before = logits(pixels[None])[0].argmax()
    for count in range(1, 10):
        for chosen in combinations(range(9), count):
            trial = pixels.copy()
            for each in chosen:
                trial[each // 3 * 3 :][:3, each % 3 * 3 :][:, :3] = 128
            if logits(trial[None])[0].argmax() != before:
                return count
    return None


@pytest.mark.parametrize("seed", range(12))
def test_on_linear_scores_no_covering_is_smaller(seed):
    """Covering adds up on linear scores, so towards each rival the largest shares first are best."""
    logits, pixels = linear(seed)
    found, best = counterfactual(logits, pixels, GRID), smallest(logits, pixels)

    assert found.exists == (best is not None)
    assert found.patches == (best or 0)


def test_what_it_tells_is_what_the_classifier_says():
    logits, pixels = next(pair for seed in range(20) if counterfactual(*(pair := linear(seed)), GRID).patches > 1)
    asked = []
    found = counterfactual(lambda batch: (asked.append(len(batch)), logits(batch))[1], pixels, GRID)

    assert found.before == logits(pixels[None])[0].argmax()
    assert found.after == logits(found.picture[None])[0].argmax() != found.before
    np.testing.assert_array_equal(found.picture[found.mask], 128)
    np.testing.assert_array_equal(found.picture[~found.mask], pixels[~found.mask])
    assert found.share == pytest.approx(found.mask.mean())
    assert found.asked == sum(asked)


def test_no_patch_of_a_found_set_can_be_left_out():
    """Two patches must go together and a third pays a little: the third is given back in the end."""

    def logits(batch):
        covered = (batch == 128).all(axis=(2, 3))
        left, right, third = covered[:, 0], covered[:, 4], covered[:, 8]
        margin = 10 - 9 * (left & right) - 2.0 * third * ~(left & right) - (left | right) * 1.0 - third * 0.5
        return np.stack([margin, np.full(len(batch), 0.4)], axis=1)

    pixels = np.zeros((9, 1, 3), "uint8")
    found = counterfactual(logits, pixels, CounterfactualSettings(patches=9, fill="grey", most=1.0, rivals=1))

    assert found.exists
    for each in np.flatnonzero(found.mask[:, 0]):
        back = found.picture.copy()
        back[each] = pixels[each]
        assert logits(back[None])[0].argmax() == found.before


def test_it_says_when_nothing_turns_the_answer():
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), "uint8")
    found = counterfactual(lambda batch: np.tile([1.0, 0.0], (len(batch), 1)), pixels, CounterfactualSettings())

    assert not found.exists
    assert found.before == found.after == 0
    assert not found.mask.any()
    np.testing.assert_array_equal(found.picture, pixels)


def test_no_more_than_the_allowed_share_is_covered():
    logits, pixels = next(pair for seed in range(20) if counterfactual(*(pair := linear(seed)), GRID).patches > 1)

    assert not counterfactual(logits, pixels, CounterfactualSettings(patches=3, fill="grey", most=0.12)).exists


def test_sides_that_do_not_divide_and_pictures_smaller_than_the_grid_work():
    for shape in [(13, 7, 3), (2, 30, 3)]:
        pixels = np.full(shape, 200, "uint8")
        found = counterfactual(
            lambda batch: np.stack([batch.mean(axis=(1, 2, 3)), np.full(len(batch), 190.0)], 1), pixels
        )
        assert found.of == min(8, shape[0]) * min(8, shape[1])
        assert not found.exists  # one colour everywhere: a blur changes nothing


def test_a_call_off_reaches_the_caller():
    class CalledOff(Exception):
        pass

    def call_off(share, text=""):
        raise CalledOff

    logits, pixels = linear(1)
    with pytest.raises(CalledOff):
        counterfactual(logits, pixels, GRID, call_off)


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(Refused, match="finite"):
        counterfactual(lambda batch: np.full((len(batch), 2), np.nan), np.zeros((8, 8, 3), "uint8"))
