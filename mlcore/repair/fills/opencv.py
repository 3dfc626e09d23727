"""Classical inpainting by OpenCV (Telea, Navier-Stokes), where installed: `pip install opencv-python-headless`."""

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.repair.fills import fills
from mlcore.settings import Settings, number


class RadiusSettings(Settings):
    radius: int = number(3, 1, 32, "How far around a lost pixel known ones count, in pixels")


@fills.add("telea", "Fast marching (Telea)", RadiusSettings, traits=("opencv",))
def telea(settings: RadiusSettings, pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Closes the hole from its edge inwards with weighted means of what is known (Telea 2004)."""
    return _inpainted(pixels, mask, settings.radius, "INPAINT_TELEA")


@fills.add("navier-stokes", "Flow (Navier-Stokes)", RadiusSettings, traits=("opencv",))
def navier_stokes(settings: RadiusSettings, pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Lets the edges of the picture flow into the hole as a fluid would (Bertalmio et al. 2001)."""
    return _inpainted(pixels, mask, settings.radius, "INPAINT_NS")


def available() -> bool:
    """Whether OpenCV is installed."""
    from importlib.util import find_spec

    return find_spec("cv2") is not None


def _inpainted(pixels: np.ndarray, mask: np.ndarray, radius: int, method: str) -> np.ndarray:
    try:
        import cv2
    except ImportError:
        raise Refused(
            Kind.NOT_COMPATIBLE,
            "This fill needs OpenCV, which isn't installed here: pip install opencv-python-headless.",
        ) from None
    filled: np.ndarray = cv2.inpaint(np.ascontiguousarray(pixels), mask.astype("uint8"), radius, getattr(cv2, method))
    return filled
