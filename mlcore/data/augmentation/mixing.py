"""Mixup and cutmix: two pictures become one, and its label says how much of it is of each class."""

import numpy as np

from mlcore.recipe import Augmentation

Mixed = tuple[np.ndarray, np.ndarray]
TOLD = (
    "Pictures are mixed two by two for training. There an answer counts as right when it is the class that most of the "
    "picture is of; validation and test pictures stay whole."
)


def is_on(settings: Augmentation) -> bool:
    """Whether pictures are mixed."""
    return bool(settings.mixup or settings.cutmix)


def mix(
    pictures: np.ndarray, labels: np.ndarray, classes: int, settings: Augmentation, rng: np.random.Generator
) -> Mixed:
    """Each picture of a batch mixed with another: pictures uint8 (N, ..., H, W, 3) and shares of classes (N, K).

    Where both ways are on, every picture goes one of them with even odds.
    """
    partners = rng.permutation(len(pictures))
    by_cutmix = rng.random(len(pictures)) < _odds_of_cutmix(settings)
    mixed, shares = np.empty_like(pictures), np.empty(len(pictures))
    for way, alpha, chosen in ((mixup, settings.mixup, ~by_cutmix), (cutmix, settings.cutmix, by_cutmix)):
        if chosen.any():
            drawn = rng.beta(alpha, alpha, np.count_nonzero(chosen))
            mixed[chosen], shares[chosen] = way(pictures[chosen], pictures[partners[chosen]], drawn, rng)
    return mixed, shared_labels(labels, labels[partners], shares, classes)


def _odds_of_cutmix(settings: Augmentation) -> float:
    return (1.0 if not settings.mixup else 0.5) if settings.cutmix else 0.0


def mixup(pictures: np.ndarray, others: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> Mixed:
    """The weighted mean of two pictures, and the first one's share of it (Zhang et al. 2018, arXiv:1710.09412)."""
    weights = np.rint(256 * shares).astype("uint16")
    own = weights.reshape(-1, *(1,) * (pictures.ndim - 1))
    total = pictures * own
    total += others * (256 - own)
    total += 128  # to round
    return (total >> 8).astype("uint8"), weights / 256


def cutmix(pictures: np.ndarray, others: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> Mixed:
    """A rectangle of another picture laid over each, and what is left of the first (Yun et al. 2019, arXiv:1905.04899).

    The rectangle has the picture's proportions and a random middle; what would lie outside is cut off.
    """
    height, width = pictures.shape[-3:-1]
    half = np.sqrt(1 - shares) / 2
    out, left = pictures.copy(), np.empty(len(pictures))
    for index, reach in enumerate(half):
        rows, columns = _cut(reach, height, rng), _cut(reach, width, rng)
        out[index][..., rows, columns, :] = others[index][..., rows, columns, :]
        left[index] = 1 - (rows.stop - rows.start) * (columns.stop - columns.start) / (height * width)
    return out, left


def _cut(reach: float, size: int, rng: np.random.Generator) -> slice:
    middle, reach = rng.uniform(0, size), reach * size
    return slice(max(0, round(middle - reach)), min(size, round(middle + reach)))


def shared_labels(labels: np.ndarray, others: np.ndarray, shares: np.ndarray, classes: int) -> np.ndarray:
    """Shares of the classes float32 (N, K), which sum to 1."""
    soft, places = np.zeros((len(labels), classes), "float32"), np.arange(len(labels))
    soft[places, labels] = shares
    soft[places, others] += 1 - shares
    return soft
