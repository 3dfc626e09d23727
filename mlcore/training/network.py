"""The network of a run: built for its data, in the precision that the device is quick with, and back to float32."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from mlcore import architectures
from mlcore.backend import precision
from mlcore.data import Dataset
from mlcore.recipe import Recipe
from mlcore.training import checkpoint

ADAPT_PICTURES = 2000


def fresh_network(recipe: Recipe, dataset: Dataset) -> keras.Model:
    """An untrained network for the data, with layers that look at the data first already set."""
    model = architectures.build(
        recipe.architecture, recipe.settings, dataset.shape, len(dataset.classes), recipe.training.seed
    )
    for layer in model.layers:
        if hasattr(layer, "adapt") and layer.trainable:  # one that came with a backbone is frozen, and stays
            split = dataset.split("train")
            chosen = np.random.default_rng(recipe.training.seed).permutation(len(split))[:ADAPT_PICTURES]
            layer.adapt(split.read(np.sort(chosen)))
    return model


def network_to_train(recipe: Recipe, dataset: Dataset) -> keras.Model:
    """A fresh network that computes in the precision of the recipe; its logits are float32."""
    policy = precision.policy(recipe.training.precision)
    with precision.using(policy):
        model = fresh_network(recipe, dataset)
    if precision.is_mixed(policy):
        precision.end_in_float32(model)
    return model


def finished_network(model: keras.Model, recipe: Recipe, dataset: Dataset, spread: bool) -> keras.Model:
    """The trained network as it is kept: float32 and on one device, whatever it was trained in."""
    if not spread and not precision.is_mixed(precision.policy(recipe.training.precision)):
        return model
    plain = fresh_network(recipe, dataset)
    plain.set_weights(model.get_weights())
    return plain


@contextmanager
def preserving_random_state(model: keras.Model) -> Iterator[None]:
    """Keeps the random states as they are while a network answers.

    Keras' recurrent layers draw a dropout mask for every answer, though they use it in training only (3.15). A run
    would go on differently after its validation, and a run resumed from a checkpoint of before it not at all alike.
    """
    weights = {id(variable) for variable in model.weights}
    states = [variable for variable in model.variables if id(variable) not in weights]
    before = [checkpoint.copied(variable) for variable in states]
    try:
        yield
    finally:
        for variable, value in zip(states, before, strict=True):
            variable.assign(value)


def measured(
    model: keras.Model, batches: Iterable[tuple[np.ndarray, np.ndarray]], loss: Callable[..., Any]
) -> dict[str, float]:
    """Loss and accuracy over batches (pictures, labels), of any size and on one device.

    What `evaluate` gives, which on several devices fails where the last batch can't be shared evenly.
    """
    losses, right, count = 0.0, 0, 0
    for pictures, labels in batches:
        logits = model(pictures.astype("float32"), training=False)
        losses += float(keras.ops.sum(loss(labels, logits)))
        right += int((keras.ops.convert_to_numpy(logits).argmax(axis=-1) == labels).sum())
        count += len(labels)
    return {"loss": losses / count + sum(float(extra) for extra in model.losses), "accuracy": right / count}
