"""A residual generator and discriminator in the manner of SNGAN (Miyato et al. 2018, arXiv:1802.05957, B.4)."""

from mlcore.generation.generators import Pair, checked, generators
from mlcore.settings import Settings, number
from mlcore.tensors import Tensor


class ResnetSettings(Settings):
    width: int = number(64, 16, 256, "Filters of every block; doubling it costs nearly four times")


@generators.add("resnet", "Residual", ResnetSettings)
def resnet(settings: ResnetSettings, shape: tuple[int, int, int], vector: int, extra: int) -> Pair:
    """Residual blocks on both sides: for photographs, and for a GPU."""
    import keras
    from keras import layers

    checked(shape)
    width, doublings = settings.width, 2 if shape[0] < 32 else 3 if shape[0] == 32 else 4
    side = shape[0] >> doublings

    vectors = keras.Input((vector,))
    x = layers.Reshape((side, side, width))(layers.Dense(side * side * width)(vectors))
    for _ in range(doublings):
        x = _up(x, width)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    picture = layers.Conv2D(shape[2], 3, padding="same", activation="tanh")(x)

    critic_input = keras.Input((*shape[:2], shape[2] + extra))
    x = _down(critic_input, width, first=True)
    x = _down(x, width)
    for _ in range(2):
        x = layers.Add()([x, _twice(x, width)])
    return Pair(
        keras.Model(vectors, picture, name="generator"), keras.Model(critic_input, layers.ReLU()(x), name="critic")
    )


def _up(x: Tensor, width: int) -> Tensor:
    """A block that doubles the sides; normalised, as the generator may be."""
    from keras import layers

    y = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    y = layers.Conv2D(width, 3, padding="same", use_bias=False)(layers.UpSampling2D()(y))
    y = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(y))
    y = layers.Conv2D(width, 3, padding="same")(y)
    return layers.Add()([y, layers.UpSampling2D()(layers.Conv2D(width, 1)(x))])


def _down(x: Tensor, width: int, first: bool = False) -> Tensor:
    """A block that halves the sides; without normalisation, which would let pictures of a batch see each other."""
    from keras import layers

    y = layers.Conv2D(width, 3, padding="same")(x) if first else _twice(x, width, convolutions=1)
    y = layers.AveragePooling2D(2)(layers.Conv2D(width, 3, padding="same")(layers.ReLU()(y)))
    return layers.Add()([y, layers.Conv2D(width, 1)(layers.AveragePooling2D(2)(x))])


def _twice(x: Tensor, width: int, convolutions: int = 2) -> Tensor:
    from keras import layers

    for _ in range(convolutions):
        x = layers.Conv2D(width, 3, padding="same")(layers.ReLU()(x))
    return x
