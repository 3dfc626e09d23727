"""Heat made visible: colours, overlays and files. The heat itself stays raw."""

from io import BytesIO

import numpy as np
from PIL import Image

from mlcore import images

PERCENTILE = 99.0  # the strongest 1 % of places share the last colour, so that one pixel can't dim the rest

LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601

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


def strongest(heats, signed: bool = False, percentile: float = PERCENTILE) -> float:
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
    picture: np.ndarray, heat, strength: float = 0.5, signed: bool | None = None, top: float | None = None
) -> np.ndarray:
    """The heat laid over a picture, uint8 in the picture's size (H, W, 3); the stronger the heat, the more it covers.

    `heat` is an Explanation or an array (h, w) of any size. Pixels stay squares, feature maps get smooth. The
    picture turns grey as the strength grows, lest its own red be taken for heat: 0 leaves the picture, 1 shows
    it in grey with the strongest places covered. `top` is the heat of the last colour, for maps on one scale.
    """
    values = getattr(heat, "heat", heat)
    signed = getattr(heat, "signed", False) if signed is None else signed
    level = normalise(_resized(values, picture.shape[:2], smooth=getattr(heat, "coarse", True)), signed, top=top)
    cover = strength * np.abs(level)[..., None]
    grey = picture @ LUMA
    ground = (1 - strength) * picture + strength * grey[..., None]
    return np.rint((1 - cover) * ground + cover * _coloured(level, signed)).astype("uint8")


def enlarged(picture: np.ndarray, side: int = 320) -> np.ndarray:
    """The picture with each pixel as a square, so that its longer side has at least `side` pixels."""
    factor = max(1, -(-side // max(picture.shape[:2])))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def png(explanation, strength: float = 0.6, side: int = 320) -> bytes:
    """The explanation over what the network saw, large enough to look at, as a PNG file."""
    return images.png(overlay(enlarged(explanation.picture, side), explanation, strength))


def npy(heat: np.ndarray) -> bytes:
    """The raw heat float32 (H, W) as an NPY file."""
    file = BytesIO()
    np.save(file, np.asarray(heat, "float32"), allow_pickle=False)
    return file.getvalue()


def _coloured(level: np.ndarray, signed: bool) -> np.ndarray:
    anchors = np.array(AGAINST_TO_FOR if signed else WARM, "float32")
    places = np.linspace(-1.0 if signed else 0.0, 1.0, len(anchors))
    channels = [np.interp(level, places, anchors[:, channel]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype("uint8")


def _resized(heat: np.ndarray, size: tuple[int, int], smooth: bool) -> np.ndarray:
    height, width = size
    shrinks = height < heat.shape[0] or width < heat.shape[1]
    kernel = Image.Resampling.BILINEAR if smooth or shrinks else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(np.ascontiguousarray(heat, "float32")).resize((width, height), kernel))
