"""GAN inversion: the noise behind a picture, searched in latent space for a picture that agrees with what is known."""

from dataclasses import dataclass, field

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.generation.generator import Generator
from mlcore.generation.latent import sampling
from mlcore.progress import Progress, silent
from mlcore.settings import Settings, number

ALIKE = 0.12  # pictures that differ by less, root mean square of levels 0..1, count as one
DECAY = (0.9, 0.99)  # of Adam's moments; the second forgets within the few hundred steps there are


class InversionSettings(Settings):
    """How the noise behind a picture is searched."""

    steps: int = number(300, 1, 2000, "Steps of the search; more come nearer, slower")
    starts: int = number(40, 1, 512, "Places that it starts from, all at once")
    pool: int = number(1000, 1, 4096, "Pictures drawn first; the nearest ones are started from", expert=True)
    prior: float = number(0.001, 0.0, 10.0, "Weight of the noise's size: more keeps to likely pictures", expert=True)
    rate: float = number(0.1, 0.0001, 1.0, "Size of the first steps (Adam); they shrink to nothing", expert=True)
    seed: int = number(0, 0, 2**31 - 1, "Number that all randomness comes from")


USUAL = InversionSettings()


@dataclass(frozen=True, eq=False)
class Match:
    """A picture of a generator that agrees with a known part.

    `latent` float32 (noise,) and `shares` float32 (K,), or None, make `picture` uint8 (h, w, 3). `error` is the root
    mean square difference of levels 0..1 in the known part; of `target`, a class number, or None.
    """

    latent: np.ndarray
    shares: np.ndarray | None = field(repr=False)
    picture: np.ndarray = field(repr=False)
    error: float

    @property
    def target(self) -> int | None:
        """The number of its class, or None where the generator knows no classes."""
        return None if self.shares is None else int(self.shares.argmax())


def invert(
    generator: Generator,
    wanted: np.ndarray,
    weights: np.ndarray | None = None,
    target: int | str | None = None,
    settings: InversionSettings = USUAL,
    progress: Progress = silent,
) -> list[Match]:
    """Several different pictures of a generator near a wanted one, uint8 or float (h, w, 3) of its size, nearest first.

    `weights` (h, w) says how far each pixel is known, 0 to 1; all are when it is left out. `target` is a class; when
    it is left out, every class is tried. The mean squared difference of the known part, plus the mean square of the
    noise times `prior`, is made small by Adam (Yeh et al. 2017, arXiv:1607.07539, whose critic and blending we leave
    out), from the nearest of many drawn pictures of each class. `progress` hears of each step; an exception in it
    cancels. The same seed finds the same. Raises Refused(not-compatible) where nothing is known.
    """
    weights = np.ones(wanted.shape[:2], "float32") if weights is None else np.asarray(weights, "float32")
    if not weights.any():
        raise Refused(Kind.NOT_COMPATIBLE, "Nothing of the picture is known, so nothing can agree with it.")
    latents, shares = _starts(generator, wanted, weights, target, settings)
    latents = _nearer(generator, latents, shares, wanted, weights, settings, progress)
    pictures = generator.draw(latents, shares)
    errors = differences(pictures, wanted, weights)
    order = _different(pictures, np.argsort(errors, kind="stable"))
    rows = [None] * len(latents) if shares is None else shares
    return [Match(latents[index], rows[index], pictures[index], float(errors[index])) for index in order]


def differences(pictures: np.ndarray, wanted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Root mean square difference of levels 0..1 of each picture (N, h, w, 3) from one, by weight: float (N,)."""
    squared = ((pictures.astype("float32") - wanted) / 255) ** 2
    return np.sqrt((squared.mean(axis=-1) * weights).sum(axis=(1, 2)) / weights.sum())


def _starts(
    generator: Generator,
    wanted: np.ndarray,
    weights: np.ndarray,
    target: int | str | None,
    settings: InversionSettings,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Noise and shares to start from: the nearest drawn picture of each class, then the second nearest, and so on."""
    latents, shares = generator.latents(settings.pool, settings.seed), generator.shares(settings.pool, target)
    errors = differences(generator.draw(latents, shares), wanted, weights)
    classes = np.zeros(len(errors), int) if shares is None else shares.argmax(axis=1)
    counts, rank = np.zeros(classes.max() + 1, int), np.zeros(len(errors), int)
    for index in np.argsort(errors, kind="stable"):
        rank[index] = counts[classes[index]]
        counts[classes[index]] += 1
    chosen = np.lexsort((errors, rank))[: settings.starts]
    return latents[chosen], None if shares is None else shares[chosen]


def _nearer(
    generator: Generator,
    latents: np.ndarray,
    shares: np.ndarray | None,
    wanted: np.ndarray,
    weights: np.ndarray,
    settings: InversionSettings,
    progress: Progress,
) -> np.ndarray:
    """The noise after Adam (Kingma & Ba 2015, arXiv:1412.6980), its rate falling to 0 as a cosine does."""
    progress(0.0, "Loading the network")
    errors_and_slopes = generator.inversion_loss
    latents = latents.astype("float64")
    first = second = np.zeros_like(latents)
    wanted = np.asarray(wanted, "float32")
    for step in range(settings.steps):
        _, slopes = errors_and_slopes(sampling.vectors(latents.astype("float32"), shares), wanted, weights)
        slope = slopes[:, : generator.noise] + 2 * settings.prior * latents / generator.noise
        first = DECAY[0] * first + (1 - DECAY[0]) * slope
        second = DECAY[1] * second + (1 - DECAY[1]) * slope**2
        size = np.sqrt(second / (1 - DECAY[1] ** (step + 1))) + 1e-12
        rate = settings.rate * (1 + np.cos(np.pi * step / settings.steps)) / 2
        latents = latents - rate * first / (1 - DECAY[0] ** (step + 1)) / size
        progress((step + 1) / settings.steps, "Searching")
    return latents.astype("float32")


def _different(pictures: np.ndarray, order: np.ndarray) -> list[int]:
    """Indices in an order, without those whose picture is much like an earlier one."""
    kept: list[int] = []
    everywhere = np.ones(pictures.shape[1:3], "float32")
    for index in order:
        picture = pictures[index].astype("float32")
        if not kept or differences(pictures[kept], picture, everywhere).min() >= ALIKE:
            kept.append(int(index))
    return kept
