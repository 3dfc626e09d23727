"""Functions that look through a network, compiled by JAX: its weights are arguments, not constants inside."""

from collections.abc import Callable

import keras

from mlcore.tensors import Tensor


def jitted(model: keras.Model, function: Callable) -> Callable:
    """The function of arrays, compiled; each call sees the weights that the network has at that moment."""
    import jax

    variables = model.variables

    @jax.jit
    def stateless(weights: list[Tensor], *arrays: Tensor) -> Tensor:
        with keras.StatelessScope(state_mapping=list(zip(variables, weights, strict=True))):
            return function(*arrays)

    return lambda *arrays: stateless([each.value for each in variables], *arrays)
