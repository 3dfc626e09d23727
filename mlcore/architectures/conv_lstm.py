"""Convolutional LSTM: a memory with a place for every place of the frame (Shi et al. 2015, arXiv:1506.04214)."""

from mlcore.architectures import shelf
from mlcore.architectures.frames import poolings
from mlcore.settings import Settings, number
from mlcore.tensors import KerasModel

DEFAULTS = {"batch_size": 32, "epochs": 8, "optimizer": "adam", "learning_rate": 0.01, "schedule": "one-cycle"}


class ConvLstmSettings(Settings):
    filters: int = number(16, 4, 128, "Filters of the memory: what is kept in mind at each place")
    dropout: float = number(0.0, 0.0, 0.9, "Share of what comes into the memory left out in each step", expert=True)


@shelf.add("conv-lstm", "ConvLSTM", ConvLstmSettings, traits=("sequence",), defaults=DEFAULTS)
def conv_lstm(settings: ConvLstmSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """For clips: a memory that is itself a map sees movement where it happens; few parameters, slower steps."""
    import keras
    from keras import layers

    from mlcore.custom_layers import EachFrame

    inputs = keras.Input(shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    for _ in range(poolings(shape) - 1):  # the memory at full size would be four times the work
        x = layers.Activation("relu")(EachFrame(layers.Conv2D(settings.filters, 3, padding="same"))(x))
        x = EachFrame(layers.MaxPooling2D(padding="same"))(x)
    x = layers.ConvLSTM2D(
        settings.filters, 3, padding="same", return_sequences=True, dropout=settings.dropout, unroll=True, name="memory"
    )(x)
    x = layers.GlobalMaxPooling3D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x), name="conv_lstm")
