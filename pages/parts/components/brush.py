"""A brush to paint a mask on a picture: brush, eraser and box, by mouse, finger or keys."""

import base64

import numpy as np
import streamlit as st

from mlcore import images
from mlcore.errors import Refused
from pages.parts.components.data_url import PREFIX, address, photograph, reference
from pages.parts.components.own_files import component

MOST = 4_000_000  # characters of a mask; what a browser sends can be anything

_component = component("brush")


def brush(pixels: np.ndarray, key: str, alt: str, sharp: bool = True) -> np.ndarray | None:
    """Show a picture uint8 (H, W, 3) to paint on; gives what is marked, bool (H, W), or None when nothing is.

    A picture that needn't be `sharp` to the pixel, such as a photograph, is sent as a JPEG. What was painted stays
    with the key and the picture for the session, also while another page is open.
    """
    name = reference(pixels)
    kept = st.session_state.setdefault(f"{key}.kept", {})
    if kept.get("reference") != name:
        kept.clear()
        kept.update(reference=name, mask="")
    height, width = pixels.shape[:2]
    reply = _component(
        key=f"{key}.{name}",
        data={
            "picture": address(pixels) if sharp else photograph(pixels),
            "reference": name,
            "alt": alt,
            "width": width,
            "height": height,
            "mask": kept["mask"],  # taken up when the brush is new on the page
        },
        on_mask_change=lambda: None,
    )
    if reply.mask is not None:
        kept["mask"] = reply.mask
    return read_mask(kept["mask"], (height, width))


def read_mask(text, size: tuple[int, int]) -> np.ndarray | None:
    """The mask in a data address of a PNG, white on black; None for an empty one and for what isn't one."""
    if not isinstance(text, str) or not text.startswith(PREFIX) or len(text) > MOST:
        return None
    try:
        pixels = images.decode(base64.b64decode(text[len(PREFIX) :], validate=True)).pixels
    except (ValueError, Refused):
        return None
    mask = pixels[..., 0] > 127
    return mask if mask.shape == size and mask.any() else None
