"""Channels of a layer as if they were classes: a score for each of its maps, with its gradient."""

from functools import lru_cache

import keras
from keras import ops

from mlcore.backend.gradients import Score, score_of
from mlcore.backend.network import Network
from mlcore.errors import Kind, Refused
from mlcore.tensors import Tensor


class _Channels(Network):
    """A network that ends at a layer: in place of logits it gives the mean of each of the layer's maps."""

    def __init__(self, model: keras.Model, layer: str):
        super().__init__(model)
        self._layer = layer

    def logits(self, batch: Tensor, *_: object, **__: object) -> Tensor:
        outputs: list[Tensor] = []
        super().logits(batch, outputs.append, self._layer)
        return ops.mean(ops.cast(outputs[0], "float32"), axis=(1, 2))[: ops.shape(batch)[0]]


def channels_of(model: keras.Model, layer: str | None, channel: int) -> Score:
    """The Score whose 'class' is the mean of a layer's map; raises Refused(unknown-name)."""
    whole = score_of(model)
    name = whole.feature_layer(layer)
    count = next(each.shape[-1] for each in whole.layers if each.name == name)
    if not 0 <= channel < count:
        raise Refused(
            Kind.UNKNOWN_NAME, f"There is no map {channel} in {name!r}: its {count} maps are numbered 0 to {count - 1}."
        )
    return _score(model, name)


@lru_cache(maxsize=8)
def _score(model: keras.Model, layer: str) -> Score:
    return Score(_Channels(model, layer))
