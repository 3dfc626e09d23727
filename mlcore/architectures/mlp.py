"""Multilayer perceptron (MLP), a fully connected network: every pixel sees every unit."""

from typing import Annotated, Literal

from pydantic import Field

from mlcore.architectures import shelf
from mlcore.settings import Settings, choice, number
from mlcore.tensors import KerasModel

ACTIVATIONS = {"step-like": "hard_sigmoid"}  # a sigmoid made of straight lines: close to a step, yet trainable


class MlpSettings(Settings):
    hidden: tuple[Annotated[int, Field(ge=1, le=4096)], ...] = choice((128,), "Units of each hidden layer, in order")
    activation: Literal["relu", "tanh", "sigmoid", "gelu", "step-like"] = choice(
        "relu", "What each unit does with its sum"
    )
    dropout: float = number(0.0, 0.0, 0.9, "Share of units left out in each training step", expert=True)


@shelf.add(
    "mlp",
    "MLP",
    MlpSettings,
    defaults={"batch_size": 256, "epochs": 12, "optimizer": "adam", "learning_rate": 0.002, "schedule": "cosine"},
)
def mlp(settings: MlpSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """A fully connected network: quick to train, blind to where things are in the picture."""
    import keras
    from keras import layers

    inputs = keras.Input(shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Flatten()(x)
    for units in settings.hidden:
        x = layers.Dense(units, activation=ACTIVATIONS.get(settings.activation, settings.activation))(x)
        x = layers.Dropout(settings.dropout)(x) if settings.dropout else x
    return keras.Model(inputs, layers.Dense(classes)(x), name="mlp")
