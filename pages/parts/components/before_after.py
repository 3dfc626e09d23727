"""Two pictures of one size, one over the other, with a slider between them."""

import numpy as np

from pages.parts.components.data_url import address, photograph, reference
from pages.parts.components.own_files import component

_component = component("before_after")


def before_after(
    before: np.ndarray, after: np.ndarray, key: str, alt: str, start: int = 50, sharp: bool = True
) -> None:
    """Lay one picture uint8 (H, W, 3) over another; the slider works by mouse, finger and keys.

    It begins with `start` percent of the picture as it was before, and stays where a person left it while the
    picture before is the same. `sharp` shows every pixel as a square, else they are shown as photographs are.
    """
    shown = address if sharp else photograph
    _component(
        key=key,
        data={
            "before": shown(before),
            "reference": reference(before),
            "start": start,
            "sharp": sharp,
            "after": shown(after),
            "before_alt": f"{alt}, before",
            "after_alt": f"{alt}, after",
        },
    )
