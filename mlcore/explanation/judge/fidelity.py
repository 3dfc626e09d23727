"""Mu-fidelity (Bhatt et al. 2020, arXiv:2005.00631, definition 3): does heat go with effect?"""

import numpy as np

from mlcore.explanation.judge import spread
from mlcore.explanation.judge.curves import group
from mlcore.explanation.judge.examination import Examination
from mlcore.intervals import Interval

CELLS = 8  # along each side; single pixels of a photo hardly matter one by one
HIDDEN = 0.2  # share of the cells that a region hides


def fidelity(exam: Examination) -> Interval:
    """The correlation of the heat within random regions with the score that is lost when they are hidden.

    Regions are a fifth of the cells of a grid of 8 x 8; the score is the logit. -1 to 1 with Fisher's interval, 0
    where the heat or the score is the same for all regions.
    """
    plain = exam.plain(exam.settings.deletion_baseline)
    regions = _regions(exam.explanation.heat.shape, exam.settings.subsets, exam.rng(1))
    sums = regions.reshape(len(regions), -1) @ exam.explanation.heat.ravel().astype("float64")
    lost = exam.logit(exam.picture[None])[0] - _hidden(exam, plain, regions)
    return spread.of_correlation(_correlation(sums, lost), len(regions))


def _hidden(exam: Examination, plain: np.ndarray, regions: np.ndarray) -> np.ndarray:
    size = group(exam.picture.shape)
    parts = (regions[start : start + size, ..., None] for start in range(0, len(regions), size))
    return np.concatenate([exam.logit(np.where(part, plain, exam.picture).astype("float32")) for part in parts])


def _regions(shape: tuple[int, ...], count: int, rng: np.random.Generator) -> np.ndarray:
    """Random unions of cells: bool (count, *shape), each of the same number of cells."""
    rows, columns = (np.arange(side) * min(CELLS, side) // side for side in shape[-2:])
    cells = rows[:, None] * (columns[-1] + 1) + columns
    number = int(cells.max()) + 1
    places = rng.random((count, number)).argsort(axis=1)
    chosen = places < max(1, round(HIDDEN * number))
    return np.broadcast_to(chosen[:, None, cells], (count, int(np.prod(shape[:-2])), *cells.shape)).reshape(
        count, *shape
    )


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float(np.clip((one * other).sum() / size, -1, 1)) if size > 1e-9 else 0.0
