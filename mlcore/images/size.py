"""Pictures at another size (crop, resize, thumbnail), and as PNG or JPEG."""

import math
from io import BytesIO

import numpy as np
from PIL import Image

LARGE = 32_000_000  # bytes of a picture of which no second copy is made


def fit(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """The middle of a picture, uint8 (height, width, 3): what a network of that input size gets to see.

    Cropped to the target's shape, then resized with an antialiasing bicubic filter. A picture that has the size
    already stays as it is, so what was stored once comes out the same again.
    """
    if pixels.shape[:2] == (height, width):
        return pixels
    if pixels.nbytes > LARGE:  # Pillow keeps four bytes of each colour pixel, beside those given: 192 MB of 48 million
        return np.stack([_cropped(pixels[..., colour], height, width) for colour in range(3)], axis=-1)
    return _cropped(pixels, height, width)


def _cropped(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """The middle, of all colours or of one: Pillow computes each by itself, so both ways give the same."""
    return cropped(Image.fromarray(np.ascontiguousarray(pixels)), height, width)


def cropped(image: Image.Image, height: int, width: int) -> np.ndarray:
    """What `fit` gives of the pixels of a loaded image."""
    top, left, bottom, right = crop_box((image.height, image.width), (height, width))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC, box=(left, top, right, bottom)))


def crop_box(shape: tuple[int, ...], size: tuple[int, ...]) -> tuple[float, float, float, float]:
    """The place of a picture (H, W) that `fit` to a size (h, w) shows: top, left, bottom, right, in its pixels.

    The largest box of the size's shape in the middle; its edges may lie within pixels.
    """
    (height, width), aspect = shape[:2], size[1] / size[0]
    wide, high = min(width, height * aspect), min(height, width / aspect)
    top, left = (height - high) / 2, (width - wide) / 2
    return top, left, top + high, left + wide


def covering(shape: tuple[int, ...], size: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The whole pixels that hold `crop_box`: top, left, bottom, right."""
    top, left, bottom, right = crop_box(shape, size)
    return int(top), int(left), math.ceil(bottom), math.ceil(right)


def thumbnail(pixels: np.ndarray, size: int) -> np.ndarray:
    """The whole picture, uint8, made small enough that neither side is longer than `size`."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((size, size), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.asarray(image)


def stretch(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """The whole picture, uint8 (height, width, ...): shrunk by means, so that no pixel rings; enlarged bicubically."""
    smaller = height * width < pixels.shape[0] * pixels.shape[1]
    how = Image.Resampling.BOX if smaller else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).resize((width, height), how))


def png(pixels: np.ndarray) -> bytes:
    """The picture, uint8 (H, W, 3), as the bytes of a PNG file without any metadata."""
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def jpeg(pixels: np.ndarray, quality: int = 88, colours: str = "4:2:0") -> bytes:
    """The picture, uint8 (H, W, 3), as the bytes of a JPEG file: for photographs on screen, a tenth of a PNG.

    Of `colours` there is one for four pixels, as is common, or with 4:4:4 one for each.
    """
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "JPEG", quality=quality, subsampling=colours)
    return file.getvalue()
