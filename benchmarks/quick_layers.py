"""What quick layers give: `fit` with them, `fit` with Keras' own, and a bare hand-written loop.

Network, batch size, optimiser and loss are the architecture's defaults, the pictures those of CIFAR-10. Both `fit` feed
themselves as training does, with the defaults' augmentation; the loop has the pictures in memory and changes nothing.
Times are those of a piece of an epoch, in turns, in an order shuffled anew each round, everything compiled before.

    python -m benchmarks.quick_layers [ROUNDS [ARCHITECTURE ...]]      needs cifar10 in MLCORE_HOME
"""

import contextlib
import os
import sys

import keras
import numpy as np

from benchmarks.measure import measure, ratio, show, show_ratios, write
from mlcore import architectures, data
from mlcore.backend.cpu_kernels import use_cpu_kernels
from mlcore.backend.prefetch import prefetch
from mlcore.recipe import Training
from mlcore.training.batches import Shuffled
from mlcore.training.optimizers import loss, optimizer

CASES = ("cnn", "cnn-cifar", "fast-cnn", "resnet9", "resnet", "vgg", "densenet", "convnext")
STEPS = {"cnn": 64, "cnn-cifar": 64, "densenet": 8, "convnext": 4}  # 16 for the others
OURS, KERAS, HAND = "fit, quick layers", "fit, Keras' layers", "hand-written loop"
TOGETHER = 4  # steps in one execution


class Piece:
    """Some steps of training with `fit`, as the loop of training does them."""

    def __init__(self, architecture: str, split, hurried: bool):
        self._training, self._steps = _training(architecture), STEPS.get(architecture, 16)
        self._model, self._batches = _network(architecture), Shuffled(split, self._training)
        self._surrounded, self._at = use_cpu_kernels if hurried else contextlib.nullcontext, 0
        made = optimizer(self._training, 10_000)
        self._model.compile(made, loss(self._training, 10), metrics=["accuracy"], steps_per_execution=TOGETHER)

    def __call__(self) -> None:
        batches = prefetch(self._batches.at, self._at, self._at + self._steps, (32, 32, 3))
        with self._surrounded(self._model):
            self._model.fit(batches, verbose=0, shuffle=False)
        self._at += self._steps


def hand(architecture: str, split, resident):
    """The same steps as one compiled function over resident pictures, with Keras' own optimiser, nothing reported."""
    import tensorflow as tf

    training, steps, model = _training(architecture), STEPS.get(architecture, 16), _network(architecture)
    optimizer = {
        "adam": keras.optimizers.Adam(0.001),
        "adamw": keras.optimizers.AdamW(0.001),
        "nesterov": keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=training.weight_decay),
    }[training.optimizer]
    optimizer.build(model.trainable_variables)
    value_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    pictures, labels = resident

    @tf.function
    def several(order):
        for at in tf.range(steps):
            chosen = order[at * training.batch_size : (at + 1) * training.batch_size]
            with tf.GradientTape() as tape:
                value = value_of(tf.gather(labels, chosen), model(tf.gather(pictures, chosen), training=True))
            optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)

    order = np.random.default_rng(0)
    return lambda: several(tf.constant(order.permutation(len(split))[: steps * training.batch_size]))


def _training(architecture: str) -> Training:
    return Training(**architectures.shelf.get(architecture).defaults)


def _network(architecture: str):
    return architectures.build(architecture, {}, (32, 32, 3), 10)


def main(rounds: int = 7, *chosen: str) -> None:
    """Measure every network, show the ratios, keep the result."""
    import tensorflow as tf

    os.nice(10)  # as our worker is
    split = data.open("cifar10").split("train")
    split.keep()
    resident = tf.constant(split.read(np.arange(len(split)))), tf.constant(split.labels)
    results, ratios = {}, {}
    for architecture in chosen or CASES:
        found = measure(
            {
                OURS: Piece(architecture, split, hurried=True),
                KERAS: Piece(architecture, split, hurried=False),
                HAND: hand(architecture, split, resident),
            },
            rounds=rounds,
        )
        results[architecture] = found
        ratios[architecture] = {other: ratio(found, other, OURS) for other in (KERAS, HAND)}
        print(f"--- {architecture}")
        show(found)
        show_ratios(ratios[architecture])
    if not chosen:
        write("quick_layers", results, f"python -m benchmarks.quick_layers {rounds}", ratios=ratios)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:2]), *sys.argv[2:])
