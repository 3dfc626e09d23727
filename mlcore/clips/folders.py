"""Clips out of a folder or an archive: every video and animation is one, and so is every folder of still pictures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from mlcore import images
from mlcore.archives import Archive, Member
from mlcore.archives.names import is_video_name, natural
from mlcore.clips.door import Clip, decode, from_frames
from mlcore.clips.sampling import evenly
from mlcore.clips.size import shrunk
from mlcore.errors import Kind, Refused

MOST_WAITING = 512 * 2**20  # bytes of frames whose clips aren't complete yet
ANIMATION = re.compile(r"\.(gif|apng)$", re.IGNORECASE)


@dataclass
class Row:
    """One clip on its way: a file of its own, or the pictures in a folder."""

    member: Member
    alone: bool
    frames: list[Member] = field(default_factory=list)
    pixels: dict[str, np.ndarray] = field(default_factory=dict)
    refusal: Refused | None = None

    def needed(self, count: int) -> list[str]:
        """The names of the files to read, in their order; with few files some come more than once."""
        return [self.frames[index].name for index in evenly(len(self.frames), count)]

    def take(self, name: str, data: bytes, size: tuple[int, int] | None) -> None:
        """Keep a frame, or why it can't be used."""
        try:
            self.pixels[name] = shrunk(images.decode(data).pixels, size)
        except Refused as refusal:
            message = f"The frame {name!r} can't be used. {refusal.message}"
            self.refusal = self.refusal or Refused(refusal.kind, message)

    def clip(self, count: int) -> Clip | Refused:
        """The clip that the frames make, or why there is none."""
        names = self.needed(count)
        missing = next((name for name in names if name not in self.pixels), None)
        if self.refusal or missing:
            return self.refusal or Refused(Kind.TRUNCATED_OR_CORRUPT, f"The frame {missing!r} can't be read.")
        if len(self.frames) < 2:
            message = "It is a single picture and no clip; put the frames of each clip into a folder of their own."
            return Refused(Kind.NOT_COMPATIBLE, message)
        return from_frames([self.pixels[name] for name in names], len(self.frames))


def rows(members: tuple[Member, ...], in_classes: bool) -> list[Row]:
    """The clips that these files make up, in order of their first file.

    Still pictures in one folder are the frames of a clip; numbers in their names tell the order. With
    `in_classes`, what lies in its class folder itself is a clip of its own.
    """
    row_of: dict[str, Row] = {}
    for member in members:
        alone = bool(is_video_name(member.name) or ANIMATION.search(member.name) or (in_classes and not member.folder))
        folder = member.name.rpartition("/")[0]
        named = member if alone else replace(member, name=folder or "frames")
        row_of.setdefault(member.name if alone else f"{folder}/", Row(named, alone)).frames.append(member)
    for row in row_of.values():
        row.frames.sort(key=lambda member: natural(member.name))
    return list(row_of.values())


def read(
    archive: Archive, rows: list[Row], count: int, size: tuple[int, int] | None
) -> Iterator[tuple[Member, Clip | Refused]]:
    """Each row's member with its Clip, or with the Refused it gets, in the archive's order.

    Raises Refused when the archive as a whole is damaged, or its frames lie too mixed up to be put together.
    """
    row_of = {name: row for row in rows for name in row.needed(count)}
    archive.members = tuple(member for member in archive.members if member.name in row_of)
    left = {id(row): set(row.needed(count)) for row in rows}
    waiting = 0
    for member, data in archive.pictures():
        row = row_of[member.name]
        left[id(row)].discard(member.name)
        if row.alone:
            yield row.member, _decoded(data, count, size)
            continue
        row.take(member.name, data, size)
        waiting += _bytes(row.pixels.get(member.name))
        _refuse_mixed(waiting)
        if not left[id(row)]:
            waiting -= sum(map(_bytes, row.pixels.values()))
            yield row.member, row.clip(count)
            row.pixels.clear()
    for row in rows:
        if left[id(row)]:  # a part of it is damaged inside the archive
            yield row.member, row.clip(count)


def _decoded(data: bytes, count: int, size: tuple[int, int] | None) -> Clip | Refused:
    try:
        return decode(data, count, size)
    except Refused as refusal:
        return refusal


def _bytes(pixels: np.ndarray | None) -> int:
    return 0 if pixels is None else pixels.nbytes


def _refuse_mixed(waiting: int) -> None:
    if waiting > MOST_WAITING:
        message = "The frames of many clips lie mixed up in the archive: pack it clip by clip, or give a smaller size."
        raise Refused(Kind.TOO_MANY_PIXELS, message)
