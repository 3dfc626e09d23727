"""What quick layers give: `fit` with them, `fit` with Keras' own, and a bare hand-written loop.

Network, batch size, optimiser and loss are the architecture's defaults, the pictures those of CIFAR-10; or it is the
preset that fine-tunes Photographs, on photographs of 224 pixels. Both `fit` feed themselves as training does, with the
augmentation of the recipe; the loop has the pictures in memory and changes nothing. Times are those of a piece of an
epoch, in turns, in an order shuffled anew each round, everything compiled before.

    python -m benchmarks.quick_layers [ROUNDS [ARCHITECTURE ...]]      needs cifar10 in MLCORE_HOME
    python -m benchmarks.quick_layers ROUNDS fine-tune                 needs ants-and-bees there
"""

import contextlib
import os
import sys

import keras
import numpy as np

from benchmarks.measure import measure, ratio, show, show_ratios, write
from mlcore import architectures, data, training
from mlcore.backend.cpu_kernels import use_cpu_kernels
from mlcore.backend.prefetch import prefetch
from mlcore.recipe import Recipe
from mlcore.training.batches import Shuffled
from mlcore.training.optimizers import loss, optimizer

CASES = ("cnn", "cnn-cifar", "fast-cnn", "resnet9", "resnet", "vgg", "densenet", "convnext")
FINE_TUNE = "fine-tune"
STEPS = {"cnn": 64, "cnn-cifar": 64, "densenet": 8, "convnext": 4, FINE_TUNE: 4}  # 16 for the others
OURS, KERAS, HAND = "fit, quick layers", "fit, Keras' layers", "hand-written loop"
TOGETHER = 4  # steps in one execution


class Piece:
    """Some steps of training with `fit`, as the loop of training does them."""

    def __init__(self, recipe: Recipe, steps: int, split, hurried: bool):
        self._training, self._steps, self._shape = recipe.training, steps, split.dataset.shape
        self._model, self._batches = _network(recipe, split.dataset), Shuffled(split, self._training)
        self._surrounded, self._at = use_cpu_kernels if hurried else contextlib.nullcontext, 0
        made, classes = optimizer(self._training, 10_000), len(split.dataset.classes)
        self._model.compile(made, loss(self._training, classes), metrics=["accuracy"], steps_per_execution=TOGETHER)

    def __call__(self) -> None:
        batches = prefetch(self._batches.at, self._at, self._at + self._steps, self._shape)
        with self._surrounded(self._model):
            self._model.fit(batches, verbose=0, shuffle=False)
        self._at += self._steps


def hand(recipe: Recipe, steps: int, split, resident):
    """The same steps as one compiled function over resident pictures, with Keras' own optimiser, nothing reported."""
    import tensorflow as tf

    chosen, model = recipe.training, _network(recipe, split.dataset)
    optimizer = {
        "adam": keras.optimizers.Adam(0.001),
        "adamw": keras.optimizers.AdamW(0.001),
        "nesterov": keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=chosen.weight_decay),
    }[chosen.optimizer]
    optimizer.build(model.trainable_variables)
    value_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    pictures, labels = resident

    @tf.function
    def several(order):
        for at in tf.range(steps):
            rows = order[at * chosen.batch_size : (at + 1) * chosen.batch_size]
            with tf.GradientTape() as tape:
                value = value_of(tf.gather(labels, rows), model(tf.gather(pictures, rows), training=True))
            optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)

    order = np.random.default_rng(0)
    return lambda: several(tf.constant(order.permutation(len(split))[: steps * chosen.batch_size]))


def _network(recipe: Recipe, dataset: data.Dataset):
    return architectures.build(recipe.architecture, recipe.settings, dataset.shape, len(dataset.classes))


def main(rounds: int = 7, *chosen: str) -> None:
    """Measure every network, show the ratios, keep the result."""
    import tensorflow as tf

    os.nice(10)  # as our worker is
    fine = chosen == (FINE_TUNE,)
    split = data.open("ants-and-bees" if fine else "cifar10").split("train")
    split.keep()
    resident = tf.constant(split.read(np.arange(len(split)))), tf.constant(split.labels)
    results, ratios = {}, {}
    for architecture in chosen or CASES:
        preset = {"preset": FINE_TUNE} if fine else {"architecture": architecture}
        recipe, steps = training.draft(split.dataset.name, **preset), STEPS.get(architecture, 16)
        found = measure(
            {
                OURS: Piece(recipe, steps, split, hurried=True),
                KERAS: Piece(recipe, steps, split, hurried=False),
                HAND: hand(recipe, steps, split, resident),
            },
            rounds=rounds,
        )
        results[architecture] = found
        ratios[architecture] = {other: ratio(found, other, OURS) for other in (KERAS, HAND)}
        print(f"--- {architecture}")
        show(found)
        show_ratios(ratios[architecture])
    if fine or not chosen:
        name = "fine_tuning" if fine else "quick_layers"
        write(name, results, f"python -m benchmarks.quick_layers {' '.join([str(rounds), *chosen])}", ratios=ratios)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:2]), *sys.argv[2:])
