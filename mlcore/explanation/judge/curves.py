"""Deletion and insertion curves: what a network answers while places are exchanged, the most important first."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from mlcore.explanation.judge.random_maps import same_grain

Pair = tuple[np.ndarray, np.ndarray]  # pictures (H, W, 3) before any place is exchanged, and after all are

GROUP = 128  # pictures of up to 64 x 64 in memory at a time, as in mlcore.explanation.toolkit.perturbation
GROUP_PIXELS = GROUP * 64 * 64


def ranking(heat: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each place's rank, int in the shape of the heat: 0 is exchanged first.

    Of places with the same heat, chance decides, in patches of the map's own grain: by their position, the top
    of the picture would always come first.
    """
    chance = rng.random(heat.size)
    order = np.lexsort((chance, same_grain(heat, rng).ravel(), -np.asarray(heat, "float64").ravel()))
    ranks = np.empty(heat.size, "int64")
    ranks[order] = np.arange(heat.size)
    return ranks.reshape(heat.shape)


def amounts(places: int, steps: int) -> np.ndarray:
    """How many places are exchanged after each step: int (steps + 1,), from none to all."""
    return np.unique(np.rint(np.linspace(0, places, steps + 1)).astype("int64"))


def exchanged(before: np.ndarray, after: np.ndarray, ranks: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Copies of a picture `before` with the first places taken from `after`: one for each count."""
    moved = ranks < counts.reshape(-1, *[1] * ranks.ndim)
    return np.where(moved[..., None], after, before).astype("float32")


def curves(
    values: Callable[[np.ndarray], np.ndarray], pairs: list[Pair], rankings: list[np.ndarray], steps: int
) -> np.ndarray:
    """The values along the ways from one picture to another, float64 (pairs, rankings, steps + 1).

    `values(batch)` gives one number for each picture, `pairs` are (before, after). The ends of a pair are the same
    for every ranking and asked once. All goes in as few batches as can be.
    """
    counts = amounts(rankings[0].size, steps)
    parts = (part for before, after in pairs for part in _along(before, after, rankings, counts))
    answers = [values(batch) for batch in together(parts, group(pairs[0][0].shape))]
    table = np.empty((len(pairs), len(rankings), len(counts)))
    for own, flat in zip(table, np.split(np.concatenate(answers), len(pairs)), strict=True):
        own[:, 0], own[:, -1] = flat[:2]
        own[:, 1:-1] = np.reshape(flat[2:], (len(rankings), -1))
    return table


def _along(
    before: np.ndarray, after: np.ndarray, rankings: list[np.ndarray], counts: np.ndarray
) -> Iterator[np.ndarray]:
    yield np.stack([before, after]).astype("float32")
    for ranks in rankings:
        yield exchanged(before, after, ranks, counts[1:-1])


def area(values: np.ndarray, places: int, steps: int) -> np.ndarray:
    """The area under curves (..., steps + 1) over the share of exchanged places, 0 to 1, by the trapezoid rule."""
    return np.trapezoid(values, amounts(places, steps) / places, axis=-1)


def together(parts: Iterable[np.ndarray], most: int) -> Iterator[np.ndarray]:
    """The parts, in their order, joined to batches of at most so many pictures, or of one part that is larger."""
    waiting: list[np.ndarray] = []
    for part in parts:
        if waiting and sum(map(len, waiting)) + len(part) > most:
            yield np.concatenate(waiting)
            waiting = []
        waiting.append(part)
    yield np.concatenate(waiting)


def group(shape: tuple[int, ...]) -> int:
    """How many pictures of a shape (..., C) are held in memory at a time."""
    return max(1, min(GROUP, GROUP_PIXELS // int(np.prod(shape[:-1]))))
