"""The network for good accuracy in little time on a CPU."""

from typing import Literal

from mlcore.architectures import shelf
from mlcore.architectures.blocks import at_least
from mlcore.settings import Settings, choice, number
from mlcore.tensors import KerasModel, Tensor

DEFAULTS = {
    "batch_size": 256,
    "epochs": 4,
    "optimizer": "nesterov",
    "learning_rate": 0.4,  # per 256 pictures, with the logits scaled by 1/8
    "schedule": "one-cycle",
    "weight_decay": 0.005,
    "label_smoothing": 0.1,
    "augmentation": {"flip": True, "shift": 2},
}
LOGIT_SCALE = 0.125  # keeps the first steps of a large learning rate gentle; arXiv:2404.00498 uses 1/9


class FastCnnSettings(Settings):
    width: int = number(32, 8, 128, "Filters of the first stage; the next ones have two and four times as many")
    pooling: Literal["maximum", "average"] = choice("maximum", "How the last map becomes one number per filter")
    fine_map: bool = choice(False, "Keep the last map twice as fine: sharper heat maps, half as much more work")


@shelf.add(
    "fast-cnn",
    "Fast CNN",
    FastCnnSettings,
    traits=("pooled-head", "whitened"),
    defaults=DEFAULTS,
    check=at_least(lambda settings, shape: 16),
)
def fast_cnn(settings: FastCnnSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """A small residual-free network behind fixed whitening filters: the most accuracy per second on a CPU."""
    import keras
    from keras import layers

    from mlcore.custom_layers import Whitening

    inputs = keras.Input(shape)
    x = layers.Activation("gelu")(Whitening(min(settings.width, 32))(inputs))
    x = _unit(x, settings.width)
    large = 1 if min(shape[:2]) > 64 else 0  # one more halving for pictures above 64 pixels
    for index, filters in enumerate([2 * settings.width] * (1 + large) + [4 * settings.width]):
        last = index == 1 + large
        x = _unit(x, filters, pool=not (last and settings.fine_map))
        x = _unit(x, filters)
    pool = layers.GlobalMaxPooling2D if settings.pooling == "maximum" else layers.GlobalAveragePooling2D
    x = pool(name="pooled")(x)
    x = layers.Dense(classes, use_bias=False, name="head")(x)
    return keras.Model(inputs, layers.Rescaling(LOGIT_SCALE, name="logits")(x), name="fast_cnn")


def _unit(x: Tensor, filters: int, pool: bool = False) -> Tensor:
    from keras import layers

    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.MaxPooling2D()(x) if pool else x
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-4, scale=False)(x)  # short runs need quick statistics
    return layers.Activation("gelu")(x)
