"""DenseNet, densely connected networks: every layer sees the maps of all layers before it."""

from mlcore.architectures import shelf
from mlcore.architectures.blocks import at_least, network, normalised, pictures, reduction
from mlcore.settings import Settings, choice, number
from mlcore.tensors import KerasModel, Tensor

DEFAULTS = {
    "batch_size": 128,
    "epochs": 12,
    "optimizer": "nesterov",
    "learning_rate": 0.2,
    "schedule": "one-cycle",
    "weight_decay": 0.003,
    "label_smoothing": 0.1,
    "augmentation": {"flip": True, "shift": 2},
}
BOTTLENECK = 4  # filters of the 1 x 1 convolution before each 3 x 3, in multiples of the growth; section 3


class DensenetSettings(Settings):
    growth: int = number(12, 4, 64, "Filters that each layer adds to the maps before it")
    layers: int = number(6, 1, 32, "Layers in each of the three stages; 6 are called DenseNet-BC-40")
    fine: bool = choice(False, "Begin at the picture's full resolution: finer maps, about four times the work")
    compression: float = number(0.5, 0.1, 1.0, "Share of the filters that is kept between two stages", expert=True)


def _shrink(settings: DensenetSettings, shape: tuple[int, ...]) -> int:
    return reduction(shape) if settings.fine else max(2, reduction(shape))


@shelf.add(
    "densenet",
    "DenseNet",
    DensenetSettings,
    traits=("pooled-head",),
    defaults=DEFAULTS,
    check=at_least(lambda settings, shape: 8 * _shrink(settings, shape)),
)
def densenet(settings: DensenetSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """Each layer adds a few filters to all earlier ones: few weights, much reuse, slower on a CPU.

    After Huang et al. 2016 (arXiv:1608.06993), with bottlenecks and compression (DenseNet-BC). Up to 128 pixels the
    first convolution halves the map unless `fine`, which a CPU needs; above it is theirs for ImageNet.
    """
    shrink = _shrink(settings, shape)
    inputs, x = pictures(shape)
    x = _stem(x, 2 * settings.growth, shrink)
    for stage in range(3):
        x = _transition(x, settings.compression) if stage else x
        for _ in range(settings.layers):
            x = _layer(x, settings.growth)
    return network(inputs, _activated(x), classes, "densenet")


def _stem(x: Tensor, filters: int, shrink: int) -> Tensor:
    from keras import layers

    x = _convolution(x, filters, 7 if shrink == 4 else 3, min(shrink, 2))
    return layers.MaxPooling2D(3, 2, padding="same")(x) if shrink == 4 else x


def _layer(x: Tensor, growth: int) -> Tensor:
    from keras import layers

    new = _convolution(_activated(x), BOTTLENECK * growth, 1)
    new = _convolution(_activated(new), growth, 3)
    return layers.Concatenate()([x, new])


def _transition(x: Tensor, compression: float) -> Tensor:
    from keras import layers

    x = _convolution(_activated(x), max(1, int(compression * x.shape[-1])), 1)
    return layers.AveragePooling2D(2)(x)


def _activated(x: Tensor) -> Tensor:
    from keras import layers

    return layers.Activation("relu")(normalised(x))


def _convolution(x: Tensor, filters: int, size: int, strides: int = 1) -> Tensor:
    from keras import layers

    return layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
