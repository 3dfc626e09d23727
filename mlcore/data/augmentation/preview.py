"""What the changes do to some training pictures, to look at before training."""

from typing import Protocol

import numpy as np

from mlcore.data.augmentation import apply, mixing
from mlcore.recipe import Augmentation
from mlcore.settings import fields

PART = 1 / 3  # of its range is the strength at which a change is shown that is off


class Pictures(Protocol):
    """A split, or the part of it that came along."""

    @property
    def labels(self) -> np.ndarray: ...

    @property
    def at_hand(self) -> np.ndarray: ...


def chosen(split: Pictures, count: int, seed: int) -> np.ndarray:
    """Places of pictures to look at, at most `count`: each of another class while there are any."""
    places = np.random.default_rng(seed).permutation(split.at_hand)
    firsts = np.sort(np.unique(split.labels[places], return_index=True)[1])
    return places[np.concatenate([firsts, np.setdiff1d(np.arange(len(places)), firsts)])[:count]]


def variants(pictures: np.ndarray, settings: Augmentation, count: int, seed: int) -> np.ndarray:
    """So many varied copies uint8 (N, count, ...) of pictures (N, ...), as training sees them in as many epochs."""
    return np.stack([_varied(pictures, settings, epoch, seed) for epoch in range(count)], axis=1)


def _varied(pictures: np.ndarray, settings: Augmentation, epoch: int, seed: int) -> np.ndarray:
    places, random = np.arange(len(pictures)), np.random.default_rng([seed, epoch])
    varied = apply(pictures, settings, epoch, places, random)
    if mixing.is_on(settings) and len(pictures) > 1:
        varied, _ = mixing.mix(varied, places, len(places), settings, random)
    return varied


def alone(settings: Augmentation) -> dict[str, Augmentation]:
    """By label, each change without the others: as it is set, or at a third of its range where it is off."""
    on = settings.model_dump()
    strengths = ((spec, on[spec.name] or _shown(spec.high)) for spec in fields(Augmentation))
    return {spec.label: Augmentation(**{spec.name: strength}) for spec, strength in strengths}


def is_off(settings: Augmentation) -> bool:
    """Whether pictures stay as they are."""
    return not any(settings.model_dump().values())


def _shown(high: float | None) -> bool | float:
    return True if high is None else type(high)(high * PART)
