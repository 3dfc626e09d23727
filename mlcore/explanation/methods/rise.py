"""RISE: randomised input sampling for explanation (Petsiuk et al. 2018, arXiv:1806.07421)."""

import numpy as np

from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit import baselines, perturbation
from mlcore.explanation.toolkit.agreement import rank_correlation
from mlcore.progress import Progress, silent
from mlcore.settings import Settings, choice, number

CELLS = 8  # on 32 x 32 pixels 4 and 6 give steadier maps (two seeds agree by 0.97, not 0.81) that say less of the score


class RiseSettings(Settings):
    samples: int = number(1000, 2, 20_000, "Masks to try; more give a steadier map and take longer")
    cells: int = number(CELLS, 2, 32, "Cells of a mask along the shorter side; more find smaller places, less steadily")
    kept: float = number(0.5, 0.05, 0.95, "Share of the cells that a mask keeps", expert=True)
    baseline: baselines.Baseline = choice("mean", baselines.HELP)
    seed: int = number(0, 0, 2**31 - 1, "Number that the masks are drawn from", expert=True)


@methods.add("rise", "RISE", RiseSettings, traits=("signed", "random", "slow", "reports"))
def rise(
    settings: RiseSettings, score: Score, picture: np.ndarray, target: int, progress: Progress = silent
) -> Attribution:
    """How much higher the score is when random masks let a place be seen.

    Eq. 6, each pixel divided by how often it was seen. From that the mean score of all masks is taken, so that a
    place that doesn't matter has 0: the paper's scores are probabilities, these are logits, whose zero means
    nothing. `halves_agree` is the rank correlation of the maps that each half of the masks gives.
    """
    count = settings.samples
    masks = Masks(picture.shape, count, settings.cells, settings.kept, settings.seed)
    plain = baselines.plain(picture, settings.baseline)
    values = perturbation.scores(score, target, picture, plain, count, masks.of, progress)
    halves = np.arange(count) % 2 == [[0], [1]]
    heat, *each_half = masks.mean_kept(values, np.concatenate([np.ones((1, count), bool), halves]), progress)
    return Attribution(heat.astype("float32"), diagnostics={"halves_agree": rank_correlation(*each_half)})


class Masks:
    """Random masks that change smoothly (section 3.2): a grid of kept and hidden nodes, shifted, with straight lines.

    Cells are squares, and a node more on each side takes the place of the paper's upsampled and cropped grid.
    Each mask follows from its number and the seed, so they can be made again instead of being kept.
    """

    def __init__(self, shape: tuple[int, ...], count: int, cells: int, kept: float, seed: int):
        self._shape = shape
        cell = max(1, -(-min(shape[:2]) // cells))
        nodes = [-(-side // cell) + 2 for side in shape[:2]]
        rng = np.random.default_rng(seed)
        self._nodes = np.empty((count, *nodes), bool)
        for part in perturbation.groups(count, shape):
            self._nodes[part] = rng.random(self._nodes[part].shape) < kept
        self._shifts = rng.integers(0, cell, (2, count))
        self._weights = [_lines(side, cell, number) for side, number in zip(shape[:2], nodes, strict=True)]

    def of(self, part: slice) -> np.ndarray:
        """The masks of a slice: float32 (n, H, W), 0 to 1."""
        down, right = (weights[shift[part]] for weights, shift in zip(self._weights, self._shifts, strict=True))
        return down @ self._nodes[part].astype("float32") @ right.transpose(0, 2, 1)

    def mean_kept(self, values: np.ndarray, chosen: np.ndarray, progress: Progress = silent) -> np.ndarray:
        """By how much the mean of values (N,) is higher where a mask keeps a pixel: (k, H, W).

        Once for each choice of masks in `chosen`, bool (k, N). `progress` may end it, all scores being there.
        """
        values = values - values[0]  # so that equal values give exactly 0
        above = chosen * (values - (chosen @ values / chosen.sum(axis=1))[:, None])
        weighted, weights = np.zeros((2, len(chosen), *self._shape[:2]))
        for part in perturbation.groups(len(values), self._shape):
            kept = self.of(part)
            weighted = weighted + np.tensordot(above[:, part], kept, axes=1)
            weights = weights + np.tensordot(chosen[:, part].astype("float64"), kept, axes=1)
            progress(1.0)
        return weighted / np.maximum(weights, 1e-9)


def _lines(side: int, cell: int, nodes: int) -> np.ndarray:
    """The weight of each node for each pixel, float32 (cell, side, nodes), by the shift of the grid in pixels."""
    places = (np.arange(side) + np.arange(cell)[:, None]) / cell
    return np.maximum(0, 1 - np.abs(places[..., None] - np.arange(nodes))).astype("float32")
