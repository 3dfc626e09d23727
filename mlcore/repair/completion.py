"""Image completion by a generator: plausible contents of a hole, several at a time, imagined and no repair.

A repair starts from what is around the hole; a generator knows what pictures of its kind look like, and any of them
that agrees with the part that is left will do. What was there before may have been something else.
"""

from dataclasses import dataclass, field

import numpy as np

from mlcore import images
from mlcore.errors import Kind, Refused
from mlcore.generation.generator import Generator
from mlcore.generation.latent import closeness
from mlcore.generation.latent.inversion import USUAL, InversionSettings, Match, invert
from mlcore.images.size import covering
from mlcore.progress import Progress, silent
from mlcore.repair import checked_mask, keep_outside

KNOWN = 0.5  # share of a small pixel that must be known for it to count


@dataclass(frozen=True, eq=False)
class Alternative:
    """A picture uint8 (H, W, 3), outside the mask as it was given; `match` is what the inside was taken from.

    `match.error` says how far that is from the known part.
    """

    picture: np.ndarray = field(repr=False)
    match: Match


@dataclass(frozen=True, eq=False)
class Completion:
    """Alternatives, the best agreeing first; `usual` is how far one made picture is from the next in the known part."""

    alternatives: list[Alternative]
    usual: float

    @property
    def verdict(self) -> closeness.Verdict:
        """How near the best one comes to the known part."""
        return closeness.verdict(self.alternatives[0].match.error, self.usual)


def complete(
    generator: Generator,
    pixels: np.ndarray,
    mask: np.ndarray,
    count: int = 4,
    target: int | str | None = None,
    settings: InversionSettings = USUAL,
    progress: Progress = silent,
) -> Completion:
    """Up to `count` different ways to fill the mask bool (H, W) of a picture uint8 (H, W, 3), the best agreeing first.

    The picture can have any size; the generator sees its middle, made as small as its own pictures are. Outside the
    mask nothing changes, to the bit. `target` is a class of the generator, every one of them is tried without it.
    Raises Refused: not-compatible for a mask of another size, an empty one, one that leaves too little, and one that
    reaches beyond the middle; unknown-name for a class that isn't there.
    """
    mask = checked_mask(pixels, mask)
    size = generator.card.size
    _check(mask, size)
    wanted, weights = known_part(pixels, mask, size)
    if not weights.any():
        raise Refused(Kind.NOT_COMPATIBLE, "Too little of the picture is left for anything to agree with it.")
    matches = invert(generator, wanted, weights, target, settings, progress)[:count]
    alternatives = [Alternative(_filled(pixels, mask, match.picture), match) for match in matches]
    return Completion(alternatives, closeness.usual_distance(generator, weights))


def known_part(pixels: np.ndarray, mask: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The middle of a picture at a smaller size, float32 (h, w, 3), from known pixels alone; and how far it is known.

    What is lost has no weight in the average that makes a small pixel (normalised convolution, Knutsson & Westin
    1993); one that is known by less than half counts as lost: weight 0.
    """
    levels = np.where(mask, np.uint8(0), np.uint8(255))[..., None].repeat(3, axis=-1)
    kept = images.fit(np.where(mask[..., None], np.uint8(0), pixels), *size).astype("float32")
    share = images.fit(levels, *size)[..., 0].astype("float32") / 255
    return np.clip(kept / np.maximum(share, KNOWN)[..., None], 0, 255), np.where(share < KNOWN, 0, share)


def _check(mask: np.ndarray, size: tuple[int, int]) -> None:
    if not mask.any():
        raise Refused(Kind.NOT_COMPATIBLE, "Nothing is marked as lost, so there is nothing to imagine.")
    top, left, bottom, right = covering(mask.shape, size)
    inside = np.zeros_like(mask)
    inside[top:bottom, left:right] = True
    beyond = int((mask & ~inside).sum())
    if beyond:
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"{beyond:,} of the lost pixels lie beyond the {right - left} x {bottom - top} pixels in the middle, and "
            "the generator sees only those; crop the picture, or mark less.",
        )


def _filled(pixels: np.ndarray, mask: np.ndarray, small: np.ndarray) -> np.ndarray:
    """The picture with its mask filled out of a small one, laid over the middle."""
    top, left, bottom, right = covering(mask.shape, small.shape[:2])
    whole = pixels.copy()
    whole[top:bottom, left:right] = images.fit(small, bottom - top, right - left)
    return keep_outside(pixels, whole, mask)
