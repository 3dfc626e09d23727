"""Out-of-distribution detection: is a picture like those that a classifier learned from? One number per picture.

`unlike.npz` beside a model holds what it takes. The score is that of a virtual logit (ViM, Wang et al. 2022,
arXiv:2203.10807, eq. 6 and 7): how far the features of a picture lie outside the space that those of training
pictures fill, beside the free energy of the logits (Liu et al. 2020, arXiv:2010.03759, eq. 4). We depart from it in
two points: features have length 1, without which plain pictures look near to everything, and their mean is the
centre, since not every network ends in one linear layer. A score means something only beside those of pictures that
were held out from training, which are kept, too.
"""

import io
import math
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from mlcore import durable, reader
from mlcore.errors import Refused

FILE = "unlike.npz"
FLAGGED = 0.05  # of pictures like the held-out ones at most this share is flagged, on average
FEWEST = 10  # held-out pictures; with fewer even the most distant one says nothing
MOST_BYTES = 16_000_000
TINY = 1e-12
ARRAYS = ("own", "centre", "axes", "usual")


@dataclass(frozen=True)
class Unlike:
    """How unlike what was learned from a picture is: the share of held-out pictures that are less so, from 0 to 1.

    `flagged` when so distant a picture is rare among the `held_out` ones.
    """

    score: float
    flagged: bool
    held_out: int

    def to_json(self) -> dict:
        """Plain values: `{"score", "flagged", "held_out"}`."""
        return {**asdict(self), "score": round(self.score, 6)}

    @property
    def place(self) -> str:
        """In words: 'further away than 99 of 100'."""
        whole = min(100, self.held_out)
        nearer = math.floor(self.score * whole + 1e-9)
        if self.score < 1:
            return f"further away than {nearer} of {whole}"
        return f"further away than all {self.held_out:,}"


@dataclass(frozen=True, eq=False)
class Detector:
    """What tells pictures apart that are unlike those learned from.

    own float32 (n,) the scores of held-out pictures in order; centre float32 (C,) and axes float32 (C, R) of the space
    that features fill, or empty for a model without features; `scale` turns the distance into logits. For models whose
    features nobody could fit, `peak` turns a standard score of the largest logit into logits, and `turn` the cosine
    between the features and those that are `usual`, float32 (C,).
    """

    own: np.ndarray
    centre: np.ndarray
    axes: np.ndarray
    scale: float = 0.0
    peak: float = 0.0
    usual: np.ndarray = field(default_factory=lambda: np.zeros(0, "float32"))
    turn: float = 0.0

    def scores(self, logits: np.ndarray, features: np.ndarray | None) -> np.ndarray:
        """One number (N,) for each picture with logits (N, K) and features (N, C), larger for what is less alike."""
        found = -log_sum_exp(logits)
        if len(self.centre) and features is not None:
            found = found + self.scale * self.distances(features)
        if self.peak:
            found = found - self.peak * standing_out(logits)
        if len(self.usual) and features is not None:
            found = found - self.turn * cosines(features, self.usual)
        return found

    def distances(self, features: np.ndarray) -> np.ndarray:
        """How far features (N, C), brought to length 1, lie outside the space: (N,)."""
        spread = unit(features) - self.centre
        inside = ((spread @ self.axes) ** 2).sum(axis=1)
        return np.sqrt(np.maximum((spread**2).sum(axis=1) - inside, 0))

    def judge(self, logits: np.ndarray, features: np.ndarray | None) -> list[Unlike]:
        """Each picture's place among the held-out ones."""
        scores = self.scores(logits, features).astype("float32")  # as the held-out ones
        shares = np.searchsorted(self.own, scores) / len(self.own)
        pairs = zip(shares.tolist(), (scores > self.threshold).tolist(), strict=True)
        return [Unlike(share, flagged, len(self.own)) for share, flagged in pairs]

    def fits(self, logits: np.ndarray, features: np.ndarray | None) -> bool:
        """Whether it was made for a network with outputs like these."""
        wanted = len(self.centre) or len(self.usual)
        return not wanted or (features is not None and features.shape[1] == wanted)

    @cached_property
    def threshold(self) -> float:
        """The score beyond which a picture is flagged.

        The held-out score that a further picture of their kind exceeds with a chance of at most FLAGGED (split
        conformal prediction, Vovk et al. 2005); with fewer than 19 pictures the largest, which it exceeds with one in
        n + 1.
        """
        rank = math.ceil((len(self.own) + 1) * (1 - FLAGGED) - 1e-9)
        return float(self.own[min(rank, len(self.own)) - 1])

    def to_bytes(self) -> bytes:
        """The file, with axes in half precision, as a fit has rounded them."""
        file = io.BytesIO()
        numbers, axes = np.array([self.scale, self.peak, self.turn]), self.axes.astype("float16")
        np.savez_compressed(file, own=self.own, centre=self.centre, axes=axes, usual=self.usual, numbers=numbers)
        return file.getvalue()


def read(folder: Path) -> Detector | None:
    """The detector beside a model; None where there is none, or its file is damaged."""
    try:
        file = reader.arrays(folder / FILE, MOST_BYTES)
        own, centre, axes, usual = (np.asarray(file[name], "float32") for name in ARRAYS)
        scale, peak, turn = (float(number) for number in file["numbers"])
    except (Refused, ValueError, KeyError, TypeError):
        return None
    whole = (
        own.ndim == centre.ndim == usual.ndim == 1
        and axes.ndim == 2
        and len(axes) == len(centre)
        and len(own) >= FEWEST
    )
    finite = all(np.isfinite(each).all() for each in (own, centre, axes, usual, scale, peak, turn))
    return Detector(np.sort(own), centre, axes, scale, peak, usual, turn) if whole and finite else None


def write(folder: Path, detector: Detector) -> None:
    """Put the detector beside a model."""
    durable.write_bytes(folder / FILE, detector.to_bytes())


def pooled(maps: np.ndarray) -> np.ndarray:
    """One number per filter (N, C) of feature maps (N, h, w, C): the mean, whatever the network itself takes."""
    return maps.mean(axis=(1, 2))


def unit(features: np.ndarray) -> np.ndarray:
    """Features (N, C) at length 1."""
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), TINY)


def cosines(features: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """The cosine (N,) between features (N, C) and a direction (C,)."""
    cosine: np.ndarray = unit(features) @ unit(direction[None])[0]
    return cosine


def log_sum_exp(logits: np.ndarray) -> np.ndarray:
    """The logarithm of the sum of exponentials (N,) of logits (N, K)."""
    logits = np.asarray(logits, "float64")
    top = logits.max(axis=1)
    return top + np.log(np.exp(logits - top[:, None]).sum(axis=1))


def standing_out(logits: np.ndarray) -> np.ndarray:
    """How far the largest logit stands above the mean of all, in their standard deviations: (N,) of logits (N, K)."""
    logits = np.asarray(logits, "float64")
    return (logits.max(axis=1) - logits.mean(axis=1)) / np.maximum(logits.std(axis=1), TINY)
