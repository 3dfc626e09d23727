"""KernelSHAP: Shapley values by regression (Lundberg and Lee 2017, arXiv:1705.07874)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit import baselines, coalitions, perturbation
from mlcore.explanation.toolkit.regression import least_squares
from mlcore.explanation.toolkit.segments import segments, spread
from mlcore.progress import Progress, silent
from mlcore.settings import Settings, choice, number

EXACT_UP_TO = 12  # segments, of which there are 4,094 combinations
OTHERWISE = 1000


class KernelShapSettings(Settings):
    segments: int = number(25, 2, 200, "Regions to cut the picture into, about; up to 12 are computed exactly")
    samples: int = number(0, 0, 100_000, "Combinations of regions to try; 0 for all up to 12 regions, 1,000 beyond")
    baseline: baselines.Baseline = choice("mean", baselines.HELP)
    seed: int = number(0, 0, 2**31 - 1, "Number that combinations are drawn from", expert=True)


@methods.add(
    "kernel-shap", "KernelSHAP", KernelShapSettings, traits=("signed", "complete", "random", "slow", "reports")
)
def kernel_shap(
    settings: KernelShapSettings, score: Score, picture: np.ndarray, target: int, progress: Progress = silent
) -> Attribution:
    """What each region adds to the score, averaged over all orders in which regions could appear.

    The Shapley values of the regions (theorem 2), by weighted least squares under the constraint that they sum to
    the score of the picture minus the score of the plain one. A region's value is spread evenly over its pixels.
    `exact` says whether every combination was tried; `subset_sizes_enumerated` of how many sizes all were;
    `efficiency_gap` is how far the sum is from that difference.
    """
    labels = segments(picture, settings.segments)
    plain = baselines.plain(picture, settings.baseline)
    before, after = perturbation.finite(score.values(np.stack([plain, picture]), target)).astype("float64")
    players = int(labels.max()) + 1
    subsets = coalitions.chosen(players, _budget(settings.samples, players), np.random.default_rng(settings.seed))
    worth = perturbation.scores(
        score, target, picture, plain, len(subsets.present), lambda part: subsets.present[part][:, labels], progress
    )
    values = shapley(subsets, worth - before, after - before, progress)
    facts: dict[str, float | str] = {
        "efficiency_gap": abs(float(values.sum() - (after - before))),
        "exact": "yes" if subsets.enumerated == players - 1 else "no",
        "subset_sizes_enumerated": f"{subsets.enumerated} of {players - 1}",
        "segments": float(players),
        "combinations": float(len(worth)),
        "score_of_the_plain_picture": float(before),
    }
    return Attribution(spread(values, labels), diagnostics=facts)


def shapley(subsets: coalitions.Coalitions, worth: np.ndarray, total: float, progress: Progress = silent) -> np.ndarray:
    """The values (M,) that sum to `total` and fit the worth (N,) of the coalitions best, by their weights.

    Equation 7 of Covert and Lee 2021, arXiv:2012.01536. Where the coalitions are too few to decide, the values
    nearest to equal shares. `progress` may end it.
    """
    players = subsets.present.shape[1]
    equal = np.full(players, total / players)
    # What is left over sums to 0: within those directions it is ordinary least squares.
    free = np.linalg.qr(np.column_stack([np.ones(players), np.eye(players)[:, 1:]]))[0][:, 1:]
    root = np.sqrt(subsets.weights)[:, None]

    def rows(part: slice) -> np.ndarray:
        present = subsets.present[part]
        return root[part] * np.column_stack([present @ free, worth[part] - present @ equal])

    values = equal + free @ least_squares(rows, len(worth), progress)
    return values + (total - values.sum()) / players  # the last digits


def _budget(samples: int, players: int) -> int:
    return samples or (coalitions.all_of(players) if players <= EXACT_UP_TO else OTHERWISE)
