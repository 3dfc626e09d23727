"""Coalitions of players, chosen so that Shapley values come out as exact as a budget allows."""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

AT_ONCE = 4096  # drawn at once: numbers take eight times the memory of what is kept of them


@dataclass(frozen=True, eq=False)
class Coalitions:
    """Coalitions of some of the players: `present` bool (N, M), their `weights` float64 (N,).

    Neither nobody nor everybody is among them. `enumerated` is how many of the M - 1 sizes are there in full.
    """

    present: np.ndarray
    weights: np.ndarray
    enumerated: int


def all_of(players: int) -> int:
    """How many coalitions there are, without nobody and everybody."""
    return 2**players - 2


def chosen(players: int, budget: int, rng: np.random.Generator) -> Coalitions:
    """At most `budget` coalitions with the weights of the Shapley kernel (Lundberg and Lee 2017, theorem 2).

    Sizes are enumerated from the outside in: 1 and M - 1, 2 and M - 2, ..., as long as the budget's share for a
    size, by the weight of the size, covers all of its coalitions. What is left of the budget is drawn from the
    other sizes in pairs of a coalition and its complement (Covert and Lee 2021, arXiv:2012.01536, section 4.2),
    each size getting its share evenly; the draws share the weight of these sizes.
    """
    pairs = min(budget, all_of(players)) // 2  # of a coalition with its complement
    sizes = range(1, players // 2 + 1)
    left = {size: _weight_of(size, players) for size in sizes}
    present: list[np.ndarray] = []
    weights: list[float] = []
    for size in sizes:
        number = _pairs_of(size, players)
        if number > pairs * left[size] / sum(left.values()) * (1 + 1e-9):
            break
        present.append(_every(size, players))
        weights += [left.pop(size) / (2 * number)] * number
        pairs -= number
    if left and pairs:
        present.append(_drawn(left, players, pairs, rng))
        weights += [sum(left.values()) / (2 * pairs)] * pairs
    enumerated = sum(1 if 2 * size == players else 2 for size in sizes if size not in left)
    half = np.concatenate(present) if present else np.zeros((0, players), bool)
    return Coalitions(np.concatenate([half, ~half]), np.tile(weights, 2), enumerated)


def _weight_of(size: int, players: int) -> float:
    """The kernel's weight of all coalitions of a size and of their complements; they are (M - 1) / (s (M - s))."""
    return (1 if 2 * size == players else 2) * (players - 1) / (size * (players - size))


def _pairs_of(size: int, players: int) -> int:
    """How many pairs with one coalition of that size there are; in the middle, both are of that size."""
    return comb(players, size) // (2 if 2 * size == players else 1)


def _every(size: int, players: int) -> np.ndarray:
    """One coalition of each pair with one of a size: bool (pairs, players)."""
    members = np.array(list(combinations(range(players), size)))[: _pairs_of(size, players)]
    return np.eye(players, dtype=bool)[members].any(axis=1)  # in the middle, the complements come second


def _drawn(weights: dict[int, float], players: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Random coalitions, bool (count, players), of sizes spread evenly over the weights of the sizes."""
    shares = np.cumsum(list(weights.values())) / sum(weights.values())
    places = np.searchsorted(shares, (np.arange(count) + 0.5) / count)
    numbers = zip(weights, np.bincount(places, minlength=len(weights)), strict=True)
    return np.concatenate([_some(size, players, number, rng) for size, number in numbers])


def _some(size: int, players: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Random coalitions of a size, bool (count, players): different ones where there are few."""
    if _pairs_of(size, players) <= 10 * count:
        return rng.permutation(_every(size, players))[:count]
    parts = [min(AT_ONCE, count - start) for start in range(0, max(1, count), AT_ONCE)]
    return np.concatenate([rng.random((part, players)).argsort(axis=1) < size for part in parts])
