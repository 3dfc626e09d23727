"""The map under a little noise, and of another seed."""

import numpy as np
import pytest

from mlcore.explanation import explain
from mlcore.explanation.judge import judge


def test_without_noise_nothing_changes(whole, photo):
    grade = judge(whole, explain("gradient", whole, photo(whole)), ["stability"], noise=0.0)

    assert (grade.stability.value, grade.stability.n) == (pytest.approx(1), 2)


def test_more_noise_changes_more(whole, photo):
    explanation = explain("gradient", whole, photo(whole))
    little, much = (judge(whole, explanation, ["stability"], copies=8, noise=noise) for noise in (0.01, 0.4))

    assert much.stability.value < little.stability.value - 0.1


def test_a_map_that_has_nothing_to_do_with_the_method_is_not_stable(whole, photo, explained):
    planted = explained(np.random.default_rng(0).normal(size=(8, 8)), photo(whole))

    assert not judge(whole, planted, ["stability"]).stability.alike


def test_only_methods_with_chance_have_seeds(whole, photo):
    fixed, random = (explain(name, whole, photo(whole)) for name in ("gradient", "smoothgrad"))

    assert judge(whole, fixed, ["seeds"]).seeds is None
    found = judge(whole, random, ["seeds"]).seeds
    assert found.n == 1
    assert 0.5 < found.value < 1


def test_slow_methods_are_repeated_half_as_often(whole, photo):
    slow = explain("occlusion", whole, photo(whole))
    grade = judge(whole, slow, ["stability", "randomisation"])

    assert (grade.stability.n, grade.randomisation.n) == (1, 2)
