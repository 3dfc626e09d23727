"""Opens a picture file for its decoder: its header first, and whatever a decoder raises becomes a refusal."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO

from PIL import AvifImagePlugin, Image, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin  # noqa: F401
from PIL.ImageFile import ImageFile

from mlcore.errors import Kind, MLCoreError, Refused
from mlcore.images import structure

CONVERT = "send it as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible) or export it as one"

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
    name = _heif() if format == "HEIC" else format
    try:
        return Image.open(BytesIO(data), formats=(name,))
    except UnidentifiedImageError:
        return Image.OPEN[name][0](BytesIO(data), "")  # fails again, but says why


@lru_cache(maxsize=1)
def _heif() -> str:
    """Teach Pillow the format of telephones, at the first such picture; gives its name for it."""
    try:
        import pi_heif
    except ImportError:
        message = "This is a picture as telephones take it (HEIC), and pi-heif, which reads it, isn't installed here"
        raise Refused(Kind.UNSUPPORTED_FORMAT, f"{message}; {CONVERT}.") from None
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    return "HEIF"


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
    if format == "HEIC" and "nsupported" in message:
        how = "it holds what can't be read here, such as another coding than HEVC"
        return Refused(Kind.UNSUPPORTED_PIXEL_TYPE, f"This is a HEIC file, but {how}; {CONVERT}.")
    return structure.damaged(format)
