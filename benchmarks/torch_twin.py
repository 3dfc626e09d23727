"""The same network in PyTorch, weight for weight, so that its libraries explain what ours explains."""

import numpy as np
import torch
from torch import nn


def twin(model) -> nn.Module:
    """A PyTorch network of the layers of a Keras one, under their names; takes (N, 3, H, W)."""
    return Twin(model).eval()


class Twin(nn.Module):
    """Layer by layer what the Keras network does, shortcuts included; a layer may be used once."""

    def __init__(self, model):
        super().__init__()
        self.steps = []
        for layer in model.layers:
            if type(layer).__name__ == "InputLayer":
                continue
            self.add_module(layer.name, MAKERS[type(layer).__name__](layer))
            self.steps.append((layer.name, _sources(layer)))

    def forward(self, pictures):
        known = {}
        for name, sources in self.steps:
            known[name] = getattr(self, name)(*(known.get(source, pictures) for source in sources))
        return known[self.steps[-1][0]]


def _sources(layer) -> list[str]:
    """The layers whose outputs a layer takes."""
    inputs = layer.input if isinstance(layer.input, list) else [layer.input]
    return [each._keras_history.operation.name for each in inputs]


class _Sum(nn.Module):
    """What an Add does."""

    def forward(self, *values):
        return sum(values)


class _Scaled(nn.Module):
    """What a Rescaling does."""

    def __init__(self, scale: float, offset: float = 0.0):
        super().__init__()
        self.scale, self.offset = scale, offset

    def forward(self, values):
        return values * self.scale + self.offset


class _BothViews(nn.Module):
    """What a BothViews does."""

    def forward(self, pictures):
        return torch.cat([pictures, pictures.flip(-1)])


class _StrongerView(nn.Module):
    """What a StrongerView does."""

    def forward(self, maps):
        straight, mirrored = maps.chunk(2)
        return torch.maximum(straight, mirrored.flip(-1))


def _convolution(kernel, bias, stride, same: bool) -> nn.Module:
    height, width, inputs, outputs = kernel.shape
    made = nn.Conv2d(inputs, outputs, (height, width), stride, height // 2 if same else 0, bias=bias is not None)
    made.weight.data = _tensor(kernel).permute(3, 2, 0, 1).contiguous()
    if bias is not None:
        made.bias.data = _tensor(bias)
    return made


def _conv2d(layer) -> nn.Module:
    if layer.padding == "same" and layer.strides != (1, 1):
        raise ValueError("Keras and PyTorch pad strided convolutions differently.")
    convolution = _convolution(layer.kernel, layer.bias, layer.strides, layer.padding == "same")
    return nn.Sequential(convolution, ACTIVATIONS[layer.activation.__name__]())


def _whitening(layer) -> nn.Module:
    return nn.Sequential(_Scaled(1 / 127.5, -1.0), _convolution(layer.kernel, None, layer.strides, same=False))


def _normalisation(layer) -> nn.Module:
    made = nn.BatchNorm2d(layer.moving_mean.shape[0], layer.epsilon)
    made.running_mean, made.running_var = _tensor(layer.moving_mean), _tensor(layer.moving_variance)
    made.weight.data = _tensor(layer.gamma) if layer.scale else torch.ones_like(made.weight)
    made.bias.data = _tensor(layer.beta) if layer.center else torch.zeros_like(made.bias)
    return made


def _dense(layer) -> nn.Module:
    made = nn.Linear(*layer.kernel.shape, bias=layer.use_bias)
    made.weight.data = _tensor(layer.kernel).T.contiguous()
    if layer.use_bias:
        made.bias.data = _tensor(layer.bias)
    return nn.Sequential(made, ACTIVATIONS[layer.activation.__name__]())


def _tensor(values) -> torch.Tensor:
    return torch.from_numpy(np.array(values, "float32"))


ACTIVATIONS = {"gelu": nn.GELU, "relu": nn.ReLU, "linear": nn.Identity}
MAKERS = {
    "BothViews": lambda layer: _BothViews(),
    "StrongerView": lambda layer: _StrongerView(),
    "Add": lambda layer: _Sum(),
    "Rescaling": lambda layer: _Scaled(float(layer.scale), float(layer.offset)),
    "Whitening": _whitening,
    "Conv2D": _conv2d,
    "BatchNormalization": _normalisation,
    "Activation": lambda layer: ACTIVATIONS[layer.activation.__name__](),
    "MaxPooling2D": lambda layer: nn.MaxPool2d(layer.pool_size, layer.strides),
    "GlobalMaxPooling2D": lambda layer: nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten()),
    "GlobalAveragePooling2D": lambda layer: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    "Dense": _dense,
}
