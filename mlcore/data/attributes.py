"""Attributes: named facts of each stored picture, such as its camera or a column of a CSV, kept beside the pixels.

`attributes.npz` holds the names, a line each, and by its number each column: float32, NaN where unknown, or int32,
places in a list of texts, -1 where unknown; such a list is lines of UTF-8, too.
"""

import io
import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import durable, reader
from mlcore.errors import Kind, Refused

FILE = "attributes.npz"
MOST_COLUMNS = 64
MOST_BYTES = 2**30  # of all columns, unpacked: 64 of a million pictures take a quarter of that
MOST_TEXTS = 2**23  # bytes of the texts in a column that differ: once so many are there, others are unknown
LONGEST = 200  # letters of a text, and of a column's name
UNKNOWN = -1

Facts = Mapping[str, str | float]  # of one picture


@dataclass(frozen=True, eq=False)
class Attribute:
    """One fact of every picture: `values` are float32 (n,), or int32 (n,), places in the list of `texts`."""

    values: np.ndarray
    texts: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_text(self) -> bool:
        """Whether it holds texts and not numbers."""
        return self.texts is not None

    @property
    def known(self) -> np.ndarray:
        """Of which pictures it is known, bool (n,)."""
        return self.values >= 0 if self.is_text else ~np.isnan(self.values)

    @property
    def numbers(self) -> np.ndarray:
        """Numbers int64 (n,), the same for pictures with the same value; -1 where it is unknown."""
        numbers = np.unique(self.values, return_inverse=True)[1].reshape(-1)
        return np.where(self.known, numbers, UNKNOWN)

    def at(self, row: int) -> str | float | None:
        """What is known of one picture."""
        value = self.values[row].item()
        if self.texts is None:
            return None if math.isnan(value) else value
        return self.texts[value] if value >= 0 else None

    def each(self) -> Iterator[str | float | None]:
        """What is known of one picture after the other."""
        return map(self.at, range(len(self)))

    def of(self, rows: np.ndarray) -> "Attribute":
        """The same fact of some of the pictures."""
        return Attribute(self.values[rows], self.texts)


class Columns:
    """Takes the facts of one picture after the other, four bytes for each; the first value says if it's a text."""

    def __init__(self) -> None:
        self._columns: dict[str, _Column] = {}
        self._rows = 0

    def add(self, facts: Facts) -> None:
        """Keep what is known of the next picture."""
        for name, value in facts.items():
            if name not in self._columns and len(self._columns) < MOST_COLUMNS:
                self._columns[name] = _Column(isinstance(value, str))
            if name in self._columns:
                self._columns[name].put(self._rows, value)
        self._rows += 1

    def save(self, folder: Path) -> None:
        """Write every column beside the pictures, where there is one."""
        if self._columns:
            write(folder, {name: column.done(self._rows) for name, column in self._columns.items()})


class _Column:
    """The values of one column so far; pictures that it wasn't told of are unknown."""

    def __init__(self, is_text: bool):
        self._values: array[Any] = array("i" if is_text else "f")
        self._unknown = UNKNOWN if is_text else math.nan
        self._texts: dict[str, int] | None = {} if is_text else None
        self._bytes = 0

    def put(self, row: int, value: str | float) -> None:
        self._fill(row)
        self._values.append(self._stored(value))

    def done(self, count: int) -> Attribute:
        self._fill(count)
        values = np.array(self._values, "float32" if self._texts is None else "int32")
        return Attribute(values, None if self._texts is None else tuple(self._texts))

    def _fill(self, count: int) -> None:
        self._values.extend([self._unknown] * (count - len(self._values)))

    def _stored(self, value: str | float) -> float:
        if isinstance(value, str) != (self._texts is not None):
            return self._unknown
        return float(value) if self._texts is None else self._place(_line(str(value)), self._texts)

    def _place(self, text: str, texts: dict[str, int]) -> int:
        if not text or (text not in texts and self._bytes > MOST_TEXTS):
            return UNKNOWN
        if text not in texts:
            self._bytes += len(text.encode(errors="replace"))
        return texts.setdefault(text, len(texts))


def write(folder: Path, attributes: Mapping[str, Attribute]) -> None:
    """Keep attributes in a folder of stored pictures."""
    arrays = {"names": _packed(map(_line, attributes))}
    for number, attribute in enumerate(attributes.values()):
        arrays[f"{number}.values"] = attribute.values
        if attribute.texts is not None:
            arrays[f"{number}.texts"] = _packed(attribute.texts)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    durable.write_bytes(folder / FILE, file.getvalue())


def read(folder: Path, count: int) -> dict[str, Attribute]:
    """The attributes of the `count` pictures stored in a folder; none where there are none.

    Raises Refused(unreadable-file).
    """
    try:
        arrays = reader.arrays(folder / FILE, MOST_BYTES)
        return {name: _attribute(arrays, number, count) for number, name in enumerate(_lines(arrays["names"]))}
    except (KeyError, ValueError, TypeError):
        raise Refused(Kind.UNREADABLE_FILE, f"{FILE!r} doesn't go with the pictures.") from None
    except Refused as refusal:
        if refusal.kind == Kind.MISSING_FILE:
            return {}
        raise


def joined(parts: Sequence[tuple[int, Mapping[str, Attribute]]]) -> dict[str, Attribute]:
    """The attributes of several parts, one after the other, each with how many pictures it has.

    What a part doesn't tell is unknown there; of a name that is numbers here and texts there the first kind counts.
    """
    firsts = {name: attribute for _, part in reversed(parts) for name, attribute in part.items()}
    return {name: _joined(name, first.is_text, parts) for name, first in firsts.items()}


def _joined(name: str, is_text: bool, parts: Sequence[tuple[int, Mapping[str, Attribute]]]) -> Attribute:
    column, start = _Column(is_text), 0
    for count, part in parts:
        for row, value in enumerate(part[name].each() if name in part else ()):
            if value is not None:
                column.put(start + row, value)
        start += count
    return column.done(start)


def _attribute(arrays: Mapping[str, np.ndarray], number: int, count: int) -> Attribute:
    """The column of that number; raises KeyError or ValueError where it isn't what it should be."""
    values, texts = arrays[f"{number}.values"], arrays.get(f"{number}.texts")
    if values.shape != (count,) or values.dtype != ("float32" if texts is None else "int32"):
        raise ValueError("another shape")
    if texts is None:
        return Attribute(values)
    lines = _lines(texts)
    if count and not UNKNOWN <= values.min() <= values.max() < len(lines):
        raise ValueError("places that no text has")
    return Attribute(values, lines)


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST]


def _packed(lines: Iterable[str]) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode(errors="replace"), "uint8")


def _lines(packed: np.ndarray) -> tuple[str, ...]:
    return tuple(packed.astype("uint8").tobytes().decode(errors="replace").split("\n")) if len(packed) else ()
