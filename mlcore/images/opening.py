"""Opens a picture file for its decoder: its header first, and whatever a decoder raises becomes a refusal."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import AvifImagePlugin, Image, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin  # noqa: F401
from PIL.ImageFile import ImageFile

from mlcore.errors import Kind, MLCoreError, Refused
from mlcore.images import structure

# Pillow knows some formats from the start and imports all forty plugins when asked for another: the three imports
# above keep the foreign ones out, and save a tenth of a second.

# Pillow warns about damaged metadata and large pictures; both are dealt with here. Set once: the alternative,
# warnings.catch_warnings around each call, isn't safe with several threads.
warnings.filterwarnings("ignore", module=r"PIL\.")


def opened(data: bytes, format: str) -> ImageFile:
    """Read the header only, and refuse by it what would take too much to decode."""
    image = _header(data, format)
    structure.too_many_pixels(*image.size, format)
    if not image.width or not image.height:
        raise structure.damaged(format)
    structure.too_much_metadata(sum(len(v) for v in image.info.values() if isinstance(v, bytes | str)))
    return image


def _header(data: bytes, format: str) -> ImageFile:
    try:
        return Image.open(BytesIO(data), formats=(format,))
    except UnidentifiedImageError:
        return Image.OPEN[format][0](BytesIO(data), "")  # fails again, but says why


def shrink(image: ImageFile, format: str) -> int:
    """Have a large JPEG decoded at a part of its size (DCT scaling); gives by how much it is divided, or 1."""
    scale = structure.shrinking(*image.size) if format == "JPEG" else 1
    if scale > 1:
        image.draft(None, (image.width // scale, image.height // scale))
        structure.too_many_pixels(*image.size)
    return scale


def orientation(image: Image.Image) -> int:
    """How the picture has to be turned (EXIF, 1 to 8); 1 where that can't be read."""
    try:
        return image.getexif().get(0x0112, 1)
    except Exception:  # damaged EXIF data says nothing about the pixels
        return 1


@contextmanager
def refusing(format: str) -> Iterator[None]:
    """Turn whatever a decoder raises into a refusal; decoders raise nearly every kind of exception."""
    try:
        yield
    except MLCoreError:
        raise
    except Image.DecompressionBombError:
        message = f"The picture has far too many pixels; {structure.ALLOWED}."
        raise Refused(Kind.TOO_MANY_PIXELS, message) from None
    except Exception as error:
        raise _reason(format, str(error)) from None


def _reason(format: str, message: str) -> Refused:
    if "too large" in message or "Too much memory" in message:
        return Refused(Kind.METADATA_TOO_LARGE, "The file carries texts or a profile that unpack to megabytes.")
    if "unknown pixel mode" in message or "Unsupported BMP" in message:
        return structure.unsupported_coding(format, "values that are not supported")
    return structure.damaged(format)
