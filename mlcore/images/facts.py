"""What a picture's file says of itself beside its pixels: size, format, and from EXIF camera, place and owner."""

from collections.abc import Iterator, Mapping
from typing import Any

from PIL.ImageFile import ImageFile

from mlcore.images import opening
from mlcore.images.colour import SIDEWAYS
from mlcore.signatures import identify

LONGEST = 80  # letters of a text that are kept
MAKE, MODEL, SOFTWARE, ARTIST, EXIF, GPS, XP_AUTHOR = 0x010F, 0x0110, 0x0131, 0x013B, 0x8769, 0x8825, 0x9C9D
OWNERS = (0xA430, 0xA431, 0xA435)  # the camera's owner, its serial number, that of the lens
YES = "yes"


def facts(data: bytes) -> dict[str, str | float]:
    """Width, height, bytes and format of a picture's file, and where it says so camera, software, gps and private.

    `gps` is "yes" where a place is named, `private` where an author, an owner or a serial number is. Nothing but the
    header is read; of a file that can't be read only its bytes are told.
    """
    known: dict[str, str | float] = {"bytes": len(data)}
    signature = identify(data)
    if signature is None or signature.family != "picture":
        return known
    try:
        image = opening.opened(data, signature.name)
        known |= {"format": signature.name, "width": image.width, "height": image.height}
        known |= _of_exif(image)
    except Exception:  # damaged metadata raise nearly anything, and say nothing then
        return known
    return known


def _of_exif(image: ImageFile) -> dict[str, str | float]:
    exif = image.getexif()
    if not exif:
        return {}
    inner = exif.get_ifd(EXIF)
    texts = {"camera": _camera(exif), "software": _text(exif.get(SOFTWARE))}
    marks = {"gps": bool(exif.get_ifd(GPS)), "private": any(_private(exif, inner))}
    known: dict[str, str | float] = {name: text for name, text in texts.items() if text}
    known |= {name: YES for name, is_there in marks.items() if is_there}
    if opening.orientation(image) in SIDEWAYS:
        known |= {"width": image.height, "height": image.width}
    return known


def _camera(exif: Mapping[int, Any]) -> str:
    """Make and model; most models begin with the make already."""
    make, model = _text(exif.get(MAKE)), _text(exif.get(MODEL))
    return model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()


def _private(exif: Mapping[int, Any], inner: Mapping[int, Any]) -> Iterator[bool]:
    yield from (bool(_text(exif.get(tag))) for tag in (ARTIST, XP_AUTHOR))
    yield from (bool(_text(inner.get(tag))) for tag in OWNERS)


def _text(value: Any) -> str:
    """A value as one short line; nothing for what is no text."""
    if isinstance(value, bytes):
        value = value.replace(b"\0", b"").decode("latin-1")
    if not isinstance(value, str):
        return ""
    return "".join(letter for letter in value[: 4 * LONGEST] if letter.isprintable()).strip()[:LONGEST]
