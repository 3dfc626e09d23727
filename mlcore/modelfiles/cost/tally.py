"""Adds up what a network asks for, and refuses it at the first thing that is too much."""

from dataclasses import dataclass, field
from math import prod
from typing import Any

from mlcore.errors import Kind, Refused
from mlcore.modelfiles.config import too_large

Shape = tuple[int | None, ...]  # the batch first; None where it may have any size

OPEN_SIDE, OPEN_STEPS = 224, 16  # pixels of a side, and frames, that the description leaves open
CLIP = 5  # axes of a batch of clips
NUMBER = 4  # bytes
MAX_WEIGHTS = 300_000_000  # numbers; VGG16 has 138 million, and a file of 600 MB holds 300 in half precision
MAX_TENSOR = 2_000_000_000  # bytes that one layer may take in and give for the pictures that are answered at a time
MAX_TENSORS = 8_000_000_000  # bytes of what all layers give for one picture; EfficientNet-B7 has 5.3 billion
MAX_WORK = 400_000_000_000  # multiplications for one picture; EfficientNet-B7 has 39 billion
MAX_CALLS = 1500  # of layers; on 2 busy cores Keras took 2 ms to build one and 3 to 15 until it answered
MAX_AXES = 16
TOGETHER = 128  # pictures that are answered at a time, fewer where they are large:
PIXELS = 64 * 64 * 64  # together; at 224 x 224 pictures 64 together take 500 MB and are no quicker than 4 (80 MB)


@dataclass(frozen=True)
class Asked:
    """What one layer asks for: what it gives, its weights, the numbers between, multiplications, calls of layers."""

    outputs: tuple[Shape, ...]
    weights: tuple[Shape, ...] = ()
    between: int = 0
    work: int = 0
    calls: int = 1


@dataclass
class Cost:
    """What a network asks for in all: shapes of its weights, bytes per picture, multiplications, calls of layers.

    `together` is how many pictures are answered at a time, `inputs` what it takes, and `outputs` what it gives.
    """

    together: int = 1
    inputs: list[Shape] = field(default_factory=list)
    outputs: list[Shape] = field(default_factory=list)
    weights: list[Shape] = field(default_factory=list)
    tensors: int = 0
    work: int = 0
    calls: int = 0
    _numbers: int = 0

    @property
    def numbers(self) -> int:
        """How many numbers its layers give for one picture."""
        return self.tensors // NUMBER

    def enter(self) -> None:
        """Count a network as a call of its own: those within each other double quickly."""
        self.calls += 1
        self._check()

    def take(self, name: str, inputs: list[Shape], asked: Asked) -> None:
        """Add a call of a layer; raises Refused when it is too much."""
        given = sum(map(numbers, asked.outputs)) + asked.between
        at_once = (given + sum(map(numbers, inputs))) * NUMBER * self.together
        if at_once > MAX_TENSOR:
            pictures = f"{self.together} pictures" if self.together > 1 else "one picture"
            raise too_large(f"its layer {name!r} would take {_gigabytes(at_once)} for {pictures}")
        self.tensors += given * NUMBER
        self.work += asked.work
        self.calls += asked.calls
        self._check()

    def keep(self, weights: tuple[Shape, ...]) -> None:
        """Add the weights of a layer; raises Refused when it is too much."""
        self.weights += weights
        self._numbers += sum(numbers((1, *shape)) for shape in weights)
        if self._numbers > MAX_WEIGHTS:
            raise too_large(f"its description asks for {_gigabytes(self._numbers * NUMBER)} of weights or more")

    def _check(self) -> None:
        if self.calls > MAX_CALLS:
            raise too_large(f"its layers are called more than {MAX_CALLS:,} times")
        if self.tensors > MAX_TENSORS:
            raise too_large(f"one picture would take {_gigabytes(self.tensors)} or more in it")
        if self.work > MAX_WORK:
            raise too_large(f"one picture would take {self.work / 1e9:,.0f} billion multiplications or more")


def numbers(shape: Shape) -> int:
    """How many numbers a tensor of a shape has, for one picture."""
    if len(shape) > MAX_AXES:
        raise misfit(f"a shape in it has more than {MAX_AXES} axes")
    return prod(OPEN_SIDE if side is None else side for side in shape[1:]) * (shape[0] or 1) if shape else 1


def closed(shape: Shape) -> Shape:
    """A picture's or a clip's shape with an ordinary number where places may be any."""
    steps = OPEN_STEPS if len(shape) == CLIP else OPEN_SIDE
    sides = [steps if at == 1 and side is None else side for at, side in enumerate(shape)]
    return (*sides[:1], *(OPEN_SIDE if side is None else side for side in sides[1:-1]), *sides[1:][-1:])


def together(shape: Shape) -> int:
    """How many pictures of a shape are answered at a time."""
    places = prod(OPEN_SIDE if side is None else side for side in shape[1:-1])
    return max(1, min(TOGETHER, PIXELS // max(1, places)))


def misfit(what: str) -> Refused:
    """The refusal for a description that contradicts itself."""
    return Refused(Kind.CORRUPT_MODEL, f"The model isn't loaded: {what}. Save or copy it again.")


def _gigabytes(size: Any) -> str:
    return f"{size / 1e9:,.1f} GB" if size < 1e15 else "millions of GB"
