"""A real picture as noise: the nearest picture that a generator can make, whether that is near, and changes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mlcore import images
from mlcore.generation.latent import closeness, interpolation
from mlcore.generation.latent.inversion import USUAL, Found, SearchSettings, search
from mlcore.progress import Progress, silent


@dataclass(frozen=True, eq=False)
class Encoded:
    """A picture `wanted` uint8 (h, w, 3) as the generator's own are, and the `best` that it can make of it.

    `usual` is how far a made picture is from the nearest other one, in the unit of `best.error`.
    """

    wanted: np.ndarray = field(repr=False)
    best: Found
    usual: float

    @property
    def verdict(self) -> closeness.Verdict:
        """How near the generator comes."""
        return closeness.verdict(self.best.error, self.usual)


def encode(generator, pixels, target=None, settings: SearchSettings = USUAL, progress: Progress = silent) -> Encoded:
    """Find the noise behind a picture uint8 (H, W, 3) of any size, fitted as the training pictures were.

    `target` is its class; without it every class is tried. The rest is as in `search`.
    """
    wanted = images.fit(pixels, *generator.card.size)
    found = search(generator, wanted, None, target, settings, progress)
    return Encoded(wanted, found[0], closeness.usual_distance(generator))


def edited(generator, found: Found, along: Sequence[float], seed: int = 0, target=None, move=0.0) -> np.ndarray:
    """Pictures uint8 (N, H, W, 3) on the way from a found picture (0) to the first one of a seed (1).

    All of them are of a class, by default that of the found picture, with their noise moved by `move` (noise,).
    """
    latents = interpolation.slerp(found.latent, generator.latents(1, seed)[0], along) + np.asarray(move, "float32")
    return generator.draw(latents, generator.shares(len(latents), found.target if target is None else target))
