"""A grid of pictures to choose and label, many at once, by mouse, finger or keys."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import streamlit as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from mlcore import images
from pages.parts.components.data_url import address, photograph
from pages.parts.components.own_files import component

THUMBNAIL, LARGE = 112, 1024  # pixels a side
SMALL = 48  # pictures up to this are drawn with sharp pixels
KEYS = 9

_component = component("picture_grid")


class Operation(BaseModel):
    """Something a person did with pictures, in the order of their numbers."""

    number: int = Field(ge=1, le=10**9)
    action: Literal["label", "move", "drop", "undo", "redo", "look", "turn"]
    ids: tuple[int, ...] = Field(max_length=1000)
    to: str = Field("", max_length=200)


@dataclass(frozen=True)
class Tile:
    """A picture in the grid: what it is known by, its address, what stands below it, what a pointer shows."""

    id: int
    src: str
    label: str
    title: str
    small: bool = False


_operations = TypeAdapter(list[Operation])


def picture_grid(key: str, tiles: list[Tile], alt: str, on_operations: Callable[[], None], **further: Any) -> None:
    """Draw it. `further` are `classes` to choose from, those with `keys`, the number of the last operation that is
    `done`, what is `told`, whether there is something to `undo` and `redo`, and a picture to `look` at, large.
    """
    pictures = [asdict(tile) for tile in tiles]
    data = {"pictures": pictures, "alt": alt, "look": None, **further}
    _component(key=key, data=data, on_operations_change=on_operations)


def operations(key: str, done: int) -> list[Operation]:
    """What was done since the operation of that number; nothing where a browser sends something else."""
    try:
        sent = _operations.validate_python(st.session_state[key]["operations"])
    except (KeyError, TypeError, ValidationError):
        return []
    return [each for each in sent if each.number > done]


def thumbnail(pixels: np.ndarray, most: int = THUMBNAIL) -> str:
    """The address of a picture uint8 (H, W, 3) for the grid: small ones as they are."""
    if max(pixels.shape[:2]) <= SMALL:
        return address(pixels)
    return photograph(images.thumbnail(pixels, most))
