"""Rules of layers with places: convolutions, pooling, padding, resizing."""

from collections.abc import Callable
from math import prod
from typing import Any

from mlcore.modelfiles.cost.rules import Call, Rule, known, loop, rule
from mlcore.modelfiles.cost.tally import Asked, Shape, numbers

Places = tuple[int | None, ...]  # sides of a picture without batch and channels


def channels_last(work: Rule) -> Rule:
    """Let a rule see channels behind the places, wherever they are."""

    def with_places(call: Call) -> Asked:
        if call.config.get("data_format") != "channels_first":
            return work(call)
        at = 2 if call.name.startswith("ConvLSTM") else 1
        moved = (*call.x[:at], *call.x[at + 1 :], call.x[at])
        asked = work(Call(call.name, call.config, [moved, *call.inputs[1:]], call.arguments, call.ask))
        outputs = tuple(_moved_back(shape, at) for shape in asked.outputs)
        return Asked(outputs, asked.weights, asked.between, asked.work)

    return with_places


def _moved_back(shape: Shape, at: int) -> Shape:
    return (*shape[:at], shape[-1], *shape[at:-1]) if len(shape) > at + 1 else shape


def strided(places: Places, kernel: tuple[int, ...], strides: tuple[int, ...], padding: Any, gaps: Any = 1) -> Places:
    """How many places a window is laid at, along each axis."""
    gaps = gaps if isinstance(gaps, tuple) else (gaps,) * len(kernel)
    parts = zip(places, kernel, strides, gaps, strict=True)
    return tuple(_windows(side, window, stride, gap, padding) for side, window, stride, gap in parts)


def _windows(side: int | None, kernel: int, stride: int, gap: int, padding: Any) -> int | None:
    if side is None:
        return None
    if padding in ("same", "causal"):
        return (side - 1) // stride + 1
    count = (side - gap * (kernel - 1) - 1) // stride + 1
    if count < 1 or padding != "valid":
        raise ValueError(f"a window of {kernel} doesn't fit into {side}")
    return count


def _biased(call: Call, weights: list[Shape], width: int) -> tuple[Shape, ...]:
    return (*weights, (width,)) if call.flag("use_bias", True) else tuple(weights)


def _convolved(call: Call, x: Shape) -> Places:
    kernel, strides = call.sides("kernel_size"), call.sides("strides")
    return strided(x[1:-1], kernel, strides, call.config.get("padding", "valid"), call.sides("dilation_rate"))


@rule("Conv1D Conv2D Conv3D")
@channels_last
def conv(call: Call) -> Asked:
    filters, rank = call.whole("filters"), call.whole("lora_rank", 0)
    kernel = (*call.sides("kernel_size"), call.width // call.whole("groups", 1), filters)
    output = (call.x[0], *_convolved(call, call.x), filters)
    weights = _biased(call, [kernel], filters) + (((*kernel[:-1], rank), (rank, filters)) if rank else ())
    return Asked((output,), weights, work=numbers(output) * prod(kernel[:-1]))


@rule("Conv1DTranspose Conv2DTranspose Conv3DTranspose")
@channels_last
def transposed_conv(call: Call) -> Asked:
    filters, kernel = call.whole("filters"), call.sides("kernel_size")
    more = call.sides("output_padding") if call.config.get("output_padding") is not None else (None,) * call.axes
    parts = zip(call.x[1:-1], kernel, call.sides("strides"), call.sides("dilation_rate"), more, strict=True)
    places = tuple(_widened(call.config.get("padding", "valid"), *part) for part in parts)
    weights = _biased(call, [(*kernel, filters, call.width)], filters)
    return Asked(((call.x[0], *places, filters),), weights, work=numbers(call.x) * prod(kernel) * filters)


def _widened(padding: str, side: int | None, kernel: int, stride: int, gap: int, more: int | None) -> int | None:
    """The side that a transposed convolution gives, as TensorFlow pads."""
    if side is None:
        return None
    kernel = kernel + (kernel - 1) * (gap - 1)
    if more is None:
        return side * stride + (max(kernel - stride, 0) if padding == "valid" else 0)
    return (side - 1) * stride + kernel - 2 * (kernel // 2 if padding == "same" else 0) + more


@rule("DepthwiseConv1D DepthwiseConv2D")
@channels_last
def depthwise_conv(call: Call) -> Asked:
    deep = call.whole("depth_multiplier", 1)
    kernel = (*call.sides("kernel_size"), call.width, deep)
    output = (call.x[0], *_convolved(call, call.x), call.width * deep)
    weights = _biased(call, [kernel], call.width * deep)
    return Asked((output,), weights, work=numbers(output) * prod(kernel[:-2]))


@rule("SeparableConv1D SeparableConv2D")
@channels_last
def separable_conv(call: Call) -> Asked:
    deep, filters = call.whole("depth_multiplier", 1) * call.width, call.whole("filters")
    kernel = (*call.sides("kernel_size"), call.width, call.whole("depth_multiplier", 1))
    places = _convolved(call, call.x)
    between = numbers((call.x[0], *places, deep))
    weights = _biased(call, [kernel, (*(1,) * call.axes, deep, filters)], filters)
    work = between * (prod(kernel[:-2]) + filters)
    return Asked(((call.x[0], *places, filters),), weights, between, work)


@rule("ConvLSTM1D ConvLSTM2D ConvLSTM3D")
@channels_last
def conv_lstm(call: Call) -> Asked:
    filters, kernel = call.whole("filters"), call.sides("kernel_size")
    frame = (call.x[0], *call.x[2:])
    state = (call.x[0], *_convolved(call, frame), filters)
    weights = _biased(call, [(*kernel, call.width, 4 * filters), (*kernel, filters, 4 * filters)], 4 * filters)
    whole = (state[0], call.x[1], *state[1:])
    outputs = (
        whole if call.flag("return_sequences") else state,
        *((state, state) if call.flag("return_state") else ()),
    )
    work = numbers(whole) * 4 * prod(kernel) * (call.width + filters)
    return Asked(outputs, weights, 4 * numbers(whole), work, loop(call))


@rule("AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D")
@channels_last
def pooled(call: Call) -> Asked:
    window = call.sides("pool_size", 2)
    places = strided(call.x[1:-1], window, call.sides("strides", window), call.config.get("padding", "valid"))
    output = (call.x[0], *places, call.x[-1])
    return Asked((output,), work=numbers(output) * prod(window))


@rule(
    "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D "
    "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D"
)
@channels_last
def adaptively_pooled(call: Call) -> Asked:
    output = (call.x[0], *call.sides("output_size"), call.x[-1])
    return Asked((output,), between=numbers(call.x) + numbers(output), work=numbers(call.x))


@rule(
    "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D "
    "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D"
)
@channels_last
def globally_pooled(call: Call) -> Asked:
    places = (1,) * call.axes if call.flag("keepdims") else ()
    return Asked(((call.x[0], *places, call.x[-1]),), work=numbers(call.x))


@rule("ZeroPadding1D ZeroPadding2D ZeroPadding3D")
@channels_last
def zero_padded(call: Call) -> Asked:
    return _each_side(call, lambda side, pair: side + sum(pair), _pairs(call, "padding", 1))


@rule("Cropping1D Cropping2D Cropping3D")
@channels_last
def cropped(call: Call) -> Asked:
    return _each_side(call, lambda side, pair: known(side - sum(pair)), _pairs(call, "cropping", 0))


def _pairs(call: Call, key: str, default: int) -> list[tuple[int, int]]:
    """How much before and after along each axis: one number for all, one for each axis, or a pair for each."""
    value = call.config.get(key, default)
    value = value if isinstance(value, list | tuple) else [value] * call.axes
    value = [value] if call.axes == 1 and len(value) == 2 else value
    return [(known(one[0]), known(one[1])) if isinstance(one, list | tuple) else (known(one),) * 2 for one in value]


@rule("UpSampling1D UpSampling2D UpSampling3D")
@channels_last
def upsampled(call: Call) -> Asked:
    return _each_side(call, lambda side, times: side * times, call.sides("size", 2))


def _each_side(call: Call, change: Callable[[int, Any], int], by: Any) -> Asked:
    pairs = zip(call.x[1:-1], by, strict=True)
    places = tuple(None if side is None else change(side, each) for side, each in pairs)
    return Asked(((call.x[0], *places, call.x[-1]),))


@rule("CenterCrop RandomCrop Resizing")
@channels_last
def resized(call: Call) -> Asked:
    """Gives pictures of a size; what is taken between may be as wide as either."""
    places = (call.whole("height"), call.whole("width"))
    output = (*call.x[:-3], *places, call.x[-1])
    return Asked((output,), between=numbers(output) + numbers(call.x))


@rule("Whitening")
def whitening(call: Call) -> Asked:
    """Our own layer: small fixed filters."""
    filters, side, stride = call.whole("filters", 32), call.whole("size", 4), call.whole("strides", 2)
    output = (call.x[0], *strided(call.x[1:3], (side, side), (stride, stride), "valid"), filters)
    kernel = (side, side, call.width, filters)
    return Asked((output,), (kernel,), between=numbers(call.x), work=numbers(output) * prod(kernel[:-1]))
