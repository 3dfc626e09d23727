"""Saliency maps made visible: colours, overlays and files. The heat itself stays raw."""

from collections.abc import Iterable
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

from mlcore import clips, images
from mlcore.explanation import Explanation

COLOURS = 1025  # steps of a palette: finer than the eye, and with one in the middle
PERCENTILE = 99.0  # the strongest 1 % of places share the last colour, so that one pixel can't dim the rest

SMOOTH_SIDE = 160  # pixels of a smooth layer; a browser enlarges it smoothly
LUMA = np.array([0.299, 0.587, 0.114], "float32")  # ITU-R BT.601

# Anchors of even steps in lightness, dark to bright, that also read in grey and without red-green vision.
WARM = ((12, 8, 38), (82, 18, 108), (158, 42, 100), (222, 80, 58), (250, 148, 30), (252, 232, 130))
# Against, neutral, for: blue, white and red of equal lightness on both sides.
AGAINST_TO_FOR = ((28, 62, 150), (110, 156, 214), (247, 247, 247), (226, 120, 100), (160, 20, 38))


def normalise(
    heat: np.ndarray, signed: bool = False, percentile: float = PERCENTILE, top: float | None = None
) -> np.ndarray:
    """Heat for the eye: float32, 0 to 1, or -1 to 1 when signed; nothing stays 0.

    Places beyond the percentile of all sizes, or beyond `top`, get the last colour. Unsigned heat below 0 counts
    as 0.
    """
    heat = np.asarray(heat, "float32")
    return np.clip(heat / (top or strongest([heat], signed, percentile) or 1.0), -1.0 if signed else 0.0, 1.0)


def strongest(heats: Iterable[np.ndarray], signed: bool = False, percentile: float = PERCENTILE) -> float:
    """The heat that gets the last colour: the percentile of all sizes in maps (H, W) that share one scale."""
    sizes = np.concatenate([np.ravel(np.abs(heat) if signed else np.maximum(heat, 0)) for heat in heats])
    return float(np.percentile(sizes, percentile)) or float(sizes.max())


def colours(heat: np.ndarray, signed: bool = False, percentile: float = PERCENTILE) -> np.ndarray:
    """The heat in colours, uint8 (H, W, 3): dark to bright, or blue-white-red when signed."""
    return _coloured(normalise(heat, signed, percentile), signed)


def scale(signed: bool, width: int = 256, height: int = 16) -> np.ndarray:
    """All colours from the least heat to the most, uint8 (height, width, 3), to be shown beside a map."""
    level = np.linspace(-1.0 if signed else 0.0, 1.0, width)
    return np.repeat(_coloured(level, signed)[None], height, axis=0)


def overlay(
    picture: np.ndarray,
    heat: Explanation | np.ndarray,
    strength: float = 0.5,
    signed: bool | None = None,
    top: float | None = None,
) -> np.ndarray:
    """The heat laid over a picture, uint8 in the picture's size (H, W, 3); the stronger the heat, the more it covers.

    `heat` is an Explanation or an array (h, w) of any size. Pixels stay squares, feature maps get smooth. The
    picture turns grey as the strength grows, lest its own red be taken for heat: 0 leaves the picture, 1 shows
    it in grey with the strongest places covered. `top` is the heat of the last colour, for maps on one scale.
    A clip (T, H, W, 3) with heat (T, h, w) gives its frames in rows, all on one scale.
    """
    values, smooth, both_signs = (heat, True, False) if isinstance(heat, np.ndarray) else _reading(heat)
    signed = both_signs if signed is None else signed
    if picture.ndim == 3:
        return _laid_over(picture, values, strength, signed, top, smooth)
    top = top or strongest(values, signed)
    frames = zip(picture, values, strict=True)
    return clips.strip(np.stack([_laid_over(*pair, strength, signed, top, smooth) for pair in frames]))


def _reading(explanation: Explanation) -> tuple[np.ndarray, bool, bool]:
    """The heat, whether it gets smooth when it is enlarged, and whether it has both signs."""
    return explanation.heat, explanation.coarse, explanation.signed


def _laid_over(
    picture: np.ndarray, heat: np.ndarray, strength: float, signed: bool, top: float | None, smooth: bool
) -> np.ndarray:
    level = normalise(_resized(heat, picture.shape[:2], smooth), signed, top=top)
    cover = np.float32(strength) * np.abs(level)[..., None]
    ground = np.asarray(picture, "float32")
    ground = ground + np.float32(strength) * ((ground @ LUMA)[..., None] - ground)
    return np.rint(ground + cover * (_coloured(level, signed) - ground)).astype("uint8")


def on_view(
    view: images.View,
    heat: Explanation | np.ndarray,
    strength: float = 0.5,
    signed: bool | None = None,
    top: float | None = None,
) -> np.ndarray:
    """The heat at its true place over a picture in its own size, the rest dimmed: as `overlay`, uint8 (h, w, 3)."""
    return view.framed(overlay(view.seen, heat, strength, signed, top))


def layers(explanation: Explanation, signed: bool | None = None, top: float | None = None) -> tuple[np.ndarray, ...]:
    """The picture, the picture in grey, and the heat as colours that cover more the stronger it is.

    uint8 (H, W, 3), (H, W, 3) and (h, w, 4). Laid over one another, the upper two at an opacity of `strength`, they are
    what `overlay` gives: a browser can do that. Feature maps come enlarged, as they get smooth; a clip as its frames in
    rows.
    """
    signed = explanation.signed if signed is None else signed
    picture, heat = explanation.picture, explanation.heat
    if picture.ndim == 4:
        picture, top = enlarged(picture), top or strongest(heat, signed)
        pairs = zip(picture, heat, strict=True)
        parts = [_apart(frame, each, signed, top, explanation.coarse) for frame, each in pairs]
        return tuple(clips.strip(np.stack(part)) for part in zip(*parts, strict=True))
    ground, grey, _ = _apart(picture, heat, signed, top, explanation.coarse)
    wide = enlarged(picture, SMOOTH_SIDE) if explanation.coarse else picture
    return ground, grey, _apart(wide, heat, signed, top, explanation.coarse)[2]


def _apart(
    picture: np.ndarray, heat: np.ndarray, signed: bool, top: float | None, smooth: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    level = normalise(_resized(heat, picture.shape[:2], smooth), signed, top=top)
    grey = np.rint(np.asarray(picture, "float32") @ LUMA).astype("uint8")
    cover = np.rint(255 * np.abs(level)).astype("uint8")
    return picture, np.repeat(grey[..., None], 3, axis=-1), np.dstack([_coloured(level, signed), cover])


def shown(
    explanation: Explanation,
    strength: float = 0.6,
    side: int = 320,
    signed: bool | None = None,
    top: float | None = None,
) -> np.ndarray:
    """The explanation over what the network saw, large enough to look at: as `overlay`, uint8 (h, w, 3).

    Pixels are coloured before they become squares, which is a hundred times less work; feature maps after.
    """
    if explanation.coarse:
        return overlay(enlarged(explanation.picture, side), explanation, strength, signed, top)
    return enlarged(overlay(explanation.picture, explanation, strength, signed, top), side)


def enlarged(picture: np.ndarray, side: int = 320) -> np.ndarray:
    """The picture with each pixel as a square, so that its longer side has at least `side` pixels.

    The frames of a clip (T, H, W, 3) get a quarter of that each.
    """
    side = side if picture.ndim == 3 else side // 4
    factor = max(1, -(-side // max(picture.shape[-3:-1])))
    return picture.repeat(factor, axis=-3).repeat(factor, axis=-2)


def png(explanation: Explanation, strength: float = 0.6, side: int = 320, view: images.View | None = None) -> bytes:
    """The explanation over what the network saw, large enough to look at, or over a `view` of it, as a PNG file."""
    return images.png(on_view(view, explanation, strength) if view else shown(explanation, strength, side))


def npy(heat: np.ndarray) -> bytes:
    """The raw heat float32 (H, W) as an NPY file."""
    file = BytesIO()
    np.save(file, np.asarray(heat, "float32"), allow_pickle=False)
    return file.getvalue()


def _coloured(level: np.ndarray, signed: bool) -> np.ndarray:
    low = -1.0 if signed else 0.0
    return _palette(signed)[np.rint((level - low) * ((COLOURS - 1) / (1 - low))).astype("int32")]


@cache
def _palette(signed: bool) -> np.ndarray:
    """All colours in even steps, uint8 (COLOURS, 3); looking them up takes a twentieth of working them out."""
    anchors = np.array(AGAINST_TO_FOR if signed else WARM, "float32")
    steps, places = np.linspace(0, 1, COLOURS), np.linspace(0, 1, len(anchors))
    return np.rint(np.stack([np.interp(steps, places, anchors[:, each]) for each in range(3)], axis=-1)).astype("uint8")


def _resized(heat: np.ndarray, size: tuple[int, int], smooth: bool) -> np.ndarray:
    height, width = size
    shrinks = height < heat.shape[0] or width < heat.shape[1]
    kernel = Image.Resampling.BILINEAR if smooth or shrinks else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(np.ascontiguousarray(heat, "float32")).resize((width, height), kernel))
