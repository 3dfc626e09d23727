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
        is_deep = image.mode in colour.DEEP_GREY
        pixels = colour.upright(np.asarray(image if is_deep else image.convert("RGBA")), opening.orientation(image))
    return (pixels, np.ones(pixels.shape, bool)) if is_deep else (pixels[..., :3], pixels[..., 3] >= CLEAR)


def _layered(colours: np.ndarray, opaque: np.ndarray) -> np.ndarray:
    """What a layer with clear places marks: the paint on it, or what was erased from a photograph."""
    if not opaque.any():
        return opaque
    steps = (colours[opaque] // 32).astype("uint16")  # eight for each channel
    counts = np.bincount(steps @ np.array([64, 8, 1], "uint16"), minlength=512)
    paints = np.argsort(-counts)[:PAINTS]
    if counts[paints].sum() < PAINTED * len(steps):
        return ~opaque
    used = paints[counts[paints] > len(steps) / 100]
    strongest = np.max([used // 64, used // 8 % 8, used % 8], axis=0) * 32
    if (strongest < DARK).any() and (strongest >= BRIGHT).any():
        raise _unsure("bright paint, dark paint and clear places")
    return opaque


def _colours(colours: np.ndarray) -> np.ndarray:
    """What has a colour on white, or a colour or white on black; of greys the bright ones."""
    strongest = colours.max(axis=-1)
    colourful = strongest - colours.min(axis=-1) >= COLOURFUL
    if not colourful.any():
        return _shades(np.rint(colours.mean(axis=-1)).astype("uint8"))
    rest = strongest[~colourful]
    dark, bright = ((part.mean() if rest.size else 0) for part in (rest < DARK, rest >= BRIGHT))
    if bright > NEARLY_ALL:
        return colourful
    if dark > 0.5 and dark + bright > NEARLY_ALL:
        return strongest >= DARK
    raise _unsure("many colours")


def _shades(values: np.ndarray) -> np.ndarray:
    """Of two values the upper one, of more those above half of the brightest that can be, or of the brightest there."""
    kinds = np.unique(values)
    if len(kinds) == 2:
        return values == kinds[1]
    if len(kinds) > 2 and kinds[-1] < NUMBERS:
        raise _unsure(f"{len(kinds)} values from {kinds[0]} to {kinds[-1]}")
    white = 255 if kinds[-1] <= 255 else colour.FULL
    return values > min(white, kinds[-1]) / 2 if len(kinds) > 2 else values > white / 2


def _unsure(what: str) -> Refused:
    return Refused(Kind.NOT_COMPATIBLE, f"The mask holds {what}, and which of them is lost can't be told; {ALLOWED}.")
