"""A small convolutional pair in the manner of DCGAN (Radford et al. 2015, arXiv:1511.06434)."""

from mlcore.generation.generators import Pair, checked, generators
from mlcore.settings import Settings, number

SLOPE = 0.2


class TinySettings(Settings):
    width: int = number(32, 8, 128, "Filters of the widest layers are this times two; doubling it costs three times")


@generators.add("tiny", "Tiny", TinySettings, traits=("quick",))
def tiny(settings: TinySettings, shape, vector: int, extra: int) -> Pair:
    """Two or three layers on each side: readable digits after a minute on a CPU."""
    import keras
    from keras import layers

    checked(shape)
    halvings = 3 if shape[0] >= 64 else 2
    side, widths = shape[0] >> halvings, [2 * settings.width] * (halvings - 1) + [settings.width]

    given = keras.Input((vector,))
    x = layers.Dense(side * side * widths[0], use_bias=False)(given)
    x = layers.Reshape((side, side, widths[0]))(_awake(x))
    for filters in widths[1:]:
        x = _awake(layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x))
    made = layers.Conv2DTranspose(shape[2], 4, 2, "same", activation="tanh")(x)

    seen = keras.Input((*shape[:2], shape[2] + extra))
    x = seen
    for filters in reversed(widths):
        x = layers.LeakyReLU(SLOPE)(layers.Conv2D(filters, 4, 2, "same")(x))
    return Pair(keras.Model(given, made, name="generator"), keras.Model(seen, x, name="critic"))


def _awake(x):
    from keras import layers

    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
