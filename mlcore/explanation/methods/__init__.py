"""The shelf of explanation methods: each says how much every pixel had to do with the score of a class.

A method is a function `(settings, score, picture, target) -> Attribution`. The picture is float32 (H, W, 3) in
0..255; the score (see `mlcore.backend.gradients.Score`) gives values and gradients of a batch, so a method needs
no Keras and can be tried on a score of a few NumPy lines. Traits say how to read and to check the heat:

    signed     places can speak against the class (negative)
    complete   the heat sums to the difference in score that it explains
    coarse     the heat comes from a feature map with fewer places than the picture has pixels
    random     the heat depends on the seed
    background the method compares with `score.background`, pictures of the model's own kind
    slow       may take seconds as it is set by default
    reports    takes `progress`, which hears the share done, 0 to 1, and may end the work by raising:
               whatever takes longer the more is asked of it
"""

from dataclasses import dataclass, field

import numpy as np

from mlcore.registry import Registry

methods = Registry("explanation method", __name__)


@dataclass(frozen=True, eq=False)
class Attribution:
    """What a method found: heat float32 (H, W), raw; the signed values (H, W, 3) behind it; what to check it by."""

    heat: np.ndarray
    values: np.ndarray | None = None
    diagnostics: dict[str, float | str] = field(default_factory=dict)
