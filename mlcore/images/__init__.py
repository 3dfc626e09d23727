"""The one door for pictures: bytes go in, an upright uint8 sRGB picture or one clear refusal comes out."""

from mlcore.images.door import MAX_BYTES, Picture, decode, size_notices
from mlcore.images.size import fit, png, thumbnail
from mlcore.images.structure import MAX_PIXELS

__all__ = ["MAX_BYTES", "MAX_PIXELS", "Picture", "decode", "fit", "png", "size_notices", "thumbnail"]
