"""Building blocks that several families share: the input, the stem, a normalised convolution, the head."""

from collections.abc import Callable
from typing import Any

from mlcore.errors import Kind, Refused
from mlcore.tensors import KerasModel, Tensor


def at_least(smallest: Callable[[Any, tuple[int, ...]], int]) -> Callable[[Any, tuple[int, ...]], None]:
    """The check of an entry whose pictures must have a side in pixels, by settings and shape, or shrink to nothing."""

    def check(settings: Any, shape: tuple[int, ...]) -> None:
        side = smallest(settings, shape)
        if min(shape[:2]) < side:
            raise Refused(
                Kind.NOT_COMPATIBLE,
                f"This architecture needs pictures of at least {side} x {side} pixels; these have "
                f"{shape[1]} x {shape[0]}. Choose another one, such as mlp, or add the data again with a larger size.",
            )

    return check


def reduction(shape: tuple[int, ...]) -> int:
    """How much a stem shrinks the picture: 1 up to 64 pixels, 2 up to 128, 4 above.

    What follows works on at most 64 x 64 places (56 x 56 for 224 pixels, as in He et al. 2015), so the
    work per picture stays within reach of a CPU.
    """
    side = max(shape[:2])
    return 1 if side <= 64 else 2 if side <= 128 else 4


def pictures(shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """The network's input (N, H, W, 3) in 0..255 and the same in -1..1."""
    import keras

    inputs = keras.Input(shape)
    return inputs, keras.layers.Rescaling(1 / 127.5, offset=-1)(inputs)


def stem(x: Tensor, filters: int, shrink: int, activation: str | None = "relu") -> Tensor:
    """The first convolution: 3 x 3, or where it shrinks the picture 7 x 7 at stride 2 (and a pooling for 4)."""
    from keras import layers

    x = convolution(x, filters, 3 if shrink == 1 else 7, min(shrink, 2), activation)
    return layers.MaxPooling2D(3, 2, padding="same")(x) if shrink == 4 else x


def convolution(x: Tensor, filters: int, size: int = 3, strides: int = 1, activation: str | None = "relu") -> Tensor:
    """Convolution without bias, batch normalisation and, unless None, an activation."""
    from keras import layers

    x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
    x = normalised(x)
    return layers.Activation(activation)(x) if activation else x


def normalised(x: Tensor) -> Tensor:
    """Batch normalisation whose running statistics settle within some fifty steps, for short runs."""
    from keras import layers

    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def network(inputs: Tensor, x: Tensor, classes: int, name: str) -> KerasModel:
    """The whole network, its head averaging each filter over the picture: one linear layer makes the logits."""
    import keras

    x = keras.layers.GlobalAveragePooling2D(name="pooled")(x)
    return keras.Model(inputs, keras.layers.Dense(classes, name="logits")(x), name=name)
