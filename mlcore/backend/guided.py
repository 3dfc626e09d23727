"""The backward rule of guided backpropagation (Springenberg et al. 2014, arXiv:1412.6806, section 3.4).

Backwards, a rectifier lets through only what speaks for the score, and only at places that were on: at x > 0,
the activation's own slope times the part of the incoming slope above 0. For a ReLU that is the paper's rule. For
the smooth and leaky relatives of ReLU, on which the paper is silent, it is the same rule with their own slope.
"""

from collections.abc import Callable

import keras
from keras import ops

from mlcore.tensors import Tensor

# Activations that pass what is above 0 much as it is and hold back what is below; by the name of their function.
RECTIFIERS = {"relu", "relu6", "leaky_relu", "prelu", "gelu", "silu", "hard_silu", "elu", "selu", "celu", "mish"}
# Layers and operations that are nothing but such an activation.
ALONE = {name.replace("_", ""): name for name in RECTIFIERS}


def rectifier(layer: keras.Operation) -> str | None:
    """The rectifier that a layer ends in, such as 'relu'; None for another layer."""
    alone = ALONE.get(type(layer).__name__.lower())
    name = getattr(vars(layer).get("activation"), "__name__", None)
    return alone or (name if name in RECTIFIERS else None)


def guided(layer: keras.Operation) -> Callable[..., Tensor]:
    """A function that answers as the layer does and follows the rule backwards; the layer stays as it is."""
    if type(layer).__name__.lower() in (*ALONE, "activation"):
        return lambda tensor, *args, **kwargs: _in_favour(layer(_where_on(tensor), *args, **kwargs))
    # A second object with the same weights, since changing the layer would change the network for others.
    twin = object.__new__(type(layer))
    twin.__dict__.update(layer.__dict__)
    twin.__dict__["activation"] = lambda tensor: _in_favour(layer.activation(_where_on(tensor)))
    return twin


@ops.custom_gradient
def _where_on(tensor: Tensor) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    return tensor, lambda slope: slope * ops.cast(tensor > 0, slope.dtype)


@ops.custom_gradient
def _in_favour(tensor: Tensor) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    return tensor, lambda slope: ops.relu(slope)
