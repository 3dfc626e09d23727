"""A stored JPEG at the size that a network wants, decoded at a part of its own size where that is enough."""

import numpy as np

from mlcore.images import opening, size, structure

MARGIN = 2  # at least so many times the size is decoded: with less, what is finer than a pixel shows through

MOST_PIXELS = (
    2**22
)  # that a stored picture may have: twice what is ever kept of one, so that a foreign file stays small


def fitted(data: bytes, height: int, width: int) -> np.ndarray:
    """The middle of a JPEG, uint8 (height, width, 3), as `fit` crops it; the same bytes give the same pixels.

    Raises Refused for what isn't a whole JPEG, or larger than any that is stored.
    """
    structure.check("JPEG", data)
    with opening.refusing("JPEG"):
        file = opening.opened(data, "JPEG")
        if file.width * file.height > MOST_PIXELS:
            raise structure.damaged("JPEG")
        file.draft(None, (MARGIN * width, MARGIN * height))  # a half, a quarter or an eighth, never less than asked
        file.load()
        image = file if file.mode == "RGB" else file.convert("RGB")  # converting would copy it, too
        return np.asarray(image) if image.size == (width, height) else size.cropped(image, height, width)
