"""Edits of a real picture in latent space: its inversion, whether that is near, and changes of its noise and class."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mlcore import images
from mlcore.generation.generator import Generator
from mlcore.generation.latent import closeness, interpolation
from mlcore.generation.latent.inversion import USUAL, InversionSettings, Match, invert
from mlcore.progress import Progress, silent


@dataclass(frozen=True, eq=False)
class Inversion:
    """A picture `wanted` uint8 (h, w, 3) as the generator's own are, and the `best` that it can make of it.

    `usual` is how far a made picture is from the nearest other one, in the unit of `best.error`.
    """

    wanted: np.ndarray = field(repr=False)
    best: Match
    usual: float

    @property
    def verdict(self) -> closeness.Verdict:
        """How near the generator comes."""
        return closeness.verdict(self.best.error, self.usual)


def inversion_of(
    generator: Generator,
    pixels: np.ndarray,
    target: int | str | None = None,
    settings: InversionSettings = USUAL,
    progress: Progress = silent,
) -> Inversion:
    """Find the noise behind a picture uint8 (H, W, 3) of any size, fitted as the training pictures were.

    `target` is its class; without it every class is tried. The rest is as in `invert`.
    """
    wanted = images.fit(pixels, *generator.card.size)
    matches = invert(generator, wanted, None, target, settings, progress)
    return Inversion(wanted, matches[0], closeness.usual_distance(generator))


def edited(
    generator: Generator,
    match: Match,
    along: Sequence[float],
    seed: int = 0,
    target: int | str | None = None,
    move: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Pictures uint8 (N, H, W, 3) on the way from the match of a picture (0) to the first one of a seed (1).

    All of them are of a class, by default that of the match, with their noise moved by `move` (noise,).
    """
    latents = interpolation.slerp(match.latent, generator.latents(1, seed)[0], along) + np.asarray(move, "float32")
    return generator.draw(latents, generator.shares(len(latents), match.target if target is None else target))
