"""Does the map stay when nothing that matters has changed? (Bhatt et al. 2020, arXiv:2005.00631, definition 2.)"""

import numpy as np

from mlcore.explanation.judge.examination import Case
from mlcore.explanation.judge.likeness import Likeness, likeness
from mlcore.explanation.toolkit.agreement import rank_correlation


def stability(case: Case) -> Likeness:
    """The rank correlation with the maps of copies of the picture under noise that one hardly sees.

    The paper measures a distance; ranks suit maps of any scale.
    """
    return likeness(rank_correlation(case.explanation.heat, case.again(copy)) for copy in _copies(case))


def seeds(case: Case) -> Likeness | None:
    """The rank correlation with the map of another seed; None for a method without chance."""
    if "seed" not in case.explanation.settings:
        return None
    other = case.explanation.settings["seed"] + 1
    return likeness([rank_correlation(case.explanation.heat, case.again(seed=other))])


def _copies(case: Case):
    rng = case.rng(2)
    for _ in range(case.repeats(case.settings.copies)):
        noise = 255 * case.settings.noise * rng.standard_normal(case.picture.shape)
        yield np.clip(case.picture + noise, 0, 255).astype("float32")
