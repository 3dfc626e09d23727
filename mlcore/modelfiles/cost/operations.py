"""Rules of operations between layers: what arithmetic in a functional network becomes."""

from itertools import pairwise
from math import prod
from typing import Any

from mlcore.modelfiles.config import too_large
from mlcore.modelfiles.cost.convolutions import strided
from mlcore.modelfiles.cost.rules import Call, Rule, broadcast, joined, known, reshaped, rule
from mlcore.modelfiles.cost.tally import MAX_CALLS, Asked, Shape, numbers


def operation(names: str) -> Any:
    """The rule of these operations."""
    return rule(names, "operation")


@operation(
    "Abs Absolute BatchNorm Cast Clip Elu Exp Flip Gelu HardSigmoid HardSilu LayerNorm LeakyRelu Log LogSoftmax "
    "Negative Reciprocal Relu Relu6 Rsqrt Selu Sigmoid Silu Softmax Softplus Softsign Sqrt Square Tanh"
)
def alike(call: Call) -> Asked:
    """Gives the shape that it takes."""
    return Asked((call.x,), work=numbers(call.x))


@operation("Add Divide Maximum Minimum Multiply Power Subtract TrueDivide")
def elementwise(call: Call) -> Asked:
    first, second = (_shape_of(part) for part in call.arguments[:2])
    output = broadcast(first, second)
    return Asked((output,), work=numbers(output))


def _shape_of(part: Any) -> Shape:
    """The shape of an argument: of a tensor, a number, or numbers written out."""
    if isinstance(part, tuple):
        return part
    if isinstance(part, dict):
        inner = part.get("config")
        return _shape_of(inner.get("value") if isinstance(inner, dict) else inner)
    return (len(part), *_shape_of(part[0])) if isinstance(part, list) and part else ()


@operation("Average Max Mean Min Sum Var")
def reduced(call: Call) -> Asked:
    return Asked((_without(call.x, call.config.get("axis"), call.flag("keepdims")),), work=numbers(call.x))


@operation("Moments")
def moments(call: Call) -> Asked:
    output = _without(call.x, call.config.get("axes"), call.flag("keepdims"))
    return Asked((output, output), between=numbers(call.x), work=2 * numbers(call.x))


def _without(shape: Shape, axis: Any, keep: bool) -> Shape:
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, list | tuple) else [axis]
    gone = {range(len(shape))[one] for one in axes}
    if keep:
        return tuple(1 if at in gone else side for at, side in enumerate(shape))
    return tuple(side for at, side in enumerate(shape) if at not in gone)


@operation("Concatenate")
def concatenated(call: Call) -> Asked:
    return Asked((joined(call.inputs, call.config.get("axis", 0)),))


@operation("Stack")
def stacked(call: Call) -> Asked:
    axis, output = call.config.get("axis", 0), list(call.x)
    output.insert(axis if axis >= 0 else len(output) + 1 + axis, len(call.inputs))
    return Asked((tuple(output),))


@operation("Split")
def split(call: Call) -> Asked:
    axis, parts = range(len(call.x))[call.config.get("axis", 0)], call.config["indices_or_sections"]
    side = call.x[axis]
    if isinstance(parts, int):
        return Asked(((*call.x[:axis], _piece(side, parts), *call.x[axis + 1 :]),) * parts)
    edges = [0, *map(known, parts), known(side)]
    sides = [max(0, stop - start) for start, stop in pairwise(edges)]
    return Asked(tuple((*call.x[:axis], each, *call.x[axis + 1 :]) for each in sides))


def _piece(side: int | None, parts: int) -> int | None:
    """One of equal parts of a side."""
    if known(parts) > MAX_CALLS:
        raise too_large(f"one of its layers splits what it takes into {parts:,} parts")
    if not parts or (side is not None and side % parts):
        raise ValueError(f"{side} can't be split into {parts} equal parts")
    return None if side is None else side // parts


@operation("ExpandDims")
def expanded(call: Call) -> Asked:
    axes = call.config["axis"] if isinstance(call.config["axis"], list) else [call.config["axis"]]
    rank, sides = len(call.x) + len(axes), iter(call.x)
    new = {range(rank)[axis] for axis in axes}
    return Asked((tuple(1 if at in new else next(sides) for at in range(rank)),))


@operation("Squeeze")
def squeezed(call: Call) -> Asked:
    axis = call.config.get("axis")
    axis = [at for at, side in enumerate(call.x) if side == 1] if axis is None else axis
    return Asked((_without(call.x, axis, keep=False),))


@operation("Reshape")
def reshape(call: Call) -> Asked:
    wanted = call.config["newshape"]
    if None not in call.x or None in call.x[1:]:
        return Asked((reshaped(call.x, wanted),))
    if wanted[0] in (-1, None):  # the batch, and the rest as it is written
        return Asked(((None, *reshaped(call.x[1:], wanted[1:])),))
    return Asked((tuple(None if side == -1 else known(side) for side in wanted),))


@operation("Swapaxes")
def swapped(call: Call) -> Asked:
    output = list(call.x)
    one, other = call.config["axis1"], call.config["axis2"]
    output[one], output[other] = output[other], output[one]
    return Asked((tuple(output),))


@operation("Transpose")
def transposed(call: Call) -> Asked:
    axes = call.config.get("axes")
    return Asked((tuple(reversed(call.x)) if axes is None else tuple(call.x[at] for at in axes),))


@operation("Pad")
def padded(call: Call) -> Asked:
    width = call.config["pad_width"]
    pairs: Any = [width] * 2 if isinstance(width, int) else width
    pairs = pairs if isinstance(pairs[0], list) else [pairs]
    pairs = pairs * len(call.x) if len(pairs) == 1 else pairs
    sides = zip(call.x, pairs, strict=True)
    return Asked((tuple(None if side is None else side + sum(map(known, pair)) for side, pair in sides),))


@operation("GetItem")
def got_item(call: Call) -> Asked:
    """A part of a tensor: slices keep an axis, numbers end it, an ellipsis stands for the axes left."""
    keys = call.arguments[1]
    keys = keys if isinstance(keys, list) else [keys]
    used = sum(1 for key in keys if key is not None and not _is(key, "__ellipsis__"))
    sides, output = list(call.x), list[int | None]()
    for key in keys:
        if _is(key, "__ellipsis__"):
            rest = len(call.x) - used
            output += sides[:rest]
            sides = sides[rest:]
        elif key is None:
            output.append(1)
        elif _is(key, "__slice__"):
            output.append(_sliced(sides.pop(0), key["config"]))
        else:
            sides.pop(0)
    return Asked(((*output, *sides),))


def _is(key: Any, name: str) -> bool:
    return isinstance(key, dict) and key.get("class_name") == name


def _sliced(side: int | None, config: dict) -> int | None:
    if side is None:
        return None
    return len(range(side)[slice(config.get("start"), config.get("stop"), config.get("step"))])


@operation("Matmul")
def matmul(call: Call) -> Asked:
    first, second = (_shape_of(part) for part in call.arguments[:2])
    left = first if len(first) > 1 else (1, *first)
    right = second if len(second) > 1 else (*second, 1)
    output = (*broadcast(left[:-2], right[:-2]), left[-2], right[-1])
    output = tuple(output) if len(second) > 1 else output[:-1]
    output = output if len(first) > 1 else (*output[: len(output) - 2], *output[-1:])
    return Asked((output,), work=numbers(output) * (first[-1] or 1))


@operation("Einsum")
def einsum(call: Call) -> Asked:
    taken, given = str(call.config["subscripts"]).replace(" ", "").split("->")
    sides = dict[str, int | None]()
    for letters, shape in zip(taken.split(","), map(_shape_of, call.arguments), strict=False):
        if len(letters) != len(shape):
            raise ValueError("an ellipsis, or a rank that doesn't fit")
        sides |= {one: side for one, side in zip(letters, shape, strict=True) if sides.get(one) in (None, 1)}
    output = tuple(sides[letter] for letter in given)
    everything = numbers((None, *(side for letter, side in sides.items() if letter != given[:1])))
    return Asked((output,), between=numbers(output), work=everything)


@operation("AveragePool MaxPool")
def pooled(call: Call) -> Asked:
    window = _sides(call, "pool_size")
    strides = _sides(call, "strides", window)
    places = strided(call.x[1:-1], window, strides, call.config.get("padding", "valid"))
    output = (call.x[0], *places, call.x[-1])
    return Asked((output,), work=numbers(output) * prod(window))


def _with_kernel(widen: Any) -> Rule:
    """The rule of a convolution by a kernel that is an argument; `widen` gives its channels by kernel and input."""

    def convolved(call: Call) -> Asked:
        if call.config.get("data_format") == "channels_first":
            raise ValueError("channels stand first")
        kernels = [_shape_of(part) for part in call.arguments[1:] if len(_shape_of(part)) == len(call.x)]
        window = tuple(known(side) for side in kernels[0][:-2])
        padding, gaps = call.config.get("padding", "valid"), _sides(call, "dilation_rate")
        places = strided(call.x[1:-1], window, _sides(call, "strides"), padding, gaps)
        output = (call.x[0], *places, widen(kernels))
        return Asked((output,), work=numbers(output) * prod(known(side) for side in kernels[0][:-1]))

    return convolved


operation("Conv")(_with_kernel(lambda kernels: kernels[0][-1]))
operation("DepthwiseConv")(_with_kernel(lambda kernels: known(kernels[0][-1]) * known(kernels[0][-2])))
operation("SeparableConv")(_with_kernel(lambda kernels: kernels[1][-1]))


def _sides(call: Call, key: str, default: Any = 1) -> tuple[int, ...]:
    value = call.config.get(key)
    value = default if value is None else value
    return tuple(map(known, value)) if isinstance(value, list | tuple) else (known(value),) * (len(call.x) - 2)
