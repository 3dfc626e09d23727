"""Two pictures of one size, one over the other, with a slider between them."""

import numpy as np

from pages.parts.components.data_url import address, reference
from pages.parts.components.own_files import component

_component = component("before_after")


def before_after(before: np.ndarray, after: np.ndarray, key: str, alt: str, start: int = 50) -> None:
    """Lay one picture uint8 (H, W, 3) over another; the slider works by mouse, finger and keys.

    It begins with `start` percent of the picture as it was before, and stays where a person left it while the
    picture before is the same.
    """
    _component(
        key=key,
        data={
            "before": address(before),
            "reference": reference(before),
            "start": start,
            "after": address(after),
            "before_alt": f"{alt}, before",
            "after_alt": f"{alt}, after",
        },
    )
