"""A mask out of a picture file, whatever the habit of the program it was painted in: 0 and 1, colours, clear layers."""

import numpy as np
from PIL import Image

from mlcore.errors import Kind, Refused
from mlcore.images import colour, crop_box, door, opening

CLEAR = 128  # of 255: less is see-through
DARK, BRIGHT = 64, 192  # levels that count as black and as white
COLOURFUL = 64  # levels between the strongest and the weakest channel
NUMBERS = 32  # so small a value is the number of a class and no shade
NEARLY_ALL = 0.99  # of the pixels; a lossy file blurs the rest
PAINTS, PAINTED = 4, 0.95  # so few colours cover so much of what was painted; of a photograph they don't
PART = 1 << 22  # pixels looked at together
ALLOWED = "a mask is bright where pixels are lost and black elsewhere, or painted in one colour on a clear layer"


def read_mask(data: bytes) -> np.ndarray:
    """The mask bool (H, W) in a picture file, True where pixels are lost.

    On a clear layer what is painted is lost, and of a photograph with clear places those; without clear places the
    upper one of two values, what is brighter than half, or what has a colour on black or white. Raises Refused for
    what can't be read for sure, and for a mask that marks nothing.
    """
    levels, opaque = _layers(data)
    mask = _shades(levels) if levels.ndim == 2 else _colours(levels) if opaque.all() else _layered(levels, opaque)
    if not mask.any():
        raise Refused(Kind.NOTHING_MARKED, f"The mask marks nothing; {ALLOWED}.")
    return mask


def smaller(mask: np.ndarray, height: int, width: int) -> np.ndarray:
    """The mask of a picture that `images.fit` made smaller: True wherever a lost pixel went."""
    top, left, bottom, right = crop_box(mask.shape, (height, width))
    shares = Image.fromarray(mask.astype("float32"))
    return np.asarray(shares.resize((width, height), Image.Resampling.BOX, box=(left, top, right, bottom))) > 0


def _layers(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """The shades (H, W) of 16 bits or colours (H, W, 3) of a file, upright, and which pixels aren't clear."""
    format = door.checked_format(data)
    _, data, _ = door.whole(format, data)
    with opening.refusing(format):
        image = opening.opened(data, format)
        opening.shrink(image, format)
        image.load()
        colour.refuse_mode(image.mode)
        is_deep, is_clear = image.mode in colour.DEEP_GREY, "transparency" in image.info
        is_grey = is_deep or (image.mode in ("1", "L") and not is_clear)
        pixels = np.asarray(image if is_deep else image.convert("L")) if is_grey else _coloured(image)
        pixels = colour.upright(pixels, opening.orientation(image))
    return (pixels, np.ones(pixels.shape, bool)) if is_grey else (pixels[..., :3], pixels[..., 3] >= CLEAR)


def _coloured(image: Image.Image) -> np.ndarray:
    """The pixels of a loaded image, uint8 (H, W, 4), a band of rows at a time to need little memory."""
    pixels = np.empty((image.height, image.width, 4), "uint8")
    for top, band in colour.bands(image):
        pixels[top : top + band.height] = np.asarray(band.convert("RGBA"))
    return pixels


def _layered(colours: np.ndarray, opaque: np.ndarray) -> np.ndarray:
    """What a layer with clear places marks: the paint on it, or what was erased from a photograph."""
    if not opaque.any():
        return opaque
    pairs = zip(_rows(colours), _rows(opaque), strict=True)
    counts = np.sum([_counts(_steps(part)[seen], 512) for part, seen in pairs], axis=0)
    paints, painted = np.argsort(-counts)[:PAINTS], counts.sum()
    if counts[paints].sum() < PAINTED * painted:
        return ~opaque
    used = paints[counts[paints] > painted / 100]
    strongest = np.max([used // 64, used // 8 % 8, used % 8], axis=0) * 32
    if (strongest < DARK).any() and (strongest >= BRIGHT).any():
        raise _unsure("bright paint, dark paint and clear places")
    return opaque


def _steps(colours: np.ndarray) -> np.ndarray:
    """Each colour as a number below 512: eight steps for each channel."""
    red, green, blue = (colours[..., channel].astype("uint16") // 32 for channel in range(3))
    steps: np.ndarray = red * 64 + green * 8 + blue
    return steps


def _rows(values: np.ndarray) -> list[np.ndarray]:
    """The values some rows at a time, to need little memory."""
    return np.array_split(values, max(1, values.shape[0] * values.shape[1] // PART))


def _counts(values: np.ndarray, kinds: int) -> np.ndarray:
    return np.bincount(values.ravel(), minlength=kinds)


def _colours(colours: np.ndarray) -> np.ndarray:
    """What has a colour on white, or a colour or white on black; of greys the bright ones."""
    strongest = colours.max(axis=-1)
    colourful = strongest - colours.min(axis=-1) >= COLOURFUL
    if not colourful.any():
        return _shades(((colours.sum(axis=-1, dtype="uint16") + 1) // 3).astype("uint8"))  # the mean, rounded
    rest = strongest[~colourful]
    dark, bright = ((part.mean() if rest.size else 0) for part in (rest < DARK, rest >= BRIGHT))
    if bright > NEARLY_ALL:
        return colourful
    if dark > 0.5 and dark + bright > NEARLY_ALL:
        return strongest >= DARK
    raise _unsure("many colours")


def _shades(values: np.ndarray) -> np.ndarray:
    """Of two values the upper one, of more those above half of the brightest that can be, or of the brightest there."""
    kinds = np.flatnonzero(np.sum([_counts(part, colour.FULL + 1) for part in _rows(values)], axis=0))
    if len(kinds) == 2:
        return values == kinds[1]
    if len(kinds) > 2 and kinds[-1] < NUMBERS:
        raise _unsure(f"{len(kinds)} values from {kinds[0]} to {kinds[-1]}")
    white = 255 if kinds[-1] <= 255 else colour.FULL
    return values > min(white, kinds[-1]) / 2 if len(kinds) > 2 else values > white / 2


def _unsure(what: str) -> Refused:
    return Refused(Kind.NOT_COMPATIBLE, f"The mask holds {what}, and which of them is lost can't be told; {ALLOWED}.")
