"""Decodes pictures that anyone may have made, damaged or built to do harm."""

import codecs
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from mlcore.errors import Kind, Notice, Refused
from mlcore.images import colour, endings, opening, size, structure
from mlcore.images.view import View, view
from mlcore.signatures import Signature, identify

Made = TypeVar("Made")
MAX_BYTES = 200_000_000  # 50 million pixels of four uncompressed bytes
SIZES = {2: "half", 4: "a quarter of", 8: "an eighth of"}  # what a large JPEG is read at
SMALL_SIDE = 8  # pixels; below that a picture shows next to nothing
LONG_ASPECT = 8  # times longer than wide: cropping to a square loses most of it


@dataclass(frozen=True, eq=False)
class Picture:
    """One image as every part of the program sees it: `pixels` uint8 sRGB (H, W, 3), read-only, upright."""

    pixels: np.ndarray
    notices: tuple[Notice, ...] = ()

    @property
    def width(self) -> int:
        return self.pixels.shape[1]

    @property
    def height(self) -> int:
        return self.pixels.shape[0]

    @property
    def nbytes(self) -> int:
        """Memory that the pixels take."""
        return self.pixels.nbytes

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal digest of the pixels in row order."""
        return hashlib.sha256(np.ascontiguousarray(self.pixels).data).hexdigest()

    def fit(self, height: int, width: int) -> np.ndarray:
        """What `images.fit` gives of the pixels, read-only, and kept: of 50 million it takes most of a second."""
        return self._kept(("fit", height, width), lambda: size.fit(self.pixels, height, width))

    def view(self, input_size: tuple[int, ...]) -> View | None:
        """What `images.view` gives of the pixels, and kept as well."""
        return self._kept(("view", *input_size), lambda: view(self.pixels, input_size))

    def _kept(self, key: tuple[str | int, ...], make: Callable[[], Made]) -> Made:
        if key not in self._copies:
            copy = make()
            if isinstance(copy, np.ndarray) and copy is not self.pixels:
                copy.flags.writeable = False
            self._copies[key] = copy
        made: Made = self._copies[key]
        return made

    @cached_property
    def _copies(self) -> dict[tuple[str | int, ...], Any]:
        return {}


def decode(data: bytes) -> Picture:
    """The picture in a PNG, JPEG, GIF, BMP, WEBP, TIFF, AVIF or HEIC file; raises Refused and nothing else.

    EXIF orientation is applied, 16-bit grey scaled, transparency laid over white; of an animation the first frame
    is taken. Limits: 53 million pixels, 200 MB, 1,000 frames, 4 MB of metadata. A JPEG may have 110 million: a large
    one is read at half its size, which a notice tells.
    """
    format = checked_format(data)
    frames, data, notices = whole(format, data)
    with opening.refusing(format):
        image = opening.opened(data, format)
        stored, scale = image.size, opening.shrink(image, format)
        frames = getattr(image, "n_frames", 1) if format in ("WEBP", "AVIF", "HEIC") else frames
        structure.too_many_frames(frames)
        greys = colour.grey_range(image)
        deep = colour.has_deep_colours(image)
        colour.transparent_value(image)
        image.load()
        depth = colour.used_depth(image, greys)
        turned, pixels = opening.orientation(image), colour.rgb(image, colour.as_deep(greys, depth))
    del image  # turning makes a copy: let it take this one's place
    if deep:
        pixels, depth = colour.brightened(pixels)
    pixels = colour.upright(pixels, turned)
    pixels.flags.writeable = False
    if scale > 1:
        notices.append(_read_smaller(stored[:: -1 if turned in colour.SIDEWAYS else 1], scale))
    if depth < colour.BITS:
        notices.append(_fewer_bits(depth, deep))
    return Picture(pixels, (*notices, *_notices(pixels, frames)))


def sides(data: bytes) -> tuple[int, int]:
    """Height and width of the upright picture in a file, by its header alone; raises Refused."""
    format = checked_format(data)
    with opening.refusing(format):
        image = opening.opened(data, format)
        turned = opening.orientation(image) in colour.SIDEWAYS
    return image.size if turned else (image.height, image.width)


def whole(format: str, data: bytes) -> tuple[int, bytes, list[Notice]]:
    """How many frames a file holds, the file with its end, and a notice where that was missing; else raises Refused."""
    try:
        return structure.check(format, data), data, []
    except structure.NoEndMark as refusal:
        ended = endings.ended(data, refusal)
    return 1, ended, [Notice(Kind.NO_END_MARK, "The JPEG file lacks its end mark; all its pixels are there.")]


def checked_format(data: bytes) -> str:
    """The name of an allowed format; raises Refused when it is another."""
    if not len(data):
        raise Refused(Kind.EMPTY_FILE, "The file is empty.")
    if len(data) > MAX_BYTES:
        raise Refused(Kind.TOO_MANY_PIXELS, f"The file has more than {MAX_BYTES / 1e6:.0f} MB, the most for a picture.")
    signature = identify(data)
    if signature and signature.family == "picture":
        return signature.name
    raise _not_allowed(signature, data)


def _not_allowed(signature: Signature | None, data: bytes) -> Refused:
    allowed = "a picture has to be PNG, JPEG, GIF, BMP, WEBP, TIFF, AVIF or HEIC"
    if signature and signature.family == "other picture":
        return Refused(Kind.UNSUPPORTED_FORMAT, f"This is a file of the format {signature.name}; {allowed}.")
    content = (
        f"a file of the kind {signature.name}" if signature else "plain text" if _is_text(data) else "unknown data"
    )
    return Refused(Kind.NOT_AN_IMAGE, f"This is no picture but {content}; {allowed}.")


def _is_text(data: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(bytes(data[:512]))
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in text)


def _read_smaller(size: tuple[int, ...], scale: int) -> Notice:
    width, height = size
    message = f"The picture has {width:,} x {height:,} pixels; to spare memory it was read at {SIZES[scale]} its size."
    return Notice(Kind.READ_SMALLER, message)


def _fewer_bits(depth: int, in_colour: bool) -> Notice:
    most = colour.DEPTHS[depth]
    message = f"No value of this 16-bit picture is above {most:,}: it was read as one of {depth} bits"
    left = (
        f", and {(most >> 8) + 1} levels of each colour are left; saved with 8 bits it keeps 256" if in_colour else ""
    )
    return Notice(Kind.FEWER_BITS, f"{message}{left}.")


def _notices(pixels: np.ndarray, frames: int) -> Iterator[Notice]:
    if frames > 1:
        yield Notice(Kind.ANIMATED_FIRST_FRAME, f"The file holds {frames:,} frames; only the first is used.")
    yield from size_notices(*pixels.shape[:2])


def size_notices(height: int, width: int) -> Iterator[Notice]:
    """What is worth knowing about the size of a picture."""
    if min(width, height) < SMALL_SIDE:
        yield Notice(Kind.VERY_SMALL, f"The picture is only {width} x {height} pixels.")
    if max(width, height) > LONG_ASPECT * min(width, height):
        yield Notice(Kind.EXTREME_ASPECT, f"The picture is {width} x {height} pixels: only its middle will be seen.")
