"""A convolutional network over each frame, then a recurrent one over the frames."""

from typing import Literal

from mlcore.architectures import shelf
from mlcore.architectures.frames import features_of_frames
from mlcore.settings import Settings, choice, number
from mlcore.tensors import KerasModel

DEFAULTS = {"batch_size": 64, "epochs": 15, "optimizer": "adam", "learning_rate": 0.003, "schedule": "one-cycle"}


class CnnRnnSettings(Settings):
    cell: Literal["gru", "lstm", "simple"] = choice("gru", "How the network remembers earlier frames")
    units: int = number(64, 4, 512, "Units of the recurrent layer: what is kept in mind from frame to frame")
    width: int = number(16, 4, 128, "Filters of the first convolution; the next one has twice as many")
    features: int = number(64, 4, 512, "Numbers that each frame is summed up in")
    dropout: float = number(0.0, 0.0, 0.9, "Share of a frame's numbers left out in each training step", expert=True)


@shelf.add("cnn-rnn", "CNN + recurrent network", CnnRnnSettings, traits=("sequence",), defaults=DEFAULTS)
def cnn_rnn(settings: CnnRnnSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """For clips: a small CNN sums up each frame, and a recurrent network follows them in order."""
    import keras
    from keras import layers

    inputs = keras.Input(shape)
    x = features_of_frames(inputs, settings.width, settings.features)
    # Unrolled, the network is plain arithmetic that the small LiteRT copy can hold; a loop isn't.
    kept = {"dropout": settings.dropout, "unroll": True}
    if settings.cell == "simple":
        # Without gates, what an early frame did must go through every later step to be learned from, and fades on the
        # way (Bengio et al. 1994). The largest value over the frames is one step away from each. On moving digits,
        # `benchmarks/sequences.py`: 98 % instead of 69 % for the last step's; its average 81 %, ReLU begun with the
        # identity (Le et al. 2015, arXiv:1504.00941) 68 %, layer normalisation of the features 25 %.
        x = layers.GlobalMaxPooling1D()(layers.SimpleRNN(settings.units, return_sequences=True, **kept)(x))
    else:
        x = {"gru": layers.GRU, "lstm": layers.LSTM}[settings.cell](settings.units, **kept)(x)
    return keras.Model(inputs, layers.Dense(classes)(x), name="cnn_rnn")
