"""What an attribution method is, and what it gives: how much every pixel had to do with the score of a class."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from mlcore.explanation.score import Score


@dataclass(frozen=True, eq=False)
class Attribution:
    """What a method found: heat float32 (H, W), raw; the signed values (H, W, 3) behind it; what to check it by."""

    heat: np.ndarray
    values: np.ndarray | None = None
    diagnostics: dict[str, float | str] = field(default_factory=dict)


class Method(Protocol):
    """Attributes the score of a class to the pixels of a picture.

    `settings` are of the method's own class, the picture is float32 (H, W, 3) in 0..255, `target` the class's number.
    A method with the trait "reports" also takes a `progress`, which may end the work by raising. Raises Refused:
    not-compatible for a score without what the method asks, unknown-name for a layer that isn't there,
    non-finite-weights.
    """

    def __call__(
        self, settings: Any, score: Score, picture: np.ndarray, target: int, /, *args: Any, **kwargs: Any
    ) -> Attribution:
        """The heat of a picture for a class."""
