"""Optimisers, learning-rate schedules and losses, made from the settings."""

import math

import keras
import numpy as np
from keras import ops

from mlcore.backend.fused_adam import fused_adam
from mlcore.recipe import Training

WARM_UP = 0.2  # share of a one-cycle run in which the rate climbs; airbench94 uses 0.23
FLOOR = 1e-3  # the rate of the first and last step, as a share of the largest


@keras.saving.register_keras_serializable(package="vitrine")
class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate as a function of the step: constant, cosine or one-cycle (straight up, straight down).

    `factor` scales it as a whole: training halves it each time that a number stopped being finite.
    """

    def __init__(self, kind: str, peak: float, steps: int, factor: float = 1.0):
        self.kind, self.peak, self.steps, self.factor = kind, peak, steps, factor

    def __call__(self, step):
        done = ops.minimum(ops.cast(step, "float32") / max(1, self.steps), 1.0)
        return self.peak * self.factor * self._share(done)

    def _share(self, done):
        if self.kind == "cosine":
            return FLOOR + (1 - FLOOR) * (1 + ops.cos(math.pi * done)) / 2
        if self.kind == "one-cycle":
            return ops.maximum(FLOOR, ops.minimum(done / WARM_UP, (1 - done) / (1 - WARM_UP)))
        return ops.ones_like(done)

    def get_config(self):
        return {"kind": self.kind, "peak": self.peak, "steps": self.steps, "factor": self.factor}


def optimizer(training: Training, steps: int, factor: float = 1.0, shared: bool = False):
    """The optimiser with its schedule over the planned number of steps; `shared` where several devices have weights."""
    kind_of = (lambda kind: kind) if shared else fused_adam
    rate = Schedule(training.schedule, training.learning_rate, steps, factor)
    decay = training.weight_decay or None
    make = {
        "gradient-descent": lambda: keras.optimizers.SGD(rate, weight_decay=decay),
        "momentum": lambda: keras.optimizers.SGD(rate, training.momentum, weight_decay=decay),
        "nesterov": lambda: keras.optimizers.SGD(rate, training.momentum, nesterov=True, weight_decay=decay),
        "rmsprop": lambda: keras.optimizers.RMSprop(rate, momentum=0.0, weight_decay=decay),
        "adam": lambda: kind_of(keras.optimizers.Adam)(rate, weight_decay=decay),
        "adamw": lambda: kind_of(keras.optimizers.AdamW)(rate, weight_decay=training.weight_decay),
    }[training.optimizer]
    return make()


def loss(training: Training, classes: int, weights: np.ndarray | None = None):
    """The loss of logits (N, K) against class numbers (N,) or shares of classes (N, K), times weights (K,) of these."""

    def cross_entropy(shares, logits):
        return keras.losses.categorical_crossentropy(
            shares, logits, from_logits=True, label_smoothing=training.label_smoothing
        )

    def mean_squared_error(shares, logits):
        """Squared distance of the probabilities from the truth (the Brier score)."""
        return ops.mean(ops.square(shares - ops.softmax(logits)), axis=-1)

    def of_labels(labels, logits):
        shares = labels if len(labels.shape) == 2 else ops.one_hot(ops.cast(labels, "int32"), classes)
        losses = distance(shares, logits)
        return losses if weights is None else losses * ops.sum(shares * weights, axis=-1)

    distance = cross_entropy if training.loss == "cross-entropy" else mean_squared_error
    return of_labels
