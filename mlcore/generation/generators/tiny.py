"""DCGAN: a small convolutional generator and discriminator (in the manner of Radford et al. 2015, arXiv:1511.06434)."""

from mlcore.generation.generators import Pair, checked, generators
from mlcore.settings import Settings, number
from mlcore.tensors import Tensor

SLOPE = 0.2


class TinySettings(Settings):
    width: int = number(32, 8, 128, "Filters of the widest layers are this times two; doubling it costs three times")


@generators.add("tiny", "Tiny", TinySettings, traits=("quick",))
def tiny(settings: TinySettings, shape: tuple[int, int, int], vector: int, extra: int) -> Pair:
    """Two or three layers on each side: readable digits after a minute on a CPU."""
    import keras
    from keras import layers

    checked(shape)
    halvings = 3 if shape[0] >= 64 else 2
    side, widths = shape[0] >> halvings, [2 * settings.width] * (halvings - 1) + [settings.width]

    vectors = keras.Input((vector,))
    x = layers.Dense(side * side * widths[0], use_bias=False)(vectors)
    x = layers.Reshape((side, side, widths[0]))(_awake(x))
    for filters in widths[1:]:
        x = _awake(layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x))
    picture = layers.Conv2DTranspose(shape[2], 4, 2, "same", activation="tanh")(x)

    critic_input = keras.Input((*shape[:2], shape[2] + extra))
    x = critic_input
    for filters in reversed(widths):
        x = layers.LeakyReLU(SLOPE)(layers.Conv2D(filters, 4, 2, "same")(x))
    return Pair(keras.Model(vectors, picture, name="generator"), keras.Model(critic_input, x, name="critic"))


def _awake(x: Tensor) -> Tensor:
    from keras import layers

    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
