"""Rules: what a layer gives and which weights it asks for, by its settings and what it takes. Names of Keras 3.15."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

from mlcore.modelfiles.cost.tally import Asked, Shape, numbers


@dataclass(frozen=True)
class Call:
    """A call of a layer: its class, its settings, the shapes it takes, and all arguments with shapes for tensors.

    `ask` tells what a layer inside it asks for.
    """

    name: str
    config: dict[str, Any]
    inputs: list[Shape]
    arguments: list[Any]
    ask: Callable[[dict, list[Shape]], Asked]

    @property
    def x(self) -> Shape:
        """The first shape it takes."""
        return self.inputs[0]

    @property
    def width(self) -> int:
        """How many channels that has."""
        return known(self.x[-1])

    @property
    def axes(self) -> int:
        """How many axes of places it is for: the digit in its name."""
        return int(re.findall(r"(\d)D", self.name)[0])

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number, or what it is where nothing is written; without that ValueError."""
        value = self.config.get(key)
        return known(default if value is None else value)

    def flag(self, key: str, default: bool = False) -> bool:
        """A switch."""
        return bool(self.config.get(key, default))

    def sides(self, key: str, default: Any = 1) -> tuple[int, ...]:
        """A number for each axis of places, written as one for all or as a list."""
        value = self.config.get(key)
        value = default if value is None else value
        return tuple(map(known, value)) if isinstance(value, list | tuple) else (known(value),) * self.axes


LOOP = 10  # plain layers are made ready to answer in the time that a recurrent one takes

Rule = Callable[[Call], Asked]
RULES: dict[tuple[str, str], Rule] = {}  # by ("layer" or "operation", class)


def rule(names: str, kind: str = "layer") -> Callable[[Rule], Rule]:
    """The rule of these classes."""

    def add(function: Rule) -> Rule:
        RULES.update({(kind, name): function for name in names.split()})
        return function

    return add


def known(value: Any) -> int:
    """A whole number of zero or more; raises ValueError for anything else."""
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def broadcast(first: Shape, second: Shape) -> Shape:
    """The shape of a sum of two."""
    longest = max(len(first), len(second))
    pairs = zip(*((1,) * (longest - len(one)) + tuple(one) for one in (first, second)), strict=True)
    return tuple(_wider(one, other) for one, other in pairs)


def _wider(one: int | None, other: int | None) -> int | None:
    if one == 1 or one == other:
        return other
    if other == 1 or other is None:
        return one
    if one is None:
        return other
    raise ValueError(f"{one} and {other} don't go together")


def loop(call: Call) -> int:
    """How many layers a row of steps counts as: each step where it is written out, else as long as its loop takes."""
    return (call.x[1] or 1) if call.flag("unroll") else LOOP


def whole_size(shape: Shape) -> int | None:
    """The product of sides; None where one is open."""
    return None if None in shape else prod(shape)  # type: ignore[arg-type]


@rule(
    "Activation ActivityRegularization AlphaDropout BothViews Dropout ELU GaussianDropout GaussianNoise Identity "
    "LeakyReLU Masking ReLU Rescaling Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D UnitNormalization "
    "AugMix AutoContrast CutMix Equalization MixUp RandAugment RandomBrightness RandomColorDegeneration "
    "RandomColorJitter RandomContrast RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur "
    "RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation "
    "RandomSharpness RandomShear RandomTranslation RandomZoom Scale Solarization StrongerView"
)
def same(call: Call) -> Asked:
    """Gives the shape that it takes; `BothViews` twice as many."""
    return Asked((call.x,), between=numbers(call.x), work=numbers(call.x))


@rule("Dense")
def dense(call: Call) -> Asked:
    units = call.whole("units")
    output = (*call.x[:-1], units)
    kernel, rank = (call.width, units), call.whole("lora_rank", 0)
    weights = [kernel, *([(units,)] if call.flag("use_bias", True) else [])]
    weights += [(call.width, rank), (rank, units)] if rank else []
    return Asked((output,), tuple(weights), work=call.width * numbers(output))


@rule("EinsumDense")
def einsum_dense(call: Call) -> Asked:
    """Keras' own notation: 'abc,cd->abd', with the sides that only the output has in `output_shape`."""
    taken, kernel, given = re.split(r",|->", str(call.config["equation"]).replace(" ", ""))
    shape = call.config["output_shape"]
    wanted = list(shape) if isinstance(shape, list | tuple) else [shape]
    sides = _lettered(taken, call.x)
    named = given.replace("...", "")
    sides = {**dict(zip(reversed(named), reversed(wanted), strict=False)), **sides}
    rest = call.x[: len(call.x) - len(taken.replace("...", ""))] if "..." in given else ()
    own = tuple(sides[letter] for letter in named)
    output = (*rest, *own) if given.startswith("...") or not rest else (*own, *call.x[len(own) :])
    weights = [tuple(known(sides[letter]) for letter in kernel)]
    if bias := call.config.get("bias_axes"):
        first = min(named.index(letter) for letter in bias)
        weights.append(tuple(known(sides[one]) if one in bias else 1 for one in named[first:]))
    summed = prod(known(sides[letter]) for letter in kernel if letter not in named)
    return Asked((output,), tuple(weights), work=numbers(output) * summed)


def _lettered(letters: str, shape: Shape) -> dict[str, int | None]:
    """The side of each letter; an ellipsis stands for the sides that are left."""
    if letters.endswith("..."):
        return dict(zip(letters[:-3], shape, strict=False))
    plain = letters.replace("...", "")
    return dict(zip(reversed(plain), reversed(shape), strict=False))


@rule("Embedding")
def embedding(call: Call) -> Asked:
    width = call.whole("output_dim")
    weights: list[Shape] = [(call.whole("input_dim"), width)]
    rank = call.whole("lora_rank", 0)
    weights += [(call.whole("input_dim"), rank), (rank, width)] if rank else []
    return Asked(((*call.x, width),), tuple(weights))


@rule("BatchNormalization")
def batch_normalization(call: Call) -> Asked:
    each = (known(call.x[call.config.get("axis", -1)]),)
    learned = call.flag("scale", True) + call.flag("center", True)
    return Asked((call.x,), (each,) * (learned + (5 if call.flag("renorm") else 2)), work=numbers(call.x))


@rule("LayerNormalization GroupNormalization RMSNormalization")
def other_normalization(call: Call) -> Asked:
    axis = call.config.get("axis", -1)
    axes = sorted(axis) if isinstance(axis, list | tuple) else [axis]
    each = tuple(known(call.x[one]) for one in axes)
    count = 1 if call.name.startswith("RMS") or call.flag("rms_scaling") else 0
    count = count or call.flag("scale", True) + call.flag("center", True)
    return Asked((call.x,), (each,) * count, between=numbers(call.x), work=numbers(call.x))


@rule("Normalization")
def normalization(call: Call) -> Asked:
    axis = call.config.get("axis", -1)
    axes = axis if isinstance(axis, list | tuple) else [] if axis is None else [axis]
    kept = tuple(known(call.x[one]) for one in sorted(one % len(call.x) for one in axes))
    weights = () if call.config.get("mean") is not None else (kept, kept, ())
    return Asked((call.x,), weights, work=numbers(call.x))


@rule("PReLU")
def prelu(call: Call) -> Asked:
    shared = call.config.get("shared_axes") or []
    alpha = tuple(1 if at in shared else known(side) for at, side in enumerate(call.x) if at)
    return Asked((call.x,), (alpha,), between=numbers(call.x))


@rule("Flatten")
def flatten(call: Call) -> Asked:
    return Asked(((call.x[0], whole_size(call.x[1:])),))


@rule("Reshape")
def reshape(call: Call) -> Asked:
    return Asked(((call.x[0], *reshaped(call.x[1:], call.config["target_shape"])),))


def reshaped(shape: Shape, wanted: Any) -> Shape:
    """A shape brought into another of as many numbers; one of its sides may be -1, which is what is left."""
    size, fixed = whole_size(shape), prod(side for side in wanted if side is not None and side > 0)
    left = None if size is None else size // max(1, fixed)
    if size is not None and -1 not in wanted and None not in wanted and fixed != size:
        raise ValueError(f"{shape} can't become {wanted}")
    return tuple(left if side in (-1, None) else known(side) for side in wanted)


@rule("Permute")
def permute(call: Call) -> Asked:
    return Asked(((call.x[0], *(call.x[known(at)] for at in call.config["dims"])),))


@rule("RepeatVector")
def repeat(call: Call) -> Asked:
    return Asked(((call.x[0], call.whole("n"), *call.x[1:]),))


@rule("Add Average Maximum Minimum Multiply Subtract")
def merged(call: Call) -> Asked:
    output = call.x
    for other in call.inputs[1:]:
        output = broadcast(output, other)
    return Asked((output,), work=numbers(output) * len(call.inputs))


@rule("Concatenate")
def concatenated(call: Call) -> Asked:
    return Asked((joined(call.inputs, call.config.get("axis", -1)),))


def joined(shapes: list[Shape], axis: int) -> Shape:
    """What shapes become one behind the other along an axis."""
    output, sides = list(shapes[0]), [shape[axis] for shape in shapes]
    if any(len(shape) != len(output) for shape in shapes):
        raise ValueError("shapes of different ranks")
    output[axis] = None if None in sides else sum(map(known, sides))
    return tuple(output)


@rule("Dot")
def dot(call: Call) -> Asked:
    first, second = map(list, call.inputs)
    axes = call.config["axes"]
    one, other = axes if isinstance(axes, list | tuple) else (axes % len(first), axes % len(second))
    summed = first.pop(one) or 1
    second.pop(other)
    output = (*first, *second[1:])
    output = output if len(output) > 1 else (*output, 1)
    return Asked((output,), work=numbers(output) * summed)


@rule("Attention AdditiveAttention")
def attention(call: Call) -> Asked:
    query, value = call.inputs[0], call.inputs[1]
    scores = numbers((*query[:-1], value[1]))
    weights: tuple[Shape, ...] = ()
    if call.flag("use_scale", call.name == "AdditiveAttention"):
        weights = ((known(query[-1]),) if call.name == "AdditiveAttention" else (),)
    weights += ((),) if call.config.get("score_mode") == "concat" else ()
    between = scores * (known(query[-1]) if weights else 1)  # sums before they become scores
    return Asked(((*query[:-1], value[-1]),), weights, between, scores * known(query[-1]))


@rule("MultiHeadAttention")
def multi_head_attention(call: Call) -> Asked:
    query, value = call.inputs[0], call.inputs[1]
    key = call.inputs[2] if len(call.inputs) > 2 else value
    heads, side = call.whole("num_heads"), call.whole("key_dim")
    deep = call.whole("value_dim", side)
    given = call.config.get("output_shape")
    last = (query[-1],) if given is None else tuple(given) if isinstance(given, list) else (given,)
    parts = [(query, side), (key, side), (value, deep), *([(query, deep)] if call.flag("use_gate") else [])]
    kernels = [(known(shape[-1]), heads, width) for shape, width in parts]
    biases: list[Shape] = [(heads, width) for _, width in parts] + [tuple(map(known, last))]
    weights = [*kernels, (heads, deep, *map(known, last)), *(biases if call.flag("use_bias", True) else [])]
    axes = call.config.get("attention_axes") or range(1, len(query) - 1)
    scores = heads * numbers(query[:-1]) * prod(numbers((None, value[axis])) for axis in axes)
    return Asked(((*query[:-1], *last),), tuple(weights), *_attended(query, value, heads, side + deep, scores))


def _attended(query: Shape, value: Shape, heads: int, depth: int, scores: int) -> tuple[int, int]:
    """Numbers between and multiplications: what queries, keys and values become, and how much each looks at each."""
    projected = (numbers(query[:-1]) + numbers(value[:-1])) * heads * depth
    return projected + 2 * scores, projected * (known(query[-1]) + known(value[-1])) + scores * depth


@rule("GroupQueryAttention")
def group_query_attention(call: Call) -> Asked:
    query, value = call.inputs[0], call.inputs[1]
    key = call.inputs[2] if len(call.inputs) > 2 else value
    many, few, side = call.whole("num_query_heads"), call.whole("num_key_value_heads"), call.whole("head_dim")
    parts = [(query, many), (key, few), (value, few), *([(query, many)] if call.flag("use_gate") else [])]
    kernels = [(known(shape[-1]), heads, side) for shape, heads in parts]
    biases: list[Shape] = [*((heads, side) for _, heads in parts), (known(query[-1]),)]
    weights = [*kernels, (many, side, known(query[-1])), *(biases if call.flag("use_bias", True) else [])]
    scores = many * numbers(query[:-1]) * numbers((None, value[1]))
    return Asked((query,), tuple(weights), *_attended(query, value, many, 2 * side, scores))
