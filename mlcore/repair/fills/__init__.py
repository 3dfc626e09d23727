"""The shelf of classical fills (inpainting): each closes the holes of a picture without learning.

An entry is a function `(settings, pixels, mask) -> pixels`: uint8 (H, W, 3) in and out, mask bool (H, W), True where
lost. Places outside the mask may come back changed; `mlcore.repair.repair` puts them back.
"""

from mlcore.registry import Registry

fills = Registry("fill", __name__)
