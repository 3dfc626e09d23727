"""Plain convolutional networks: convolutions and pooling, then one hidden layer."""

from mlcore.architectures import shelf
from mlcore.architectures.blocks import at_least
from mlcore.settings import Settings, number
from mlcore.tensors import KerasModel

DEFAULTS = {"batch_size": 128, "epochs": 6, "optimizer": "adam", "learning_rate": 0.002, "schedule": "one-cycle"}


class CnnSettings(Settings):
    width: int = number(32, 4, 256, "Filters of the first convolution; the later ones have twice as many")
    hidden: int = number(64, 4, 1024, "Units of the hidden layer before the answer")
    dropout: float = number(0.0, 0.0, 0.9, "Share of hidden units left out in each training step", expert=True)


@shelf.add(
    "cnn", "CNN", CnnSettings, traits=("one-at-a-time",), defaults=DEFAULTS, check=at_least(lambda settings, shape: 8)
)
def cnn(settings: CnnSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """Two convolutions with pooling and a hidden layer: the classic for small grey pictures."""
    return _plain(settings, shape, classes, last_convolution=False)


@shelf.add("cnn-cifar", "CIFAR CNN", CnnSettings, defaults=DEFAULTS, check=at_least(lambda settings, shape: 10))
def cnn_cifar(settings: CnnSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """Three convolutions with pooling and a hidden layer: the classic for small colour pictures."""
    return _plain(settings, shape, classes, last_convolution=True)


def _plain(settings: CnnSettings, shape: tuple[int, ...], classes: int, last_convolution: bool) -> KerasModel:
    import keras
    from keras import layers

    inputs = keras.Input(shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    for filters in (settings.width, 2 * settings.width):
        x = layers.Conv2D(filters, 3, activation="relu", padding="same")(x)
        x = layers.MaxPooling2D()(x)
    if last_convolution:
        x = layers.Conv2D(2 * settings.width, 3, activation="relu", padding="same")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(settings.hidden, activation="relu")(x)
    x = layers.Dropout(settings.dropout)(x) if settings.dropout else x
    return keras.Model(inputs, layers.Dense(classes)(x), name="cnn_cifar" if last_convolution else "cnn")
