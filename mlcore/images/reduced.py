"""A stored JPEG at the size that a network wants, decoded at a part of its own size where that is enough."""

import numpy as np

from mlcore.images import colour, opening, size, structure


def fitted(data: bytes, height: int, width: int) -> np.ndarray:
    """The middle of a JPEG, uint8 (height, width, 3), as `fit` crops it; the same bytes give the same pixels.

    Raises Refused for what isn't a whole JPEG.
    """
    structure.check("JPEG", data)
    with opening.refusing("JPEG"):
        image = opening.opened(data, "JPEG")
        image.draft(None, (width, height))  # a half, a quarter or an eighth of its size, and never below this one
        image.load()
        pixels = colour.rgb(image)
    return size.fit(pixels, height, width)
