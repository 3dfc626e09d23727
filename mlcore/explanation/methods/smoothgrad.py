"""SmoothGrad: saliency averaged over noise (Smilkov et al. 2017, arXiv:1706.03825)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit.agreement import rank_correlation
from mlcore.explanation.toolkit.noise import noisy_gradients
from mlcore.progress import Progress, part, silent
from mlcore.settings import Settings, number


class SmoothGradSettings(Settings):
    samples: int = number(50, 2, 500, "Noisy copies to average; more give a steadier map and take longer")
    noise: float = number(0.15, 0.0, 1.0, "Spread of the noise, as a share of the picture's range of values")
    seed: int = number(0, 0, 2**31 - 1, "Number that the noise is drawn from", expert=True)


@methods.add("smoothgrad", "SmoothGrad", SmoothGradSettings, traits=("random", "reports"))
def smoothgrad(
    settings: SmoothGradSettings, score: Score, picture: np.ndarray, target: int, progress: Progress = silent
) -> Attribution:
    """The gradient averaged over noisy copies of the picture, which leaves less speckle.

    The signed gradients are averaged first and their size is taken last; the paper's figures (section 3)
    leave the order open. `halves_agree` is the rank correlation of the maps that each half of the copies gives.
    """
    spread = settings.noise * float(np.ptp(picture))
    rng = np.random.default_rng(settings.seed)
    halves = [
        sum(group.sum(axis=0) for group in noisy_gradients(score, picture, target, spread, rng, count, hear))
        for count, hear in in_halves(settings.samples, progress)
    ]
    values = (halves[0] + halves[1]) / settings.samples
    agreement = rank_correlation(*(_size(half) for half in halves))
    return Attribution(_size(values), values, {"halves_agree": agreement})


def in_halves(samples: int, progress: Progress) -> list[tuple[int, Progress]]:
    """The number of copies of each half, with its progress."""
    counts = samples - samples // 2, samples // 2
    return [(count, part(progress, half, 2)) for half, count in enumerate(counts)]


def _size(values: np.ndarray) -> np.ndarray:
    return np.abs(values).max(axis=-1)
