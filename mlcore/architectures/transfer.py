"""Transfer learning: the filters that another network has learned, below a new answer layer."""

from typing import Any, Literal

from mlcore import backbones
from mlcore.architectures import shelf
from mlcore.backbones import Backbone
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

    @classmethod
    def suited_to(cls, shape: tuple[int, ...]) -> dict[str, Any]:
        """The backbone that knows most of pictures of that size."""
        return {"backbone": backbones.fitting(shape)}


@shelf.add("transfer", "Transfer", TransferSettings, defaults=DEFAULTS)
def transfer(settings: TransferSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """The filters of a finished model below a new answer layer: much from few pictures."""
    from mlcore.backbones import graft

    backbone = backbones.open(settings.backbone)
    source = backbone.network()
    end = graft.last_map(source)
    if end is None:
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"{backbone.title!r} has no convolution, so it has no filters to build on; choose another backbone.",
        )
    body = source if settings.keep_head else graft.cut(source, end)
    learns = _learning(settings, source, end)
    network = _fitted(settings, backbone, body, shape)
    for layer in network.layers:
        graft.freeze(layer) if layer.name not in learns else _release(layer, settings.statistics)
    if not settings.keep_head:
        return _with_head(settings, backbone, network, classes)
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


def _fitted(settings: TransferSettings, backbone: Backbone, body: KerasModel, shape: tuple[int, ...]) -> KerasModel:
    """The network at the first of the sizes that it can take."""
    from mlcore.backbones import graft

    given = (shape[0], shape[1])
    for size in sizes(backbone, given, settings.side):
        try:
            front = graft.resized(given, size, len(body.layers))
            return graft.grafted(body, shape, front)
        except ValueError:
            continue  # it counts its places, in a layer such as Flatten, and needs the size it was made for
    raise Refused(
        Kind.NOT_COMPATIBLE,
        f"{backbone.title!r} can't take pictures of another size; choose another backbone.",
    )


def sizes(backbone: Backbone, given: tuple[int, int], side: int = 0) -> list[tuple[int, int]]:
    """Heights and widths at which the backbone may look at pictures of a size, the best one first.

    Small pictures are enlarged to what the backbone learned from, and much larger ones made smaller. A `side` in
    pixels, where it isn't 0, overrules that.
    """
    own = backbone.size
    least = max(own[0] / given[0], own[1] / given[1])
    factor = side / min(given) if side else max(min(1.0, LARGEST * least), least)
    return [(round(given[0] * factor), round(given[1] * factor)), own]


def _with_head(settings: TransferSettings, backbone: Backbone, network: KerasModel, classes: int) -> KerasModel:
    import keras
    from keras import layers

    kind = backbone.pooling if settings.pooling == "as-learned" else settings.pooling
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
