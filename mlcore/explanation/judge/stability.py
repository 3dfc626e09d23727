"""Stability: does the map stay under a little noise? (Bhatt et al. 2020, arXiv:2005.00631, definition 2.)"""

from collections.abc import Iterator

import numpy as np

from mlcore.explanation.judge.examination import Examination
from mlcore.explanation.judge.likeness import Likeness, likeness
from mlcore.explanation.toolkit.agreement import rank_correlation


def stability(exam: Examination) -> Likeness:
    """The rank correlation with the maps of copies of the picture under noise that one hardly sees.

    The paper measures a distance; ranks suit maps of any scale.
    """
    return likeness(rank_correlation(exam.explanation.heat, exam.again(copy)) for copy in _copies(exam))


def seeds(exam: Examination) -> Likeness | None:
    """The rank correlation with the map of another seed; None for a method without chance."""
    if "seed" not in exam.explanation.settings:
        return None
    other = exam.explanation.settings["seed"] + 1
    return likeness([rank_correlation(exam.explanation.heat, exam.again(seed=other))])


def _copies(exam: Examination) -> Iterator[np.ndarray]:
    rng = exam.rng(2)
    for _ in range(exam.repeats(exam.settings.copies)):
        noise = 255 * exam.settings.noise * rng.standard_normal(exam.picture.shape)
        yield np.clip(exam.picture + noise, 0, 255).astype("float32")
