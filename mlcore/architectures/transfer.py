"""Transfer learning: the filters that another network has learned, below a new answer layer."""

from typing import Literal

from mlcore import backbones
from mlcore.architectures import shelf
from mlcore.errors import Kind, Refused
from mlcore.settings import Settings, choice, name, number
from mlcore.tensors import KerasLayer, KerasModel

DEFAULTS = {
    "batch_size": 64,
    "epochs": 8,
    "optimizer": "adam",
    "learning_rate": 0.001,
    "schedule": "one-cycle",
    "augmentation": {"flip": True, "shift": 2},
}
LARGEST = 2.0  # times the side that the backbone learned at; beyond that its filters see nothing they know


class TransferSettings(Settings):
    backbone: str = name(
        backbones.DEFAULT, backbones.titles, "The network whose filters are used: any finished model, or one of Keras'"
    )
    fine_tune: Literal["frozen", "last", "all"] = choice(
        "frozen", "What learns besides the new layers: nothing, the last convolutions, or everything (with a low rate)"
    )
    last: int = number(2, 1, 200, "How many of the last convolutions learn, where only the last ones do")
    hidden: int = number(0, 0, 1024, "Units of a hidden layer before the answer; 0 leaves it out")
    dropout: float = number(0.0, 0.0, 0.9, "Share of features left out in each training step")
    pooling: Literal["as-learned", "maximum", "average"] = choice(
        "as-learned", "How the last map becomes one number per filter", expert=True
    )
    side: int = number(
        0,
        0,
        512,
        "Side in pixels at which the backbone looks; 0 chooses from the pictures and what it knows",
        expert=True,
    )
    statistics: bool = choice(
        False,
        "Let batch normalisation learn, too, and follow the new pictures' statistics; wants large batches",
        expert=True,
    )
    keep_head: bool = choice(
        False, "Go on with the backbone's own answer layer, for the very classes it knows", expert=True
    )


@shelf.add("transfer", "Transfer", TransferSettings, defaults=DEFAULTS)
def transfer(settings: TransferSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """The filters of a finished model below a new answer layer: much from few pictures."""
    source = backbones.network(settings.backbone)
    from mlcore.backbones import graft

    end = graft.last_map(source)
    if end is None:
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"{backbones.title(settings.backbone)!r} has no convolution, so it has no filters to build on; "
            "choose another backbone.",
        )
    body = source if settings.keep_head else graft.cut(source, end)
    learns = _learning(settings, source, end)
    network = _fitted(settings, body, shape)
    for layer in network.layers:
        graft.freeze(layer) if layer.name not in learns else _release(layer, settings.statistics)
    if not settings.keep_head:
        return _with_head(settings, network, classes)
    return _same_classes(network, classes)


def _learning(settings: TransferSettings, source: KerasModel, end: KerasLayer) -> set[str]:
    """The names of the layers that learn; what looked at its data once or has no weights to learn stays."""
    from mlcore.backbones import graft

    names = [layer.name for layer in source.layers]
    filters = graft.convolutions(source)
    first = {
        "frozen": names.index(end.name) + 1,
        "last": names.index(filters[-min(settings.last, len(filters))]),
        "all": 0,
    }[settings.fine_tune]
    fixed = {layer.name for layer in source.layers if hasattr(layer, "adapt") or getattr(layer, "fixed", False)}
    return set(names[first:]) - fixed


def _release(layer: KerasLayer, statistics: bool) -> None:
    """Let a layer learn that may have been frozen before. With few pictures a batch's own statistics mislead."""
    layer.trainable = statistics or type(layer).__name__ != "BatchNormalization"


def _fitted(settings: TransferSettings, body: KerasModel, shape: tuple[int, ...]) -> KerasModel:
    """The network at the first of the sizes that it can take."""
    from mlcore.backbones import graft

    given = (shape[0], shape[1])
    for size in sizes(settings, given):
        try:
            front = graft.resized(given, size, len(body.layers))
            return graft.grafted(body, shape, front)
        except ValueError:
            continue  # it counts its places, in a layer such as Flatten, and needs the size it was made for
    raise Refused(
        Kind.NOT_COMPATIBLE,
        f"{backbones.title(settings.backbone)!r} can't take pictures of another size; choose another backbone.",
    )


def sizes(settings: TransferSettings, given: tuple[int, int]) -> list[tuple[int, int]]:
    """Heights and widths at which the backbone may look at pictures of a size, the best one first.

    Small pictures are enlarged to what the backbone learned from, and much larger ones made smaller.
    """
    own = backbones.size(settings.backbone)
    least = max(own[0] / given[0], own[1] / given[1])
    factor = settings.side / min(given) if settings.side else max(min(1.0, LARGEST * least), least)
    return [(round(given[0] * factor), round(given[1] * factor)), own]


def _with_head(settings: TransferSettings, network: KerasModel, classes: int) -> KerasModel:
    import keras
    from keras import layers

    kind = backbones.pooling(settings.backbone) if settings.pooling == "as-learned" else settings.pooling
    pool = layers.GlobalMaxPooling2D if kind == "maximum" else layers.GlobalAveragePooling2D
    x = pool(name="features")(network.outputs[0])
    x = layers.Dense(settings.hidden, activation="relu", name="hidden")(x) if settings.hidden else x
    x = layers.Dropout(settings.dropout, name="left_out")(x) if settings.dropout else x
    return keras.Model(network.inputs[0], layers.Dense(classes, name="answer")(x), name="transfer")


def _same_classes(network: KerasModel, classes: int) -> KerasModel:
    if network.output_shape[-1] != classes:
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The backbone's own answer layer knows {network.output_shape[-1]} classes, and the data has {classes}; "
            "leave keep_head off.",
        )
    return network
