"""What a sweep varies: each axis is a setting with the values or the range that it may take."""

import math
from itertools import product

import numpy as np

from mlcore import reader
from mlcore.errors import Kind, Refused
from mlcore.settings import Settings, choice, number

HOW = "write key=a,b,c or key=low..high, with :log for a logarithmic range and :5 for five points of a grid"
POINTS = 3


class Axis(Settings):
    """One setting that varies: among `values`, or between `low` and `high`."""

    key: str = choice("", "Name of the setting, such as training.learning_rate")
    values: tuple = choice((), "The values to choose from; empty for a range")
    low: float = choice(0.0, "Smallest value of a range")
    high: float = choice(0.0, "Largest value of a range")
    log: bool = choice(False, "Whether each step of a range is a factor")
    whole: bool = choice(False, "Whether a range holds whole numbers only")
    points: int = number(POINTS, 2, 100, "How many values of a range a grid tries")

    def at(self, share: float):
        """The value at a share, 0 to 1, of the way through the axis."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.log:
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            value = self.low + share * (self.high - self.low)
        value = min(max(value, self.low), self.high)
        return round(value) if self.whole else float(f"{value:.6g}")

    def grid(self) -> list:
        """The values that a grid tries."""
        if self.values:
            return list(self.values)
        return list(dict.fromkeys(self.at(share) for share in np.linspace(0, 1, self.points)))


def parse(text: str) -> Axis:
    """An axis from `key=16,32` or `key=0.001..0.1:log:5`; raises Refused(bad-setting)."""
    key, sign, said = text.partition("=")
    if not sign or not key.strip() or not said.strip():
        raise Refused(Kind.BAD_SETTING, f"{text!r} says nothing to vary: {HOW}.")
    if ".." not in said:
        return Axis(key=key.strip(), values=_values(said))
    ends, *options = said.split(":")
    low, _, high = ends.partition("..")
    return _range(text, key.strip(), _value(low), _value(high), options)


def _range(text: str, key: str, low, high, options: list[str]) -> Axis:
    points = [int(option) for option in options if option.isdigit()]
    odd = [option for option in options if option != "log" and not option.isdigit()]
    if odd or len(points) > 1 or not all(isinstance(end, int | float) for end in (low, high)) or low >= high:
        raise Refused(Kind.BAD_SETTING, f"{text!r} isn't a range: {HOW}.")
    if "log" in options and low <= 0:
        raise Refused(Kind.BAD_SETTING, f"{text!r}: a logarithmic range must begin above 0.")
    count = points[0] if points else POINTS
    if not 2 <= count <= 100:
        raise Refused(Kind.BAD_SETTING, f"{text!r}: a grid tries 2 to 100 points of a range.")
    whole = isinstance(low, int) and isinstance(high, int)
    return Axis(key=key, low=low, high=high, log="log" in options, whole=whole, points=count)


def grid(axes: tuple[Axis, ...]) -> list[dict]:
    """Every combination of the axes' values, the last axis changing quickest."""
    return [dict(zip((axis.key for axis in axes), values, strict=True)) for values in product(*map(Axis.grid, axes))]


def _values(text: str) -> tuple:
    """Values between commas; lists keep theirs, as in settings.hidden=[64],[64,64]."""
    values = reader.parse_or(f"[{text}]", None)
    return tuple(_value(part) for part in text.split(",")) if values is None else tuple(values)


def _value(text: str):
    return reader.parse_or(text.strip(), text.strip())
