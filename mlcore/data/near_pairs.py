"""Similarity search: which of many signatures correlate, exactly, in blocks and without keeping all pairs.

Of many pictures only those are compared whole that a few numbers of each can't tell apart: along any axes that are
orthogonal a correlation is at most that of the coordinates plus the product of what the axes leave over (Cauchy and
Schwarz), and two pictures that are near in all are near along the first axis; so nothing is missed.
"""

from collections.abc import Callable, Iterator

import numpy as np

from mlcore.data.components import components
from mlcore.progress import Progress, silent

Take = Callable[[np.ndarray], np.ndarray]  # signatures float32 (n, 16 * 16 * 3) of these pictures
Pairs = tuple[np.ndarray, np.ndarray]
ALL_AT_ONCE = 2000  # pictures up to which every pair is compared whole
AXES, LEARNED_FROM = 32, 1000  # axes for more of them, and how many pictures choose the axes
ROWS, COLUMNS, COMPARED = 256, 4096, 1000  # pictures by pictures of one block, pairs compared whole at a time
ROUNDING = 1e-4  # of float32, generously


def linked(take: Take, count: int, alike: float, mirrored: bool = False, progress: Progress = silent) -> np.ndarray:
    """For each picture int64 (count,) the first one that it is linked to by pairs that correlate; itself if none.

    With `mirrored` a picture is also compared with mirror images.
    """
    group_of = np.arange(count)
    for first, second in _candidates(take, count, alike, mirrored, progress):
        for start in range(0, len(first), COMPARED):
            one, other = first[start : start + COMPARED], second[start : start + COMPARED]
            apart = group_of[one] != group_of[other]
            near = correlations(take(one[apart]), take(other[apart]), mirrored) >= alike
            if near.any():
                group_of = components(count, group_of[one[apart][near]], group_of[other[apart][near]])[group_of]
    return group_of


def correlations(one: np.ndarray, other: np.ndarray, mirrored: bool = False) -> np.ndarray:
    """The correlation (n,) of signatures (n, 768) with others, with `mirrored` or with their mirror images."""
    even, odd = np.split(_folded(one) * _folded(other), 2, axis=1)
    even, odd = even.sum(axis=1), odd.sum(axis=1)
    return even + (np.abs(odd) if mirrored else odd)


def _candidates(take: Take, count: int, alike: float, mirrored: bool, progress: Progress) -> Iterator[Pairs]:
    """Pairs of pictures that may correlate, each once."""
    coordinates, signs = _coordinates(take, count)
    lengths = np.einsum("ij,ij->i", coordinates, coordinates)
    rows = np.flatnonzero(lengths > 0.5)  # plain pictures, of length 0, have nothing to compare
    rows = rows[np.argsort(coordinates[rows, 0], kind="stable")]
    ordered, reach, least = coordinates[rows], np.sqrt(2 - 2 * alike) + ROUNDING, alike - ROUNDING
    for start in range(0, len(rows), ROWS):
        block = ordered[start : start + ROWS]
        end = int(np.searchsorted(ordered[:, 0], block[-1, 0] + reach, "right"))
        for left in range(start, end, COLUMNS):
            others = ordered[left : min(left + COLUMNS, end)].T
            near = block @ others >= least
            if mirrored:
                near |= (block * signs) @ others >= least
            one, other = np.nonzero(near)
            later = other + left > one + start
            yield rows[one[later] + start], rows[other[later] + left]
        progress(min(start + ROWS, len(rows)) / len(rows))


def _coordinates(take: Take, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates float32 (count, K + 1), whose products are no less than correlations, and their mirror signs."""
    if count <= ALL_AT_ONCE:
        folded = _folded(take(np.arange(count)))
        return folded, np.repeat(np.array([1, -1], "float32"), folded.shape[1] // 2)
    axes, signs = _axes(_folded(take(np.linspace(0, count - 1, min(count, LEARNED_FROM)).astype(int))))
    out = np.empty((count, len(signs) + 1), "float32")
    for start in range(0, count, COMPARED):
        folded = _folded(take(np.arange(start, min(start + COMPARED, count))))
        along = folded @ axes
        rest = (folded**2).sum(axis=1) - (along**2).sum(axis=1)
        out[start : start + COMPARED] = np.column_stack([along, np.sqrt(np.maximum(rest, 0))])
    return out, np.append(signs, np.float32(1))


def _axes(folded: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The axes (768, K) along which pictures differ most, each either even or odd in the mirror; the first is even."""
    size, spreads, columns = folded.shape[1] // 2, [], []
    for half in range(2):
        part = folded[:, half * size : (half + 1) * size]
        values, vectors = np.linalg.eigh(part.T @ part)
        spreads.append(values)
        columns.append(np.pad(vectors, ((half * size, (1 - half) * size), (0, 0))))
    spreads[0][-1] = np.inf
    best = np.argsort(-np.concatenate(spreads))[:AXES]
    return np.concatenate(columns, axis=1)[:, best], np.where(best < size, 1, -1).astype("float32")


def _folded(signatures: np.ndarray) -> np.ndarray:
    """Signatures in coordinates of the same length: the first half stays in the mirror, the second changes its sign."""
    pictures = signatures.reshape(len(signatures), 16, 2, 8, 3)
    left, right = pictures[:, :, 0], pictures[:, :, 1, ::-1]
    return np.stack([left + right, left - right], axis=1).reshape(signatures.shape) * np.float32(np.sqrt(0.5))
