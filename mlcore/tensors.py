"""Tensors, layers and models: names for what Keras and its backends hand over, whose packages tell no types."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any  # of TensorFlow, of JAX or a symbolic one of Keras: they have no class in common
KerasLayer: TypeAlias = Any  # keras.Operation; named without loading Keras
KerasModel: TypeAlias = Any  # keras.Model
