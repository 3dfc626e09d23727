"""The one door for pictures: bytes go in, an upright uint8 sRGB picture or one clear refusal comes out."""

from mlcore.images.door import MAX_BYTES, Picture, decode, sides, size_notices
from mlcore.images.facts import facts
from mlcore.images.plain import plain
from mlcore.images.reduced import fitted
from mlcore.images.size import crop_box, fit, jpeg, png, stretch, thumbnail
from mlcore.images.structure import MAX_PIXELS
from mlcore.images.view import SENT, View, view

__all__ = ["MAX_BYTES", "MAX_PIXELS", "SENT", "Picture", "View", "crop_box", "decode", "facts", "fit", "fitted"]
__all__ += ["jpeg", "plain", "png", "sides", "size_notices", "stretch", "thumbnail", "view"]
