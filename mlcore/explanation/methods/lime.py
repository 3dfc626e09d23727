"""LIME: local surrogate model (Ribeiro et al. 2016, arXiv:1602.04938)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit import baselines, perturbation
from mlcore.explanation.toolkit.agreement import rank_correlation
from mlcore.explanation.toolkit.segments import segments, spread
from mlcore.progress import Progress, silent
from mlcore.settings import Settings, choice, number


class LimeSettings(Settings):
    segments: int = number(25, 2, 200, "Regions to cut the picture into, about")
    samples: int = number(1000, 10, 20_000, "Copies to try, each with half of the regions hidden, about")
    baseline: baselines.Baseline = choice("mean", baselines.HELP)
    ridge: float = number(1.0, 0.0, 1000.0, "How strongly the weights of the linear model are held small", expert=True)
    width: float = number(0.25, 0.01, 10.0, "How far a copy may be from the picture and still count", expert=True)
    seed: int = number(0, 0, 2**31 - 1, "Number that the copies are drawn from", expert=True)


@methods.add("lime", "LIME", LimeSettings, traits=("signed", "random", "slow", "reports"))
def lime(
    settings: LimeSettings, score: Score, picture: np.ndarray, target: int, progress: Progress = silent
) -> Attribution:
    """What each region is worth in a linear model that answers as the network does near this picture.

    Section 3.4 with weighted ridge regression; copies count by exp(-d^2 / width^2), where d is the cosine distance
    from the whole picture. A region's weight is spread evenly over its pixels, so that the heat of a region sums
    to its weight. `r_squared` is the weighted share of the score's variance that the linear model explains: near 0,
    the map means little. `halves_agree` is the rank correlation of what each half of the copies says.
    """
    labels = segments(picture, settings.segments)
    kept = _drawn(settings.samples, int(labels.max()) + 1, settings.seed)
    plain = baselines.plain(picture, settings.baseline)
    outputs = perturbation.scores(
        score, target, picture, plain, len(kept), lambda part: kept[part][:, labels], progress
    )
    weights = np.exp(-((_distance(kept) / settings.width) ** 2))
    worth, r_squared = ridge(kept, outputs, weights, settings.ridge)
    halves = [ridge(kept[half::2], outputs[half::2], weights[half::2], settings.ridge)[0] for half in (0, 1)]
    agreement = rank_correlation(*halves)
    facts: dict[str, float | str] = {"r_squared": r_squared, "halves_agree": agreement, "segments": float(len(worth))}
    return Attribution(spread(worth, labels), diagnostics=facts)


def ridge(kept: np.ndarray, outputs: np.ndarray, weights: np.ndarray, penalty: float) -> tuple[np.ndarray, float]:
    """The weight of each region (M,) and the weighted R squared of a ridge regression with an intercept.

    `kept` is (N, M), `outputs` and `weights` are (N,). The intercept isn't held small. With a penalty of 0 and too
    few copies to decide, the smallest weights that fit.
    """
    share = weights / weights.sum()
    inputs, output = kept - share @ kept, outputs - share @ outputs
    root = np.sqrt(weights)
    rows = np.concatenate([root[:, None] * inputs, np.sqrt(penalty) * np.eye(kept.shape[1])])
    worth = np.linalg.lstsq(rows, np.append(root * output, np.zeros(kept.shape[1])))[0]
    whole, left = share @ output**2, share @ (output - inputs @ worth) ** 2
    return worth, float(1 - left / whole) if whole > 0 else 1.0


def _drawn(count: int, size: int, seed: int) -> np.ndarray:
    """Which regions each copy keeps, each with a chance of one half: bool (count, size); the first keeps all."""
    kept = np.random.default_rng(seed).random((count, size)) < 0.5
    kept[0] = True
    return kept


def _distance(kept: np.ndarray) -> np.ndarray:
    """The cosine distance of each copy from the whole picture: 0 to 1."""
    return 1 - np.sqrt(kept.mean(axis=1))
