"""Differentiable augmentation of what the critic sees (Zhao et al. 2020, arXiv:2006.10738): shift and cutout.

Real and made pictures are varied alike, so the generator doesn't learn the variations.
"""

import keras
from keras import ops

SHIFT = 1 / 8  # of the side, as in the paper
CUT = 1 / 2


def vary(pictures, seed):
    """Each picture (N, H, W, C) shifted by up to 1/8 of its side, then with a square of half its side set to 0."""
    return _cut(_shifted(_shifted(pictures, seed, axis=1), seed, axis=2), seed)


def _shifted(pictures, seed, axis: int):
    """Shifted along one axis by a number of its own for each picture; what comes in is 0."""
    count, side = ops.shape(pictures)[0], pictures.shape[axis]
    most = int(side * SHIFT + 0.5)
    shift = keras.random.randint((count, 1), -most, most + 1, seed=seed)
    source = ops.arange(side)[None] + shift
    inside = ops.cast((source >= 0) & (source < side), pictures.dtype)
    shape = (-1, side, 1, 1) if axis == 1 else (-1, 1, side, 1)
    taken = ops.take_along_axis(pictures, ops.reshape(ops.clip(source, 0, side - 1), shape), axis=axis)
    return taken * ops.reshape(inside, shape)


def _cut(pictures, seed):
    count, (height, width) = ops.shape(pictures)[0], pictures.shape[1:3]
    rows = _outside(count, height, seed)[:, :, None, None]
    columns = _outside(count, width, seed)[:, None, :, None]
    return pictures * ops.maximum(rows, columns)


def _outside(count, side: int, seed):
    """1 outside a stretch of half the side around a random centre, 0 inside: (N, side)."""
    centre = keras.random.randint((count, 1), 0, side + 1, seed=seed)
    return ops.cast(ops.abs(ops.arange(side)[None] - centre) > int(side * CUT) // 2, "float32")
