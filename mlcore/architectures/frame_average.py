"""The baseline for clips: what can be told without knowing the order of the frames."""

from mlcore.architectures import shelf
from mlcore.architectures.frames import features_of_frames
from mlcore.settings import Settings, number
from mlcore.tensors import KerasModel

DEFAULTS = {"batch_size": 64, "epochs": 15, "optimizer": "adam", "learning_rate": 0.003, "schedule": "one-cycle"}


class FrameAverageSettings(Settings):
    width: int = number(16, 4, 128, "Filters of the first convolution; the next one has twice as many")
    features: int = number(64, 4, 512, "Numbers that each frame is summed up in, before they are averaged")
    dropout: float = number(0.0, 0.0, 0.9, "Share of the averages left out in each training step", expert=True)


@shelf.add("frame-average", "Frame average", FrameAverageSettings, traits=("sequence",), defaults=DEFAULTS)
def frame_average(settings: FrameAverageSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """For clips: a small CNN looks at each frame and the findings are averaged; blind to the order of the frames."""
    import keras
    from keras import layers

    inputs = keras.Input(shape)
    x = features_of_frames(inputs, settings.width, settings.features)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(settings.features, activation="relu")(x)
    x = layers.Dropout(settings.dropout)(x) if settings.dropout else x
    return keras.Model(inputs, layers.Dense(classes)(x), name="frame_average")
