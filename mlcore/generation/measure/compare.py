"""Evaluation of a generator: its whole comparison with real pictures, in every feature space and by class."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mlcore.data import Dataset, Split
from mlcore.errors import Kind, Refused
from mlcore.generation.generator import Generator
from mlcore.generation.measure.classes import Classes, of_classes
from mlcore.generation.measure.features import FeatureSpace, Pooled, Principal
from mlcore.generation.measure.frechet import frechet
from mlcore.generation.measure.kid import kid
from mlcore.generation.measure.memorisation import memorisation
from mlcore.generation.measure.precision_recall import PrecisionRecall, precision_recall
from mlcore.library.classifier import Classifier

LEAST = 100  # pictures; with fewer, neither a covariance nor a neighbourhood says anything


@dataclass(frozen=True)
class Space:
    """A generator in one space of features: distances with floor and noise, and how far the sets cover each other.

    `nothing` is the least distance of generators that learned nothing of worth: noise, black, the mean picture, ten
    pictures over and over.
    """

    name: str
    features: int
    frechet: float
    floor: float
    noise: float
    kernel: float
    coverage: PrecisionRecall
    nothing: float

    @property
    def closeness(self) -> float:
        """1 where made pictures are as near as real ones are to each other, 0 where nothing of worth was learned."""
        return float(np.clip((self.nothing - self.frechet) / max(self.nothing - self.floor, 1e-12), 0, 1))


@dataclass(frozen=True)
class Measured:
    """All that was measured. `n` pictures on each side; distances are only comparable at the same n."""

    n: int
    spaces: tuple[Space, ...]
    classes: Classes | None
    memorisation: float
    classifier: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self) | {"closeness": {space.name: space.closeness for space in self.spaces}}


def measure(
    generator: Generator, dataset: Dataset, classifier: Classifier | None = None, n: int = 2000, seed: int = 0
) -> Measured:
    """Compare n made pictures with n real ones of the test split; a classifier of the same classes adds its space.

    Raises Refused: missing-data for a data set with too few pictures, not-compatible for a classifier without features.
    """
    test, train = dataset.split("test"), dataset.split("train")
    n = min(n, len(test), len(train))
    if n < LEAST:
        raise Refused(
            Kind.MISSING_DATA,
            f"Measuring a generator takes {LEAST} training and {LEAST} test pictures at least; {dataset.name!r} has "
            f"{len(train)} and {len(test)}.",
        )
    random = np.random.default_rng(seed)
    real, labels = _some(test, n, random)
    other, _ = _some(train, n, random)
    shares = np.eye(len(dataset.classes), dtype="float32")[labels] if generator.conditional else None
    fake = _fake(generator, n, seed, shares)
    noise = random.integers(0, 256, real.shape, "uint8")
    spaces: list[FeatureSpace] = [Principal(other), *([Pooled(classifier)] if classifier else [])]
    return Measured(
        n=n,
        spaces=tuple(_space(space, real, other, fake, noise) for space in spaces),
        classes=of_classes(classifier, fake, labels, real) if classifier else None,
        memorisation=memorisation(fake, train, real),
        classifier=classifier.card.title if classifier else "",
    )


def _some(split: Split, n: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    chosen = np.sort(random.permutation(len(split))[:n])
    return split.read(chosen), split.labels[chosen]


def _fake(generator: Generator, n: int, seed: int, shares: np.ndarray | None) -> np.ndarray:
    latents = generator.latents(n, seed)
    parts = [slice(at, at + 256) for at in range(0, n, 256)]
    return np.concatenate([generator.draw(latents[part], None if shares is None else shares[part]) for part in parts])


def _space(space: FeatureSpace, real: np.ndarray, other: np.ndarray, fake: np.ndarray, noise: np.ndarray) -> Space:
    """Real test pictures against made ones; real training pictures give the floor, silly generators the top."""
    here, there, ours = space(real), space(other), space(fake)
    silly = [frechet(here, space(pictures)) for pictures in (noise, *_silly(other))]
    return Space(
        name=space.name,
        features=here.shape[1],
        frechet=frechet(here, ours),
        floor=frechet(here, there),
        noise=silly[0],
        kernel=kid(here, ours),
        coverage=precision_recall(here, ours),
        nothing=min(silly),
    )


def _silly(other: np.ndarray) -> list[np.ndarray]:
    """What generators make that learned nothing of worth: black, the mean picture, ten pictures over and over."""
    mean = other.mean(axis=0).round().astype("uint8")
    return [np.zeros_like(other), np.broadcast_to(mean, other.shape).copy(), other[np.arange(len(other)) % 10]]
