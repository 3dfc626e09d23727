"""What a Keras layer is called in a drawing, and which kind of thing it is."""

import re

from mlcore.architectures.rows import ACTIVATIONS
from mlcore.tensors import KerasLayer

# kind: what a drawing colours alike; "quiet" layers are told together with the one before them
KINDS = {
    "picture": "InputLayer",
    "convolution": "Conv1D Conv2D Conv3D DepthwiseConv2D SeparableConv2D Conv2DTranspose Whitening ConvLSTM2D",
    "pooling": "MaxPooling2D AveragePooling2D GlobalMaxPooling2D GlobalAveragePooling2D GlobalAveragePooling1D "
    "GlobalMaxPooling1D MaxPooling3D AveragePooling3D",
    "dense": "Dense LSTM GRU SimpleRNN Bidirectional MultiHeadAttention",
    "join": "Add Concatenate Multiply Subtract Average Maximum Dot StrongerView",
    "quiet": "Activation ReLU LeakyReLU PReLU ELU Softmax BatchNormalization LayerNormalization GroupNormalization "
    "Dropout SpatialDropout2D Rescaling Normalization ZeroPadding2D GaussianNoise Identity Scale",
}
KIND = {name: kind for kind, names in KINDS.items() for name in names.split()}
PLAIN = {
    "InputLayer": "Picture",
    "BatchNormalization": "batch normalization",
    "ReLU": "ReLU",
    "Rescaling": "scaling",
    "LayerNormalization": "layer normalization",
    "Whitening": "Whitening filters",
    "BothViews": "Picture and mirror image",
    "StrongerView": "Stronger of both views",
}
POOLING = {"MaxPooling": "Max pooling", "AveragePooling": "Average pooling"}


def kind(layer: KerasLayer) -> str:
    """One of picture, convolution, pooling, dense, join, quiet, network and other."""
    if hasattr(layer, "_run_through_graph") or type(layer).__name__ == "Sequential":
        return "network"
    if _is_layer_scale(layer):
        return "quiet"
    return KIND.get(type(layer).__name__, "other")


def words(layer: KerasLayer) -> str:
    """What a layer does, in a few words."""
    name = type(layer).__name__
    if kind(layer) == "network":
        return f"{layer.name}, {len(layer.layers)} layers"
    if _is_layer_scale(layer):
        return "layer scale"
    if name == "Activation":
        return ACTIVATIONS.get(layer.activation.__name__) or layer.activation.__name__
    if name in ("Dropout", "SpatialDropout2D"):
        return f"{'stochastic depth' if _whole_pictures(layer) else 'dropout'} {layer.rate:.2g}"
    return PLAIN.get(name) or _window(layer, name) + _width(layer) + _after(layer)


def _window(layer: KerasLayer, name: str) -> str:
    size = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    base = re.sub(r"[123]D", "", name)
    title = POOLING.get(base) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", base.replace("Conv", "Convolution"))
    title = title[0] + title[1:].lower() if title[1:2].islower() else title  # LSTM stays as it is
    if not isinstance(size, tuple):
        return title
    strides = getattr(layer, "strides", size)
    usual = size if "Pooling" in name else (1,) * len(size)
    by = f", stride {strides[0]}" if tuple(strides) != usual else ""
    return f"{title} {' x '.join(map(str, size))}{by}"


def _width(layer: KerasLayer) -> str:
    for name in ("filters", "units"):
        if isinstance(getattr(layer, name, None), int):
            return f", {getattr(layer, name)} {name}"
    return ""


def _after(layer: KerasLayer) -> str:
    name = getattr(getattr(layer, "activation", None), "__name__", "linear")
    return "" if name == "linear" else f", {ACTIVATIONS.get(name, name)}"


def _whole_pictures(layer: KerasLayer) -> bool:
    return bool(getattr(layer, "noise_shape", None)) and set(layer.noise_shape[1:]) == {1}


def _is_layer_scale(layer: KerasLayer) -> bool:
    """A 1 x 1 convolution of each filter by itself only multiplies it by a number."""
    return type(layer).__name__ == "DepthwiseConv2D" and layer.kernel_size == (1, 1) and not layer.use_bias
