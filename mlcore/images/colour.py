"""From whatever pixel mode a file stores to uint8 RGB (H, W, 3), a band of rows at a time, to need little memory."""

from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile

from mlcore.errors import Kind, Refused

BAND = 1 << 22  # pixels converted at once: 16 MB of RGBA
PLAIN = {"1", "L", "P", "RGB", "RGBX", "CMYK", "YCbCr"}
WITH_ALPHA = {"LA", "La", "PA", "RGBA", "RGBa"}
DEEP_GREY = {"I;16", "I;16L", "I;16B", "I;16N"}
UPRIGHT: dict[int, Callable[[np.ndarray], np.ndarray]] = {  # EXIF orientation -> what makes the picture upright
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: pixels[::-1].swapaxes(0, 1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: pixels[:, ::-1].swapaxes(0, 1),
}
SIDEWAYS = (5, 6, 7, 8)  # those that exchange width and height


BITS, FULL = 16, 65535  # of a deep picture, and its white
DEPTHS = {8: 255, 10: 1023, 12: 4095, 14: 16383}  # what cameras and scanners put into 16 bits, and its white


def grey_range(image: ImageFile) -> tuple[int, int]:
    """The values of black and white in a 16-bit grey picture, as its file says; ask before it is loaded."""
    if not hasattr(image, "tag_v2"):
        return 0, FULL
    packed = any("I;12" in tile.args for tile in image.tile if isinstance(tile.args, tuple))
    largest = _whole(image.tag_v2.get(281, FULL))  # 281: the largest value that can occur
    white = DEPTHS[12] if packed else largest if 255 <= largest <= FULL else FULL
    return (white, 0) if image.tag_v2.get(262) == 0 else (0, white)  # 262: how TIFF says which end is black


def _whole(value: object) -> int:
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) else FULL


def used_depth(image: Image.Image, greys: tuple[int, int]) -> int:
    """How many bits a loaded 16-bit grey picture makes use of where its file says nothing: 8, 10, 12, 14 or 16."""
    if image.mode not in DEEP_GREY or max(greys) != FULL:
        return BITS
    most = max(int(np.asarray(band).max()) for _, band in bands(image))
    return next((bits for bits, white in DEPTHS.items() if 1 < most <= white), BITS)


def as_deep(greys: tuple[int, int], depth: int) -> tuple[int, int]:
    """The values of black and white in a picture that makes use of so many bits."""
    return greys if depth == BITS else (min(greys[0], DEPTHS[depth]), min(greys[1], DEPTHS[depth]))


def has_deep_colours(image: ImageFile) -> bool:
    """Whether a file stores 16 bits for each colour, of which a decoder keeps the upper 8; ask before it loads."""
    rawmodes = [tile.args[0] if isinstance(tile.args, tuple) else tile.args for tile in image.tile]
    return any(str(rawmode).startswith("RGB;16") for rawmode in rawmodes)


def brightened(pixels: np.ndarray) -> tuple[np.ndarray, int]:
    """Pixels of a picture with deep colours that uses fewer bits, as bright as meant; and how many those are."""
    most = int(pixels.max())
    depth = next((bits for bits, white in DEPTHS.items() if 0 < most <= white >> 8), BITS)
    if depth == BITS:
        return pixels, depth
    return (pixels.astype("uint16") * 255 // (DEPTHS[depth] >> 8)).astype("uint8"), depth


def transparent_value(image: ImageFile) -> None:
    """Bring a PNG's transparent grey or colour to the 8 bits its pixels will have; call it before it is loaded."""
    rawmode, clear = image.tile[0][3] if image.tile else "", image.info.get("transparency")
    if rawmode in _SHORT_GREY and isinstance(clear, int):
        image.info["transparency"] = clear * _SHORT_GREY[rawmode]
    if rawmode == "RGB;16B" and isinstance(clear, tuple):
        image.info["transparency"] = tuple(value >> 8 for value in clear)


_SHORT_GREY = {"L;2": 85, "L;4": 17}


def rgb(image: Image.Image, greys: tuple[int, int] = (0, 65535)) -> np.ndarray:
    """The pixels of a loaded image, uint8 (H, W, 3).

    Transparency is laid over white. 16-bit grey is scaled from its range of `greys`, not clipped. Colour profiles are
    left out of account, as the common data sets and networks do. Raises Refused(unsupported-pixel-type).
    """
    refuse_mode(image.mode)
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top, band in bands(image):
        pixels[top : top + band.height] = _deep(band, *greys) if image.mode in DEEP_GREY else _shallow(band)
    return pixels


def refuse_mode(mode: str) -> None:
    """Raise Refused(unsupported-pixel-type) for pixels of which nobody can say what is black and white."""
    if mode not in PLAIN | WITH_ALPHA | DEEP_GREY:
        raise Refused(Kind.UNSUPPORTED_PIXEL_TYPE, _cannot(mode))


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """The picture turned as its EXIF orientation (1 to 8) asks; any other number leaves it alone."""
    return np.ascontiguousarray(UPRIGHT.get(orientation, lambda same: same)(pixels))


def bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """A loaded image a few rows at a time, each part with the row that it begins at."""
    rows = max(1, BAND // image.width)
    if rows >= image.height:
        yield 0, image
        return
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _shallow(band: Image.Image) -> np.ndarray:
    if band.mode not in WITH_ALPHA and "transparency" not in band.info:
        return np.asarray(band if band.mode == "RGB" else band.convert("RGB"))
    if band.mode == "La":
        band = band.convert("LA")
    coloured = band.convert("RGBA")
    white = Image.new("RGB", band.size, "white")
    white.paste(coloured, mask=coloured.getchannel("A"))
    return np.asarray(white)


def _deep(band: Image.Image, black: int, white: int) -> np.ndarray:
    """16-bit grey as three equal channels; the value that PNG marks as transparent becomes white."""
    values = np.asarray(band).astype(np.int32)
    most = max(black, white)
    grey = ((abs(values - black) * 255 + most // 2) // most).clip(0, 255).astype(np.uint8)
    if isinstance(clear := band.info.get("transparency"), int):
        grey[values == clear] = 255
    return grey[..., None]


def _cannot(mode: str) -> str:
    stored = {"F": "floating-point numbers", "I": "32-bit or signed whole numbers"}.get(mode, f"{mode} values")
    return f"The picture stores {stored}, which have no fixed black and white; save it with 8 or 16 bits per channel."
