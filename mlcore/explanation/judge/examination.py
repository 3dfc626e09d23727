"""Examination: what the checks need to know of the saliency map that is graded."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Protocol

import numpy as np

from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score, score_for
from mlcore.explanation.toolkit import baselines
from mlcore.explanation.toolkit.background import background_of
from mlcore.explanation.toolkit.frames import each_frame
from mlcore.library.classifier import Classifier
from mlcore.registry import Entry
from mlcore.settings import Settings, choice, number, read


class JudgeSettings(Settings):
    """How thoroughly a map is graded; the defaults cost about 1,000 answers and 6 maps of the same method."""

    steps: int = number(10, 2, 256, "Steps in which all places are taken away, and brought back")
    random_maps: int = number(39, 19, 999, "Random maps to compare with; 39 are the least for a verdict at 95 %")
    deletion_baseline: baselines.Baseline = choice("mean", "What a place shows that was taken away")
    insertion_baseline: baselines.Baseline = choice("blur", "What a place shows before it is brought back")
    subsets: int = number(128, 8, 2000, "Random regions that are hidden to compare their heat with their effect")
    copies: int = number(2, 1, 50, "Copies of the picture with a little noise; half as many for slow methods")
    noise: float = number(0.02, 0.0, 0.5, "Spread of that noise, as a share of the range from black to white")
    networks: int = number(4, 1, 20, "Networks with random weights; half as many for slow methods")


LARGE = 96  # pixels a side
FOR_LARGE = {"steps": 5, "subsets": 64, "copies": 1, "networks": 2}  # where an answer takes a hundred times as long


def settings_for(picture: np.ndarray, given: dict[str, Any]) -> JudgeSettings:
    """The settings given; the others at their default, or with fewer and larger steps for a large picture (H, W, 3)."""
    return read(JudgeSettings, (FOR_LARGE if max(picture.shape[-3:-1]) > LARGE else {}) | given)


class SaliencyMap(Protocol):
    """A map to examine: an Explanation, or a map that never saw the network."""

    @property
    def heat(self) -> np.ndarray:
        """How much each place had to do with the score: (H, W), or (T, H, W) of a clip."""

    @property
    def target(self) -> int:
        """The class whose score is explained."""

    @property
    def picture(self) -> np.ndarray:
        """What the network saw: uint8 (H, W, 3), or (T, H, W, 3) of a clip."""

    @property
    def method(self) -> str:
        """The name of the method."""

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the method, as plain values."""

    @property
    def output(self) -> str:
        """Whether "logits" or "probabilities" are explained."""


@dataclass(frozen=True, eq=False)
class Examination:
    """A map under examination: its classifier, how thoroughly to look, and whom to tell of progress.

    `tell()` is called between two batches; an exception in it ends the work.
    """

    classifier: Classifier
    explanation: SaliencyMap
    settings: JudgeSettings
    seed: int = 0
    tell: Callable[[], None] = lambda: None

    @cached_property
    def picture(self) -> np.ndarray:
        """What the network saw: float32 (H, W, 3), or (T, H, W, 3) of a clip."""
        return np.asarray(self.explanation.picture, "float32")

    def plain(self, baseline: baselines.Baseline) -> np.ndarray:
        """The picture with everything hidden, or each frame of a clip: float32."""
        frames = self.picture.reshape(-1, *self.picture.shape[-3:])
        return np.stack([baselines.plain(frame, baseline) for frame in frames]).reshape(self.picture.shape)

    def rng(self, *number: int) -> np.random.Generator:
        """A generator of its own for each check, so that leaving one out doesn't change the others."""
        return np.random.default_rng([self.seed, *number])

    def repeats(self, count: int) -> int:
        """How often to explain again: half as often where that may take seconds."""
        slow = "slow" in methods.get(self.explanation.method).traits
        return max(1, count // 2) if slow else count

    def probability(self, batch: np.ndarray) -> np.ndarray:
        """The calibrated probability of the explained class for pictures (N, H, W, 3)."""
        self.tell()
        return self.classifier.probabilities(batch)[:, self.explanation.target].astype("float64")

    def logit(self, batch: np.ndarray) -> np.ndarray:
        """The logit of the explained class for pictures (N, H, W, 3)."""
        self.tell()
        return self.classifier.logits(batch)[:, self.explanation.target].astype("float64")

    @property
    def temperature(self) -> float | None:
        """What logits are divided by where the probability was explained; None where the logit was."""
        return self.classifier.card.temperature if self.explanation.output == "probabilities" else None

    def score(self) -> Score:
        """The network's score, as the explanation's method gets it."""
        return score_for(self.classifier, self.temperature)

    def again(self, picture: np.ndarray | None = None, score: Score | None = None, **settings: Any) -> np.ndarray:
        """The heat that the same method gives for another picture, network or setting."""
        self.tell()
        entry = methods.get(self.explanation.method)
        chosen = read(entry.settings, {**self.explanation.settings, **settings})
        picture = self.picture if picture is None else picture
        score = self._with_background(entry, score or self.score(), picture)
        listener = {"progress": lambda share, text="", /: self.tell()} if "reports" in entry.traits else {}
        run = partial(each_frame, entry.run) if picture.ndim == 4 else entry.run
        return run(chosen, score, picture, self.explanation.target, **listener).heat

    def _with_background(self, entry: Entry, score: Score, picture: np.ndarray) -> Score:
        if "background" not in entry.traits:
            return score
        return score.with_background(*background_of(self.classifier, picture))
