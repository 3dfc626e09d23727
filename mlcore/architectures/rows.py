"""The kinds of layer that a network of your own is made of; each knows what it gives and how many weights it has.

Plain arithmetic, so that shapes and parameters are known while somebody types, without loading Keras. A shape is
(height, width, filters) for a map and (numbers,) for what is no map any more, without the batch axis.
"""

from math import prod
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from mlcore.settings import Settings, choice, number

Activation = Literal["none", "relu", "gelu", "silu", "tanh", "sigmoid"]
Padding = Literal["same", "valid"]
Shape = tuple[int, ...]
ACTIVATIONS = {"none": "", "relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "tanh": "tanh", "sigmoid": "sigmoid"}


class Row(Settings):
    """One layer; `kind` is what a drawing colours alike."""

    kind: ClassVar[str] = "quiet"

    def refuses(self, shape: Shape) -> str | None:
        """Why it can't follow something of that shape, as the end of a sentence; None when it can."""
        return None

    def gives(self, shape: Shape) -> Shape:
        """The shape of what it makes of something of that shape."""
        return shape

    def parameters(self, shape: Shape) -> int:
        """How many numbers it keeps, those that no gradient changes included."""
        return 0

    @property
    def title(self) -> str:
        """Its kind of layer, in words."""
        return title(type_name(type(self)))

    @property
    def words(self) -> str:
        """What it does, in a few words."""
        return self.title


class MapRow(Row):
    """A layer that needs a map."""

    def refuses(self, shape: Shape) -> str | None:
        return None if len(shape) == 3 else f"needs a map, but gets {in_words(shape)}"


class WindowRow(MapRow):
    """A layer that slides a window over a map."""

    kind: ClassVar[str] = "convolution"
    kernel: int = number(3, 1, 15, "Side of the window, in places of the map")
    stride: int = number(1, 1, 15, "Step from window to window")
    padding: Padding = choice("same", "Whether windows may reach over the edge (same) or not (valid)")

    def refuses(self, shape: Shape) -> str | None:
        outside = self.padding == "valid" and len(shape) == 3 and min(shape[:2]) < self.kernel
        window = f"has a window of {self.kernel} x {self.kernel}, which doesn't fit into {in_words(shape)}"
        return window if outside else super().refuses(shape)

    def gives(self, shape: Shape) -> Shape:
        return (*(self._places(side) for side in shape[:2]), shape[2])

    @property
    def words(self) -> str:
        by = f", stride {self.stride}" if self.stride != self.usual_stride else ""
        return f"{self.title} {self.kernel} x {self.kernel}{by}"

    @property
    def usual_stride(self) -> int:
        """The stride that goes without saying."""
        return self.kernel if self.kind == "pooling" else 1

    def _places(self, side: int) -> int:
        return -(-side // self.stride) if self.padding == "same" else (side - self.kernel) // self.stride + 1


class Convolution(WindowRow):
    """Each filter looks for one pattern everywhere."""

    type: Literal["convolution"] = "convolution"
    filters: int = number(32, 1, 1024, "Filters: how many patterns are looked for")
    activation: Activation = choice("relu", "What is done with each sum")

    def gives(self, shape: Shape) -> Shape:
        return (*super().gives(shape)[:2], self.filters)

    def parameters(self, shape: Shape) -> int:
        return (self.kernel**2 * shape[2] + 1) * self.filters

    @property
    def words(self) -> str:
        return f"{super().words}, {self.filters} filters{_with(self.activation)}"


class DepthwiseConvolution(WindowRow):
    """One pattern for each filter of the map by itself."""

    type: Literal["depthwise-convolution"] = "depthwise-convolution"
    activation: Activation = choice("none", "What is done with each sum")

    def parameters(self, shape: Shape) -> int:
        return (self.kernel**2 + 1) * shape[2]

    @property
    def words(self) -> str:
        return super().words + _with(self.activation)


class PoolingRow(WindowRow):
    """A layer that summarises each window."""

    kind: ClassVar[str] = "pooling"
    kernel: int = number(2, 1, 15, "Side of the window, in places of the map")
    stride: int = number(2, 1, 15, "Step from window to window")
    padding: Padding = choice("valid", "Whether windows may reach over the edge (same) or not (valid)")


class MaxPooling(PoolingRow):
    """Keeps the largest number of each window."""

    type: Literal["max-pooling"] = "max-pooling"


class AveragePooling(PoolingRow):
    """Keeps the average of each window."""

    type: Literal["average-pooling"] = "average-pooling"


class BatchNormalization(Row):
    """Centres and scales each filter by its values in the batch."""

    type: Literal["batch-normalization"] = "batch-normalization"

    def parameters(self, shape: Shape) -> int:
        return 4 * shape[-1]


class LayerNormalization(Row):
    """Centres and scales the filters of each place."""

    type: Literal["layer-normalization"] = "layer-normalization"

    def parameters(self, shape: Shape) -> int:
        return 2 * shape[-1]


class ActivationRow(Row):
    """A function of each number by itself."""

    type: Literal["activation"] = "activation"
    activation: Activation = choice("relu", "What is done with each number")

    @property
    def words(self) -> str:
        return ACTIVATIONS[self.activation] or "No change"


class Dropout(Row):
    """Leaves numbers out while training, others each time."""

    type: Literal["dropout"] = "dropout"
    rate: float = number(0.3, 0.0, 0.95, "Share of numbers left out in each training step")

    @property
    def words(self) -> str:
        return f"Dropout {self.rate:g}"


class JoinRow(Row):
    """A layer that lets an earlier result in a second time."""

    kind: ClassVar[str] = "join"
    row: int = number(1, 0, 200, "Row whose result comes in as well; 0 is the picture")

    @property
    def words(self) -> str:
        return f"{self.title} row {self.row}"


class Add(JoinRow):
    """Adds an earlier result of the same shape: a shortcut around the rows between."""

    type: Literal["add"] = "add"


class Concatenate(JoinRow):
    """Puts the filters of an earlier result beside those of this one."""

    type: Literal["concatenate"] = "concatenate"


class GlobalRow(MapRow):
    """A layer that makes one number of each filter."""

    kind: ClassVar[str] = "pooling"

    def gives(self, shape: Shape) -> Shape:
        return shape[2:]


class GlobalAveragePooling(GlobalRow):
    """The average of each filter over the whole map."""

    type: Literal["global-average-pooling"] = "global-average-pooling"


class GlobalMaxPooling(GlobalRow):
    """The largest number of each filter in the whole map."""

    type: Literal["global-max-pooling"] = "global-max-pooling"


class Flatten(MapRow):
    """All numbers of the map in one row."""

    kind: ClassVar[str] = "other"
    type: Literal["flatten"] = "flatten"

    def gives(self, shape: Shape) -> Shape:
        return (prod(shape),)


class Dense(Row):
    """Each unit is a weighted sum of all numbers before it."""

    kind: ClassVar[str] = "dense"
    type: Literal["dense"] = "dense"
    units: int = number(64, 1, 8192, "Units: how many weighted sums")
    activation: Activation = choice("relu", "What is done with each sum")

    def refuses(self, shape: Shape) -> str | None:
        return None if len(shape) == 1 else f"needs plain numbers, but gets {in_words(shape)}; {PUT}"

    def gives(self, shape: Shape) -> Shape:
        return (self.units,)

    def parameters(self, shape: Shape) -> int:
        return (shape[0] + 1) * self.units

    @property
    def words(self) -> str:
        return f"Dense, {self.units} units{_with(self.activation)}"


PUT = "put a flatten or a global pooling between them"
AnyRow = Annotated[
    Convolution
    | MaxPooling
    | AveragePooling
    | BatchNormalization
    | ActivationRow
    | Dropout
    | Flatten
    | Dense
    | GlobalAveragePooling
    | GlobalMaxPooling
    | DepthwiseConvolution
    | LayerNormalization
    | Add
    | Concatenate,
    Field(discriminator="type"),
]


def type_name(row: type[Row]) -> str:
    """What a kind of row is called in the list of layers, such as "max-pooling"."""
    return row.model_fields["type"].default


KINDS: dict[str, type[Row]] = {type_name(kind): kind for kind in get_args(get_args(AnyRow)[0])}


def title(kind: str) -> str:
    """A kind of row in words."""
    return kind.replace("-", " ").capitalize()


def in_words(shape: Shape) -> str:
    """A shape in words."""
    return f"{shape[0]:,} numbers" if len(shape) == 1 else f"a map of {sides(shape)}"


def sides(shape: Shape) -> str:
    """A shape as it is written: 16 x 16 x 32."""
    return " x ".join(f"{side:,}" for side in shape)


def _with(activation: str) -> str:
    return f", {ACTIVATIONS[activation]}" if activation != "none" else ""
