"""The shelf of data sources: each hands over labelled pictures one at a time, never all at once.

A source is a function of its settings that gives an `Incoming`. A source with `Facts` is built in: it can be
listed, described and opened by its name before anything of it is stored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from mlcore.archives import Skipped
from mlcore.errors import Notice
from mlcore.registry import Entry, Registry
from mlcore.settings import Settings

sources = Registry("data source", __name__)


class Example(NamedTuple):
    """One picture on its way into the store: uint8 (H, W, 3), class index, given split or None, file name.

    Or one clip (T, H, W, 3); all clips of a source have the same number of frames. `original` is the file that a
    picture was decoded from, which a packed store keeps instead of the pixels; `attributes` are further facts.
    """

    pixels: np.ndarray
    label: int
    split: str | None
    name: str
    original: bytes = b""
    attributes: Mapping[str, str | float] = MappingProxyType({})


@dataclass
class Incoming:
    """What a source hands over; `notices` and `skipped` are complete once the examples are drawn.

    A `size` of None leaves the choice to the store, and so does a `store` that is neither "flat" nor "packed"; `sizes`
    are the heights and widths of some pictures, where they are known before, and `files` the bytes of their files.
    """

    classes: tuple[str, ...]
    total: int
    examples: Iterable[Example]
    origin: str = ""
    size: int | None = None
    store: str = ""
    sizes: Sequence[tuple[int, int]] = ()
    files: Sequence[int] = ()
    notices: list[Notice] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


Source = Callable[[Any], Incoming]  # a function of its settings


@dataclass(frozen=True)
class Facts:
    """What is known of a built-in source before it is read; `download_bytes` is 0 when no network is needed."""

    description: str
    classes: tuple[str, ...]
    shape: tuple[int, ...]
    pictures: int
    license: str
    address: str
    download_bytes: int = 0


def built_in(name: str, title: str, facts: Facts) -> Callable[[Source], Source]:
    """Put a source with facts on the shelf under the name of its data set."""

    return sources.add(name, title, Settings, traits=("built-in",), about=facts)


def facts(entry: Entry) -> Facts:
    """What is known of a built-in source."""
    return entry.about
