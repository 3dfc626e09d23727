"""ConvNeXt: a convolutional network with the manners of a vision transformer."""

from mlcore.architectures import shelf
from mlcore.architectures.blocks import at_least, network, pictures, reduction
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
EXPANSION = 4  # hidden filters of a block, in multiples of its width; section 2.4
LAYER_SCALE = 0.1  # what shallow networks start from (Touvron et al. 2021, arXiv:2103.17239, section 2); there 1e-6


class ConvnextSettings(Settings):
    width: int = number(32, 8, 128, "Filters of the first stage; every later stage has twice as many")
    blocks: int = number(2, 1, 9, "Blocks in each stage")
    stages: int = number(3, 2, 4, "Stages; each one after the first works on a map half as wide and high")
    stochastic_depth: float = number(
        0.0, 0.0, 0.8, "Share of pictures that skip the last block in training; fewer skip earlier ones", expert=True
    )


@shelf.add(
    "convnext",
    "ConvNeXt",
    ConvnextSettings,
    traits=("pooled-head",),
    defaults=DEFAULTS,
    check=at_least(lambda settings, shape: 2 * reduction(shape) * 2**settings.stages),
)
def convnext(settings: ConvnextSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """Blocks of a 7 x 7 convolution per filter and two 1 x 1 convolutions: the modern design, made small.

    After Liu et al. 2022 (arXiv:2201.03545): layer normalisation, GELU, layer scale and, if wanted, stochastic
    depth (Huang et al. 2016, arXiv:1603.09382). The picture is cut into 2 x 2 patches up to 64 pixels and into 4 x 4
    or 8 x 8 above; the last normalisation comes before the pooling, so that class maps stay possible.
    """
    patch = 2 * reduction(shape)
    inputs, x = pictures(shape)
    count = settings.stages * settings.blocks
    for block in range(count):
        stage, first = block // settings.blocks, not block % settings.blocks
        if first:
            x = _smaller(x, settings.width * 2**stage, patch if not stage else 2)
        x = _block(x, settings.stochastic_depth * (block + 1) / count)
    return network(inputs, _normalised(x), classes, "convnext")


def _smaller(x: Tensor, filters: int, size: int) -> Tensor:
    """Cut into patches of size x size, each becoming one place; normalised after the first cut, before the others."""
    from keras import layers

    patches = layers.Conv2D(filters, size, size)
    return _normalised(patches(x)) if x.shape[-1] == 3 else patches(_normalised(x))


def _block(x: Tensor, skipped: float) -> Tensor:
    """Adds a correction to x; while training it is left out for a share of the pictures, drawn for each one."""
    import keras
    from keras import layers

    filters = x.shape[-1]
    y = _normalised(layers.DepthwiseConv2D(7, padding="same")(x))
    y = layers.Conv2D(EXPANSION * filters, 1, activation="gelu")(y)
    y = layers.Conv2D(filters, 1)(y)
    # Layer scale: a 1 x 1 convolution per filter multiplies it by one number, without a layer of our own.
    y = layers.DepthwiseConv2D(1, use_bias=False, depthwise_initializer=keras.initializers.Constant(LAYER_SCALE))(y)
    y = layers.Dropout(skipped, noise_shape=(None, 1, 1, 1))(y) if skipped else y
    return layers.Add()([x, y])


def _normalised(x: Tensor) -> Tensor:
    from keras import layers

    return layers.LayerNormalization(epsilon=1e-6)(x)
