"""Custom Keras layers of our own that a saved network may hold."""

from typing import Any

import keras
import numpy as np
from keras import ops

from mlcore.tensors import Tensor

SAMPLE = 2000  # pictures that the whitening is computed from; airbench uses 5,000 of 32 px, the filters agree
Shape = tuple[int | None, ...]  # None where a batch or a picture may have any size


@keras.saving.register_keras_serializable(package="vitrine")
class Whitening(keras.layers.Layer):
    """Fixed filters that decorrelate small patches, computed once from the training pictures.

    Input (N, H, W, 3) in 0..255; output (N, h, w, filters): the leading eigenvectors of the patch
    covariance, scaled to unit variance, then the same with the sign turned (Jordan 2024, arXiv:2404.00498,
    section 3.1; there 2 x 2 patches at stride 1, here 4 x 4 at stride 2, which is cheaper on a CPU).
    """

    def __init__(self, filters: int = 32, size: int = 4, strides: int = 2, **kwargs: Any):
        super().__init__(**kwargs)
        self.filters, self.size, self.strides = filters, size, strides

    def build(self, shape: Shape) -> None:
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.size, self.size, shape[-1], self.filters),
            initializer="glorot_uniform",
            trainable=False,
        )

    def call(self, pictures: Tensor) -> Tensor:
        return ops.conv(pictures / 127.5 - 1.0, self.kernel, strides=self.strides, padding="valid")

    def compute_output_shape(self, shape: Shape) -> Shape:
        sides = [(side - self.size) // self.strides + 1 if side else None for side in shape[1:3]]
        return (shape[0], *sides, self.filters)

    def adapt(self, pictures: np.ndarray) -> None:
        """Compute the filters from pictures uint8 (N, H, W, 3)."""
        self.kernel.assign(_whitening(pictures[:SAMPLE], self.size, self.filters))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "filters": self.filters, "size": self.size, "strides": self.strides}


@keras.saving.register_keras_serializable(package="vitrine")
class EachFrame(keras.layers.TimeDistributed):
    """Applies a layer to every frame of a clip (N, T, ...), all frames in one call.

    The answers are those of TimeDistributed, which calls the layer frame by frame: a training step of a small
    CNN over 8 frames took 4.2 times as long with it (64 clips of 24 x 24, TF 2.21, 2 cores).
    """

    def call(self, clips: Tensor, training: bool | None = None, mask: Any = None) -> Tensor:
        mode = {"training": training} if self.layer._call_has_training_arg else {}
        frames = self.layer(ops.reshape(clips, (-1, *clips.shape[2:])), **mode)
        return ops.reshape(frames, (-1, clips.shape[1], *frames.shape[1:]))


@keras.saving.register_keras_serializable(package="vitrine")
class BothViews(keras.layers.Layer):
    """Pictures and behind them their mirror images: (N, H, W, C) to (2N, H, W, C); in training the pictures alone.

    Frozen, both views are looked at in training too, as a backbone's answers must not depend on it.
    """

    fixed = True

    def call(self, pictures: Tensor, training: bool | None = None) -> Tensor:
        return pictures if training and self.trainable else ops.concatenate([pictures, ops.flip(pictures, axis=2)])

    def compute_output_shape(self, shape: Shape) -> Shape:
        return (None, *shape[1:])


@keras.saving.register_keras_serializable(package="vitrine")
class StrongerView(keras.layers.Layer):
    """Joins what `BothViews` parted: of each place of the map, the stronger of the two views.

    Maps (2N, h, w, C) to (N, h, w, C), the mirror images' turned back; in training, unless frozen, as they are.
    A network that pools by the maximum thus answers alike for a picture and its mirror image.
    """

    fixed = True

    def call(self, maps: Tensor, training: bool | None = None) -> Tensor:
        if training and self.trainable:
            return maps
        straight, mirrored = ops.split(maps, 2)
        return ops.maximum(straight, ops.flip(mirrored, axis=2))

    def compute_output_shape(self, shape: Shape) -> Shape:
        return (None, *shape[1:])


def _whitening(pictures: np.ndarray, size: int, filters: int, floor: float = 5e-4) -> np.ndarray:
    pixels = pictures.astype("float32") / 127.5 - 1.0
    windows = np.lib.stride_tricks.sliding_window_view(pixels, (size, size), axis=(1, 2))[:, ::2, ::2]
    patches = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, size * size * pixels.shape[-1])
    values, vectors = np.linalg.eigh(patches.T @ patches / len(patches))
    half = (filters + 1) // 2
    leading = vectors[:, ::-1][:, :half] / np.sqrt(values[::-1][:half] + floor)
    kernel = np.concatenate([leading, -leading], axis=1)[:, :filters]
    return kernel.reshape(size, size, pixels.shape[-1], filters).astype("float32")
