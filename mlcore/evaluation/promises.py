"""A card's promises: temperature, threshold and prediction sets, fitted on held-out pictures and measured on others."""

from dataclasses import asdict, dataclass

import numpy as np

from mlcore.evaluation.calibration import fit_temperature
from mlcore.evaluation.certainty import measured
from mlcore.evaluation.prediction_sets import fit_cut
from mlcore.evaluation.threshold import fit_threshold
from mlcore.library.card import Card
from mlcore.library.certainty import NEVER_SURE, Certainty
from mlcore.library.classifier import softmax


@dataclass(frozen=True, eq=False)
class HeldOut:
    """A network's scores (N, K) of pictures that it didn't learn from, their classes (N,), and which pictures they are.

    `split` is "val", or "left-out" where each was left out of cross-validation in turn.
    """

    logits: np.ndarray
    labels: np.ndarray
    split: str


@dataclass(frozen=True)
class Promises:
    """What a card says of confidence: see its fields of these names. Without arguments: nothing is known."""

    temperature: float = 1.0
    threshold: float = NEVER_SURE
    set_cut: float | None = None
    calibrated_on: int = 0


def fit_promises(held_out: HeldOut) -> Promises:
    """Temperature, threshold and the cut of the prediction sets, in this order: each uses those before it."""
    temperature = fit_temperature(held_out.logits, held_out.labels)
    probabilities = softmax(held_out.logits / temperature)
    confidences, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == held_out.labels
    threshold = fit_threshold(confidences, right)
    unsure = confidences < threshold
    cut = fit_cut(probabilities[unsure], held_out.labels[unsure])
    return Promises(temperature, threshold, cut, len(held_out.labels))


def certainty_from(promises: Promises, held_out: HeldOut | None, test: Certainty | None) -> Certainty | None:
    """What the promises are worth: as measured on the test pictures, or on those that they were fitted to.

    Those of the two are taken that are more, for a few test pictures say less than the three numbers that were fitted
    can flatter. None without any.
    """
    if held_out is None or (test is not None and test.n >= len(held_out.labels)):
        return test
    return measured_again(promises, held_out)


def measured_again(promises: Promises, held_out: HeldOut) -> Certainty:
    """What the promises are worth on the pictures that they were fitted to, which flatters them a little."""
    probabilities = softmax(held_out.logits / promises.temperature)
    return measured(probabilities, held_out.labels, promises.threshold, promises.set_cut, held_out.split)


def described(card: Card, promises: Promises) -> Card:
    """The card with its promises."""
    return card.model_copy(update=asdict(promises))
