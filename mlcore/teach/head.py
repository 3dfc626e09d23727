"""The answer layer of a linear probe: multinomial logistic regression, strength chosen by cross-validation.

All folds and strengths are solved at once, as columns of one matrix, so that a fit takes a fraction of a second.
"""

from dataclasses import dataclass

import numpy as np

from mlcore.data import splits
from mlcore.evaluation import calibration, scores
from mlcore.evaluation.promises import HeldOut
from mlcore.intervals import Interval

STRENGTHS = (1.0, 10.0, 100.0)  # inverse penalties, in units of the features' own spread
SHARPEST, DULLEST = 1e4, 1e-2  # bounds of what the logits are multiplied by
FOLDS, INNER_FOLDS = 5, 3
NESTED = 100  # up to so many pictures the strength is chosen anew inside each fold; beyond, choosing hardly flatters
MEASURED = 2000  # pictures that cross-validation looks at, at the most
ONE_THREAD = 65536 * 4  # multiplications up to which OpenBLAS stays with one thread (its interface/gemm.c)
LEARNED, MOST_AXES = 20_000, 256  # pictures and axes of a head that answers for pictures left out
STEPS, ENOUGH = 200, 1e-3  # of the solver; the largest move of a weight that counts as standing still


@dataclass(frozen=True)
class Head:
    """Weights (C, K) and bias (K,): logits (N, K) of features (N, C)."""

    weights: np.ndarray
    bias: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Scores float32 (N, K)."""
        return np.asarray(features, "float32") @ self.weights + self.bias


@dataclass(frozen=True)
class Fitted:
    """A head, the inverse penalty it was fitted with, and how often answers for pictures left out were right.

    Pictures of a group, such as copies, are left out together, and a group counts as one picture: in `left_out` one of
    each has its scores from a head that saw none of the group.
    """

    head: Head
    strength: float
    accuracy: Interval
    left_out: HeldOut


def fit(features: np.ndarray, labels: np.ndarray, groups: np.ndarray | None = None, seed: int = 0) -> Fitted:
    """Fit a head to features (N, C) and labels (N,) of classes 0..K-1, and measure it by cross-validation.

    Minimises the summed cross entropy plus |W|^2 / (2 strength); the bias is free. A strong penalty ranks
    best with few pictures and answers too timidly, so the logits are then multiplied by a sharpness. Strength
    and sharpness are those with the least log loss on pictures left out; for up to 100 pictures they are chosen
    again without each fold, so that the accuracy isn't flattered by the choice (nested cross-validation).
    """
    groups = np.arange(len(labels)) if groups is None else groups
    scaled, mean, scale = _scaled(features)
    axes, coordinates = _principal(scaled)
    chosen = np.sort(np.random.default_rng(seed).permutation(len(labels))[:MEASURED])
    judged = coordinates if len(chosen) == len(labels) else _principal(scaled[chosen])[1]
    (strength, sharpness), outside = _validated(judged, labels[chosen], groups[chosen], seed, int(labels.max()) + 1)
    weights, bias = _solve(coordinates, labels, np.ones((1, len(labels))), np.array([strength]), int(labels.max()) + 1)
    weights, bias = axes @ weights[:, 0] * sharpness / scale, bias[0] * sharpness
    head = Head(weights.astype("float32"), (bias - mean @ weights).astype("float32"))
    right, first = outside.argmax(axis=1) == labels[chosen], np.unique(groups[chosen], return_index=True)[1]
    left_out = HeldOut(outside[first], labels[chosen][first], "left-out")
    return Fitted(head, strength, scores.accuracy(right, groups[chosen]), left_out)


def out_of_fold(
    features: np.ndarray, labels: np.ndarray, groups: np.ndarray, most: int = FOLDS, seed: int = 0
) -> np.ndarray:
    """Probabilities (N, K) of each picture by a head of middle strength that learned without its fold and group.

    Of many pictures each head learns from at most LEARNED others.
    """
    scaled, _, _ = _scaled(features)
    fold, classes = folds(labels, groups, most, seed), int(labels.max()) + 1
    chosen = np.random.default_rng(seed).permutation(len(labels))[:LEARNED]
    axes = _principal(scaled[chosen])[0][:, -MOST_AXES:].astype(scaled.dtype)
    coordinates = scaled @ axes
    masks = np.array([fold[chosen] != number for number in range(fold.max() + 1)], float)
    weights, bias = _solve(coordinates[chosen], labels[chosen], masks, np.full(len(masks), STRENGTHS[1]), classes)
    out = np.zeros((len(labels), classes))
    for number in range(len(masks)):
        left = fold == number
        out[left] = _softmax(coordinates[left] @ weights[:, number] + bias[number])
    return out


def folds(labels: np.ndarray, groups: np.ndarray, most: int, seed: int) -> np.ndarray:
    """The fold (N,) of each picture: classes spread evenly, groups whole; as many as the smallest class allows."""
    _, first, member = np.unique(groups, return_index=True, return_inverse=True)
    sizes = np.bincount(labels[first])
    count = int(np.clip(sizes[sizes > 0].min(), 2, most))
    draw = np.argsort(np.random.default_rng([seed, 77]).permutation(len(first)))
    return splits.folds(labels, groups, draw[member], count)


def _scaled(features: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    features = np.asarray(features, "float64" if len(features) <= MEASURED else "float32")
    mean = features.mean(axis=0)
    scale = float(np.sqrt(((features - mean) ** 2).sum(axis=1).mean())) or 1.0
    return (features - mean) / scale, mean, scale


def _validated(
    coordinates: np.ndarray, labels: np.ndarray, groups: np.ndarray, seed: int, classes: int
) -> tuple[tuple[float, float], np.ndarray]:
    """The best strength with its sharpness, and scores (N, K) of each picture by a head that didn't see it."""
    nested = len(labels) <= NESTED
    fold = folds(labels, groups, FOLDS, seed)
    kept = [fold != number for number in range(fold.max() + 1)]
    inner = [_inner(labels, groups, keep, seed) for keep in kept] if nested else []
    masks = np.array([*kept, *(mask for splits in inner for mask, _ in splits)], float)
    logits = _all_logits(coordinates, labels, masks, classes)  # (masks, strengths, N, K)
    best = _choice(logits[: len(kept)], labels, [~keep for keep in kept])
    outside, at = np.zeros((len(labels), classes)), len(kept)
    for number, keep in enumerate(kept):
        own = best
        if nested:
            count = len(inner[number])
            own = _choice(logits[at : at + count], labels, [left for _, left in inner[number]])
            at += count
        outside[~keep] = logits[number, own[0]][~keep] * own[1]
    return (STRENGTHS[best[0]], best[1]), outside


def _inner(labels: np.ndarray, groups: np.ndarray, keep: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Folds inside what is kept: what each trains on, and what it leaves out."""
    fold = np.full(len(labels), -1)
    fold[keep] = folds(labels[keep], groups[keep], INNER_FOLDS, seed)
    return [(keep & (fold != number), fold == number) for number in range(fold.max() + 1)]


def _choice(logits: np.ndarray, labels: np.ndarray, lefts: list[np.ndarray]) -> tuple[int, float]:
    """The index of the best strength and its sharpness, judged by the pictures that each problem left out.

    Of those that are no worse than the best by more than one standard error the strongest penalty is taken
    (Breiman et al. 1984, section 3.4.3), because with few pictures the least loss is mostly luck.
    """
    outside = np.concatenate([of[:, left] for of, left in zip(logits, lefts, strict=True)], axis=1)
    truth = np.concatenate([labels[left] for left in lefts])
    sharpness = _sharpness(outside, truth)
    each = np.arange(len(truth))
    scaled = zip(outside, sharpness, strict=True)
    losses = -np.array([calibration.log_softmax(of * sharp)[each, truth] for of, sharp in scaled])
    more = losses - losses[losses.mean(axis=1).argmin()]
    best = int((more.mean(axis=1) <= more.std(axis=1) / np.sqrt(len(truth))).argmax())
    return best, float(sharpness[best])


def _sharpness(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """What to multiply each strength's logits (S, N, K) by: least log loss against softened truth.

    One in n + 2 is taken from the truth (Platt 1999, section 2.2): where every answer is right, no more certainty
    is claimed than n pictures can bear.
    """
    count, classes = logits.shape[1:]
    truth = np.full((count, classes), 1 / (count + 2) / max(1, classes - 1))
    truth[np.arange(count), labels] = 1 - 1 / (count + 2)
    low, high = np.full(len(logits), np.log(DULLEST)), np.full(len(logits), np.log(SHARPEST))
    for _ in range(30):
        middle = (low + high) / 2
        excess = _softmax(logits * np.exp(middle)[:, None, None]) - truth
        rising = (excess * logits).sum(axis=(1, 2)) > 0
        low, high = np.where(rising, low, middle), np.where(rising, middle, high)
    return np.exp((low + high) / 2)


def _all_logits(coordinates: np.ndarray, labels: np.ndarray, masks: np.ndarray, classes: int) -> np.ndarray:
    every = np.repeat(masks, len(STRENGTHS), axis=0)
    weights, bias = _solve(coordinates, labels, every, np.tile(STRENGTHS, len(masks)), classes)
    logits = (_times(coordinates, weights) + bias).transpose(1, 0, 2)
    return logits.reshape(len(masks), len(STRENGTHS), len(labels), classes)


def _solve(
    coordinates: np.ndarray, labels: np.ndarray, masks: np.ndarray, strengths: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (R, B, K) and bias (B, K) of B problems that differ in the pictures they see and the strength.

    Accelerated descent in the metric of Boehning's bound on the curvature, half of X'X (Boehning 1992, Annals of the
    Institute of Statistical Mathematics 44:197), which is diagonal for coordinates along principal axes; restarted
    where it overshoots (O'Donoghue and Candes 2015, arXiv:1204.3982).
    """
    penalty, mask = 1 / np.asarray(strengths), masks.T[:, :, None]
    step = 1 / ((coordinates**2).sum(axis=0)[:, None] / 2 + penalty)[:, :, None]
    truth = np.eye(classes)[labels][:, None].astype(coordinates.dtype)
    weights = previous = ahead = np.zeros((coordinates.shape[1], len(penalty), classes), coordinates.dtype)
    bias = bias_previous = bias_ahead = np.zeros((len(penalty), classes), coordinates.dtype)
    momentum = 1.0
    for _ in range(STEPS):
        excess = (_softmax(_times(coordinates, ahead) + bias_ahead) - truth) * mask
        weights = ahead - step * (_times(coordinates.T, excess) + penalty[:, None] * ahead)
        bias = bias_ahead - excess.sum(axis=0) * 2 / len(labels)
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        if ((ahead - weights) * (weights - previous)).sum() > 0:
            momentum = following = 1.0
        carried = (momentum - 1) / following
        ahead, bias_ahead = weights + carried * (weights - previous), bias + carried * (bias - bias_previous)
        moved = max(np.abs(weights - previous).max(), np.abs(bias - bias_previous).max())
        previous, bias_previous, momentum = weights, bias, following
        if moved < ENOUGH:
            break
    return weights, bias


def _principal(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Axes (C, R) and the features' coordinates along them (N, R); R is at most the number of pictures."""
    if len(features) < features.shape[1]:
        values, vectors = np.linalg.eigh(features @ features.T)
        kept = values > values[-1] * 1e-10
        kept[-1] = True  # also where all pictures are alike
        spread = np.sqrt(np.maximum(values[kept], np.finfo("float32").tiny))
        return features.T @ (vectors[:, kept] / spread), vectors[:, kept] * spread
    _, axes = np.linalg.eigh(features.T @ features)
    return axes, features @ axes


def _times(matrix: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The product, in pieces small enough for one thread: many small ones in step cost 13 times the wall time."""
    flat = columns.reshape(len(columns), -1)
    width = ONE_THREAD // matrix.size or flat.shape[1]
    parts = [matrix @ flat[:, at : at + width] for at in range(0, flat.shape[1], width)]
    return np.concatenate(parts, axis=1).reshape(len(matrix), *columns.shape[1:])


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)
