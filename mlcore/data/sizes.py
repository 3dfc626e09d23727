"""At which size pictures are stored and how: suggested from what they have themselves, with the reason."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import mean, median

from mlcore import archives, images
from mlcore.data import packed_writer
from mlcore.data.sources import Example, Incoming
from mlcore.errors import Kind, Notice, Refused

SIDES = (8, packed_writer.SIDE)  # of a set, in pixels
SQUARES = (224, 160, 128, 96, 64)  # for pictures of different or large sizes; Photographs looks at 224 pixels
ROOM = 2**30  # bytes that pixels of a large square may take in all: 7,133 pictures of 224 pixels; clips of any square
KEPT_SIDE = 128  # pictures of one common size up to this are stored as they are
PACKED_SIDE = 160  # from here on a set without room is packed; of smaller squares the pixels take less than the files
FILE_BYTES = 0.6  # for each pixel of a JPEG in three colours, as ImageNet's have
AHEAD_BYTES = 2**26  # of pictures that are held while their sizes are looked at
LOOKED_AT = 100  # pictures of an archive whose headers are read

Sides = tuple[int, int]  # height and width


@dataclass(frozen=True)
class Suggestion:
    """How pictures are to be stored: height and width, "flat" or "packed", about how many bytes, and why so.

    `changes` says whether pictures come in with another size than they have; clips have so many `frames`, pictures 0.
    """

    size: Sides
    store: str
    disk_bytes: int
    why: str
    changes: bool = True
    frames: int = 0

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of each in the store: (H, W, 3), or (T, H, W, 3)."""
        return (*((self.frames,) if self.frames else ()), *self.size, 3)


def suggested(
    sizes: Sequence[Sides],
    total: int,
    files: Sequence[int] = (),
    side: int | None = None,
    store: str = "",
    frames: int = 0,
) -> Suggestion:
    """What suits `total` pictures of which some have these heights and widths; `files` are the bytes of their files.

    A person's own `side` and `store` are taken as they are. With `frames` they are clips.
    """
    common = sizes[0] if len(set(sizes)) == 1 else None
    if common and not side and max(common) <= KEPT_SIDE and store != "packed":
        return Suggestion(common, "flat", _pixels(common, total * max(1, frames)), _kept(common), False, frames)
    smaller = median(min(sides) for sides in sizes) if sizes else SQUARES[0]
    square = (side or _square(smaller, total * frames),) * 2
    flat, packed = _pixels(square, total * max(1, frames)), int(total * _packed(sizes, files))
    why = f"{_now(sizes)}; each becomes a square of {square[0]} pixels, cut from its middle."
    if not frames and (store == "packed" or (not store and flat > ROOM and square[0] >= PACKED_SIDE)):
        return Suggestion(square, "packed", packed, f"{why} {_packing(packed, flat)}")
    return Suggestion(square, "flat", flat, why, common != square, frames)


def check_side(side: object) -> None:
    """Raise Refused(bad-setting) for what can't be a side of stored pictures."""
    if not isinstance(side, int) or not SIDES[0] <= side <= SIDES[1]:
        allowed = f"allowed are {SIDES[0]} to {SIDES[1]} pixels"
        raise Refused(Kind.BAD_SETTING, f"Pictures can't be stored at size {side!r}: {allowed}.")


def planned(incoming: Incoming, side: int | None, ahead: Sequence[Example]) -> Suggestion:
    """How what a source hands over is stored, by the sizes that it tells or else by those of its first examples."""
    shapes = [example.pixels.shape for example in ahead]
    known = incoming.sizes or [(shape[-3], shape[-2]) for shape in shapes]
    frames = shapes[0][0] if shapes and len(shapes[0]) == 4 else 0
    return suggested(known, incoming.total, incoming.files, side or incoming.size, incoming.store, frames)


def ahead(examples: Iterator[Example], known: bool) -> list[Example]:
    """The first examples: as many as tell the sizes, unless those are known, and as fit in a little memory."""
    taken: list[Example] = []
    room = AHEAD_BYTES
    for example in islice(examples, 1 if known else LOOKED_AT):
        taken.append(example)
        room -= example.pixels.nbytes
        if room < 0:
            break
    return taken


def resized(plan: Suggestion, changed: int, total: int) -> Notice | None:
    """That pictures have another size in the store than they came with, and why."""
    if not changed:
        return None
    of = f"{changed:,} of {total:,} pictures came with another size."
    return Notice(Kind.RESIZED, f"{plan.why} {of}")


def looked_at(archive: archives.Archive) -> tuple[list[Sides], list[int]]:
    """Heights and widths of some pictures of an archive, evenly spread, and the bytes of their files."""
    sizes, files = [], []
    for member in archive.some(LOOKED_AT):
        try:
            data = archive.read(member)
            sizes.append(images.sides(data))
        except Refused:
            continue
        files.append(len(data))
    return sizes, files


def _square(smaller: float, frames: int) -> int:
    """The largest square that half of the pictures fill; for the frames of clips, which can't be packed, with room."""
    fits = (side for side in SQUARES if side <= smaller and _pixels((side, side), frames) <= ROOM)
    return next(fits, SQUARES[-1])


def _pixels(sides: Sides, count: int) -> int:
    return count * math.prod(sides) * 3


def _packed(sizes: Sequence[Sides], files: Sequence[int]) -> float:
    """Bytes that a packed picture takes, as far as some of them tell."""
    files = files or [int(FILE_BYTES * math.prod(sides)) for sides in sizes]
    return mean(map(packed_writer.bytes_of, sizes, files)) if sizes else 0


def _kept(common: Sides) -> str:
    return f"All pictures that were looked at have {_said(common)} pixels and stay as they are."


def _now(sizes: Sequence[Sides]) -> str:
    if not sizes:
        return "The pictures may have any size"
    few, many = min(sizes, key=math.prod), max(sizes, key=math.prod)
    return f"The pictures have {_said(few)}{f' to {_said(many)}' if few != many else ''} pixels"


def _packing(packed: int, flat: int) -> str:
    return (
        f"Their files are kept, without metadata and in about {packed / 1e9:,.1f} GB, so that another size can be had "
        f"later; pixels of this size would take {flat / 1e9:,.1f} GB."
    )


def _said(sides: Sides) -> str:
    return f"{sides[1]} x {sides[0]}"
