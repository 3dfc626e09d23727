"""Randomised weights: does the map depend on what was learned? (Adebayo et al. 2018, arXiv:1810.03292, section 3.)"""

import threading
from functools import lru_cache
from typing import Any

import numpy as np

from mlcore.explanation.judge.examination import Examination
from mlcore.explanation.judge.likeness import Likeness, likeness
from mlcore.explanation.score import answers_only
from mlcore.explanation.toolkit.agreement import rank_correlation

ONES = ("gamma", "variance", "scale")  # weights that begin at 1: batch and layer normalisation
KEPT = "Normalization"  # Keras' layer that holds the mean and spread of the data; nothing of it is learned
LOOK_SECONDS = 0.2  # how often who waits for a random network tells so


def randomisation(exam: Examination) -> Likeness | None:
    """The rank correlation with the maps of networks of the same form whose weights are random; near 0 is good.

    Compared are the sizes of the heat: a random network turns signs by chance, which would hide that it marks the
    same places. Only places with heat in one of the two count: methods that multiply by the picture give 0 wherever it
    is as dark as the baseline, for every network. None for a model that is only a small copy, whose weights can't be
    drawn anew.
    """
    if answers_only(exam.classifier):
        return None
    network = _random_network(exam.classifier.model, exam.temperature)
    heats = (network.heat(exam, seed) for seed in range(exam.repeats(exam.settings.networks)))
    return likeness(_where_hot(exam.explanation.heat, heat) for heat in heats)


def cascade(exam: Examination, stages: int = 4) -> tuple[float, ...]:
    """The same after each stage of drawing the weights anew from the head down to the first layer."""
    network = _random_network(exam.classifier.model, exam.temperature)
    heats = (network.heat(exam, 0, share) for share in np.linspace(0, 1, stages + 1)[1:])
    return tuple(_where_hot(exam.explanation.heat, heat) for heat in heats)


def _where_hot(one: np.ndarray, other: np.ndarray) -> float:
    """The rank correlation of the sizes of two heats over the places where one of them isn't 0; 1 where both are."""
    one, other = np.abs(one), np.abs(other)
    hot = (one > 0) | (other > 0)
    return rank_correlation(one[hot], other[hot]) if hot.any() else 1.0


class RandomNetwork:
    """A copy of a network whose weights can be drawn anew; compiled once, for the graph stays the same."""

    def __init__(self, model: Any, temperature: float | None = None):
        import keras

        from mlcore.backend.gradients import Score

        self._copy = keras.models.clone_model(model)
        self._layers = list(zip(_leaves(model), _leaves(self._copy), strict=True))
        self._lock = threading.Lock()
        self._draw(0, 1.0)
        self._score = Score(self._copy, temperature)

    def heat(self, exam: Examination, seed: int, share: float = 1.0) -> np.ndarray:
        """The map that the method gives for this network with that share of its layers random, from the head on."""
        while not self._lock.acquire(timeout=LOOK_SECONDS):
            exam.tell()  # makes way: who holds it may be waiting for a turn
        try:
            self._draw(seed, share)
            return exam.again(score=self._score)
        finally:
            self._lock.release()

    def _draw(self, seed: int, share: float) -> None:
        rng = np.random.default_rng(seed)
        drawn = round(share * len(self._layers))
        for number, (trained, copied) in enumerate(reversed(self._layers)):
            for weight, own in zip(trained.weights, copied.weights, strict=True):
                fresh = number < drawn and type(trained).__name__ != KEPT
                own.assign(_fresh(weight, rng) if fresh else np.asarray(weight))


@lru_cache(maxsize=2)
def _random_network(model: Any, temperature: float | None) -> RandomNetwork:
    return RandomNetwork(model, temperature)


def _leaves(layer: Any) -> list[Any]:
    """The layers with weights, in the order of the network; networks within it are opened."""
    inner = getattr(layer, "layers", None)
    if inner:
        return [leaf for each in inner for leaf in _leaves(each)]
    return [layer] if layer.weights else []


def _fresh(weight: Any, rng: np.random.Generator) -> np.ndarray:
    """A beginning: He's normal draw for kernels (He et al. 2015, arXiv:1502.01852), else 0, or 1 for scales.

    NumPy draws, so that every backend gets the same network.
    """
    shape = tuple(weight.shape)
    if len(shape) < 2:
        return np.full(shape, float(any(word in weight.name for word in ONES)), "float32")
    inputs = np.prod(shape[:-2]) if shape[-1] == 1 and len(shape) == 4 else np.prod(shape[:-1])  # depthwise, or not
    return (rng.standard_normal(shape) * np.sqrt(2 / max(1, inputs))).astype("float32")
