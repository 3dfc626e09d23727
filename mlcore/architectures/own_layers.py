"""A network of your own, layer by layer, with skip connections."""

from typing import Any

from pydantic import field_validator

from mlcore.architectures import shelf, stack
from mlcore.architectures.rows import ActivationRow, AnyRow, JoinRow, Row
from mlcore.architectures.templates import START
from mlcore.settings import Settings, choice, read
from mlcore.tensors import KerasLayer, KerasModel, Tensor

DEFAULTS = {"batch_size": 128, "epochs": 8, "optimizer": "adam", "learning_rate": 0.002, "schedule": "one-cycle"}


class LayersSettings(Settings):
    layers: tuple[AnyRow, ...] = choice(
        tuple(stack.parse(row) for row in START),
        "The layers in order; the last one, with one number per class, is added",
    )

    @field_validator("layers", mode="before")
    @classmethod
    def _say_which_row(cls, rows: Any) -> Any:
        """Name the first row that is wrong; pydantic would name every kind of row that it isn't."""
        if not isinstance(rows, list | tuple):
            raise ValueError("Layers are a list of rows.")
        for number, values in enumerate(rows, 1):
            try:
                stack.parse(values)
            except ValueError as error:
                raise ValueError(f"Row {number} {error}.") from None
        return rows


def check(settings: LayersSettings, shape: tuple[int, ...], classes: int = 1) -> None:
    """Raise Refused for the first thing that is wrong with the rows."""
    stack.check(stack.lines(settings.layers, shape, classes))


@shelf.add("layers", "Your own layers", LayersSettings, defaults=DEFAULTS, check=check)
def layers(settings: LayersSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """A network that you put together row by row: convolutions, pooling, normalisation, shortcuts.

    Pictures come in as -1..1; behind the last row one linear layer gives a number for each class.
    """
    import keras

    check(settings, shape, classes)
    inputs = keras.Input(shape)
    results = [keras.layers.Rescaling(1 / 127.5, offset=-1)(inputs)]
    for number, row in enumerate(settings.layers, 1):
        results.append(_layer(row, f"row_{number}")(_into(row, results)))
    return keras.Model(inputs, keras.layers.Dense(classes, name="logits")(results[-1]), name="layers")


def outline(settings: dict, shape: tuple[int, ...], classes: int) -> dict:
    """The outline of a stack of rows; see `mlcore.architectures.outline`. Raises Refused for one that can't be."""
    rows = read(LayersSettings, settings).layers
    lines = stack.lines(rows, shape, classes)
    stack.check(lines)
    nodes = [_node("Picture", "picture", shape, 0, []), _node("scaling", "quiet", shape, 0, [0])]
    for number, (row, line) in enumerate(zip(rows, lines[:-1], strict=True), 1):
        extra = [row.row + 1] if isinstance(row, JoinRow) else []
        words = row.words.lower() if _is_quiet(row) else row.words
        nodes.append(_node(words, row.kind, line.shape or (), line.parameters, [number, *extra]))
    answer = _node(f"Dense, {classes} units", "dense", (classes,), lines[-1].parameters, [len(rows) + 1])
    return {"nodes": [*nodes, answer]}


def _is_quiet(row: Row) -> bool:
    return row.kind == "quiet" and not isinstance(row, ActivationRow)


def _node(words: str, kind: str, shape: tuple[int, ...], parameters: int, inputs: list[int]) -> dict:
    return {"words": words, "kind": kind, "shape": list(shape), "parameters": parameters, "inputs": sorted(set(inputs))}


def _into(row: Row, results: list[Tensor]) -> Tensor | list[Tensor]:
    return [results[-1], results[row.row]] if isinstance(row, JoinRow) else results[-1]


def _layer(row: Any, name: str) -> KerasLayer:
    """The Keras layer of a row; each of the makers reads what its own kind of row has."""
    from keras import layers

    window = {"strides": row.stride, "padding": row.padding} if hasattr(row, "kernel") else {}
    activation = None if getattr(row, "activation", "none") == "none" else row.activation
    makers = {
        "convolution": lambda: layers.Conv2D(row.filters, row.kernel, activation=activation, name=name, **window),
        "depthwise-convolution": lambda: layers.DepthwiseConv2D(row.kernel, activation=activation, name=name, **window),
        "max-pooling": lambda: layers.MaxPooling2D(row.kernel, name=name, **window),
        "average-pooling": lambda: layers.AveragePooling2D(row.kernel, name=name, **window),
        "batch-normalization": lambda: layers.BatchNormalization(momentum=0.9, name=name),
        "layer-normalization": lambda: layers.LayerNormalization(name=name),
        "activation": lambda: layers.Activation(activation or "linear", name=name),
        "dropout": lambda: layers.Dropout(row.rate, name=name),
        "add": lambda: layers.Add(name=name),
        "concatenate": lambda: layers.Concatenate(name=name),
        "global-average-pooling": lambda: layers.GlobalAveragePooling2D(name=name),
        "global-max-pooling": lambda: layers.GlobalMaxPooling2D(name=name),
        "flatten": lambda: layers.Flatten(name=name),
        "dense": lambda: layers.Dense(row.units, activation=activation, name=name),
    }
    return makers[row.type]()
