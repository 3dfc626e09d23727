"""A residual pair in the manner of SNGAN (Miyato et al. 2018, arXiv:1802.05957, appendix B.4)."""

from mlcore.generation.generators import Pair, checked, generators
from mlcore.settings import Settings, number


class ResnetSettings(Settings):
    width: int = number(64, 16, 256, "Filters of every block; doubling it costs nearly four times")


@generators.add("resnet", "Residual", ResnetSettings)
def resnet(settings: ResnetSettings, shape, vector: int, extra: int) -> Pair:
    """Residual blocks on both sides: for photographs, and for a GPU."""
    import keras
    from keras import layers

    checked(shape)
    width, doublings = settings.width, 2 if shape[0] == 28 else 3 if shape[0] == 32 else 4
    side = shape[0] >> doublings

    given = keras.Input((vector,))
    x = layers.Reshape((side, side, width))(layers.Dense(side * side * width)(given))
    for _ in range(doublings):
        x = _up(x, width)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    made = layers.Conv2D(shape[2], 3, padding="same", activation="tanh")(x)

    seen = keras.Input((*shape[:2], shape[2] + extra))
    x = _down(seen, width, first=True)
    x = _down(x, width)
    for _ in range(2):
        x = layers.Add()([x, _twice(x, width)])
    return Pair(keras.Model(given, made, name="generator"), keras.Model(seen, layers.ReLU()(x), name="critic"))


def _up(x, width: int):
    """A block that doubles the sides; normalised, as the generator may be."""
    from keras import layers

    y = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    y = layers.Conv2D(width, 3, padding="same", use_bias=False)(layers.UpSampling2D()(y))
    y = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(y))
    y = layers.Conv2D(width, 3, padding="same")(y)
    return layers.Add()([y, layers.UpSampling2D()(layers.Conv2D(width, 1)(x))])


def _down(x, width: int, first: bool = False):
    """A block that halves the sides; without normalisation, which would let pictures of a batch see each other."""
    from keras import layers

    y = layers.Conv2D(width, 3, padding="same")(x) if first else _twice(x, width, convolutions=1)
    y = layers.AveragePooling2D(2)(layers.Conv2D(width, 3, padding="same")(layers.ReLU()(y)))
    return layers.Add()([y, layers.Conv2D(width, 1)(layers.AveragePooling2D(2)(x))])


def _twice(x, width: int, convolutions: int = 2):
    from keras import layers

    for _ in range(convolutions):
        x = layers.Conv2D(width, 3, padding="same")(layers.ReLU()(x))
    return x
