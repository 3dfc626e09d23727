"""EfficientNet-Lite: inverted residual blocks (MobileNet's) in EfficientNet's proportions, without its squeezing."""

from dataclasses import dataclass

from mlcore.architectures import shelf
from mlcore.architectures.blocks import at_least, network, reduction
from mlcore.settings import Settings, number
from mlcore.tensors import KerasModel, Tensor

DEFAULTS = {
    "batch_size": 128,
    "epochs": 12,
    "optimizer": "adamw",
    "learning_rate": 0.004,
    "schedule": "one-cycle",
    "weight_decay": 0.05,
    "label_smoothing": 0.1,
    "augmentation": {"flip": True, "shift": 2},
}
STEM, HEAD = 32, 1280  # filters; the width leaves them alone, as in the published Lite networks


@dataclass(frozen=True)
class Stage:
    """Blocks of one kind in a row; the stride is the first one's."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    filters: int


STAGES = (  # table 1 of Tan and Le 2019
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


class EfficientnetLiteSettings(Settings):
    width: float = number(1.0, 0.25, 2.0, "Filters of the blocks, in multiples of Lite0's; rounded to eights")
    depth: float = number(1.0, 0.25, 2.0, "Blocks of each stage between first and last, in multiples of Lite0's")


@shelf.add(
    "efficientnet-lite",
    "EfficientNet-Lite",
    EfficientnetLiteSettings,
    traits=("pooled-head",),
    defaults=DEFAULTS,
    check=at_least(lambda settings, shape: 8 * reduction(shape)),
)
def efficientnet_lite(settings: EfficientnetLiteSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """Blocks that widen, filter each channel by itself and narrow again: much accuracy for little work.

    After Tan and Le 2019 (arXiv:1905.11946) in its Lite form: no squeeze-and-excitation, ReLU6. Above 128 pixels it is
    Lite0 and shrinks the picture 32 times; up to 128 it shrinks 16 and up to 64 only 8 times.
    """
    shrink = reduction(shape)
    inputs, x = _pictures(shape)
    x = _activated(_convolution(x, STEM, 3, 2 if shrink > 1 else 1))
    for index, stage in enumerate(STAGES):
        filters, end = _rounded(settings.width * stage.filters), index in (0, len(STAGES) - 1)
        repeats = stage.repeats if end else max(1, round(settings.depth * stage.repeats))
        for block in range(repeats):
            stride = stage.stride if not block and (index != 1 or shrink > 2) else 1
            x = _block(x, stage, filters, stride)
    return network(inputs, _activated(_convolution(x, HEAD)), classes, "efficientnet-lite")


def _rounded(filters: float) -> int:
    """A number of filters that eight divides, never below nine tenths of what was asked."""
    nearest = max(8, int(filters + 4) // 8 * 8)
    return nearest if nearest >= 0.9 * filters else nearest + 8


def _pictures(shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """The network's input (N, H, W, 3) in 0..255, and the same as it was published for: (x - 127) / 128."""
    import keras

    inputs = keras.Input(shape)
    return inputs, keras.layers.Rescaling(1 / 128, offset=-127 / 128)(inputs)


def _block(x: Tensor, stage: Stage, filters: int, stride: int) -> Tensor:
    """Widen, filter each channel by itself, narrow; added to what came in where the shape is the same."""
    from keras import layers

    narrow = x.shape[-1]
    wide = _activated(_convolution(x, stage.expansion * narrow)) if stage.expansion > 1 else x
    filtered = layers.DepthwiseConv2D(stage.kernel, stride, padding="same", use_bias=False)(wide)
    new = _convolution(_activated(_normalised(filtered)), filters)
    return layers.Add()([x, new]) if stride == 1 and filters == narrow else new


def _convolution(x: Tensor, filters: int, size: int = 1, strides: int = 1) -> Tensor:
    from keras import layers

    return _normalised(layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x))


def _normalised(x: Tensor) -> Tensor:
    """Batch normalisation with the published epsilon; its statistics settle soon, for short runs."""
    from keras import layers

    return layers.BatchNormalization(momentum=0.9, epsilon=1e-3)(x)


def _activated(x: Tensor) -> Tensor:
    from keras import layers

    return layers.Activation("relu6")(x)
