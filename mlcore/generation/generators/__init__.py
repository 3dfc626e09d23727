"""The shelf of generators: each makes the two networks of a GAN, a generator and its critic (discriminator).

An entry is a function `(settings, shape, vector, extra) -> Pair`. `shape` is (H, W, C) with C = 1 for grey pictures,
`vector` the length of what the generator is given (noise and class), `extra` the channels beside the picture that
the critic sees. Pictures are -1..1 on both sides. The critic ends in a feature map; the heads that judge it are
the same for every entry (see `mlcore.generation.training.conditioning`).
"""

from dataclasses import dataclass

from mlcore.errors import Kind, Refused
from mlcore.registry import Registry
from mlcore.tensors import KerasModel

generators = Registry("generator", __name__)
SIDES = (16, 28, 32, 64)


@dataclass(frozen=True)
class Pair:
    """Two networks (keras.Model): vectors (N, V) to pictures (N, H, W, C), and pictures to a feature map."""

    generator: KerasModel
    critic: KerasModel


def checked(shape: tuple[int, ...]) -> None:
    """Raise Refused(not-compatible) for pictures of a size that no generator makes, and for clips."""
    if len(shape) == 4:
        raise Refused(Kind.NOT_COMPATIBLE, "Generators make single pictures, and this data set holds clips.")
    if shape[0] != shape[1] or shape[0] not in SIDES:
        allowed = ", ".join(f"{side} x {side}" for side in SIDES)
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"Generators make square pictures of {allowed} pixels; these have {shape[1]} x {shape[0]}. "
            "Add the data again with one of these sizes.",
        )
