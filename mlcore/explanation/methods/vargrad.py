"""VarGrad: variance of saliency under noise (Adebayo et al. 2018, arXiv:1810.03292)."""

from collections.abc import Iterable

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.methods.smoothgrad import SmoothGradSettings, in_halves
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit.agreement import rank_correlation
from mlcore.explanation.toolkit.noise import noisy_gradients
from mlcore.progress import Progress, silent


@methods.add("vargrad", "VarGrad", SmoothGradSettings, traits=("random", "reports"))
def vargrad(
    settings: SmoothGradSettings, score: Score, picture: np.ndarray, target: int, progress: Progress = silent
) -> Attribution:
    """Where the network's reaction changes most when the picture gets noisy.

    The variance of the gradient over noisy copies, as SmoothGrad draws them; the largest of a pixel's three
    colours. Where the score is a straight line there is none. `halves_agree` is the rank correlation of the maps
    that each half of the copies gives.
    """
    spread = settings.noise * float(np.ptp(picture))
    rng = np.random.default_rng(settings.seed)
    parts = in_halves(settings.samples, progress)
    around = score.gradient(picture[None], target)[0]  # squares of small differences lose fewer digits
    halves = [_sums(noisy_gradients(score, picture, target, spread, rng, *part), around) for part in parts]
    whole = halves[0] + halves[1]
    counts = *(count for count, _ in parts), settings.samples
    heats = [_variance(sums, count) for sums, count in zip((*halves, whole), counts, strict=True)]
    return Attribution(heats[-1], diagnostics={"halves_agree": rank_correlation(*heats[:2])})


def _sums(groups: Iterable[np.ndarray], around: np.ndarray) -> np.ndarray:
    """The sum of the gradients' differences from `around` and that of their squares, float64 (2, H, W, 3)."""
    sums = np.zeros((2, *around.shape))
    for group in groups:
        sums += np.stack([group - around, (group - around) ** 2]).sum(axis=1, dtype="float64")
    return sums


def _variance(sums: np.ndarray, count: int) -> np.ndarray:
    mean, square = sums / count
    return np.maximum(square - mean**2, 0).max(axis=-1).astype("float32")
