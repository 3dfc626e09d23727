"""Knowledge distillation: a network learns what finished models answer to the same varied pictures.

After Hinton, Vinyals and Dean 2015 (arXiv:1503.02531), with the teachers looking at each picture as it was varied
for the network (Beyer et al. 2022, arXiv:2106.05237), so that no answer is of another picture.
"""

from collections.abc import Callable
from contextlib import contextmanager, nullcontext

import keras
from keras import ops

from mlcore import library
from mlcore.backbones import graft
from mlcore.backend import precision
from mlcore.library.opened import load_network
from mlcore.recipe import Distillation, Recipe
from mlcore.training.teachers import check


def taught(model: keras.Model, recipe: Recipe):
    """Inside, the network learns from the teachers of the recipe; without any, from the labels alone.

    Raises Refused(unknown-model, not-compatible) for a teacher that is gone or doesn't fit the data.
    """
    check(recipe)
    distillation = recipe.training.distillation
    if not distillation.teachers:
        return nullcontext()
    policy = precision.policy(recipe.training.precision)
    teachers = [_teacher(name, model.input_shape[1:], policy) for name in distillation.teachers]
    return _with_loss(model, _loss(model.compute_loss, teachers, distillation))


@contextmanager
def _with_loss(model, compute_loss):
    model.compute_loss = compute_loss
    try:
        yield
    finally:
        del model.compute_loss  # the method of its class shows again


def _teacher(name: str, shape: tuple[int, ...], policy: str) -> keras.Model:
    """A finished model that takes pictures of the shape and answers as quickly as the device can."""
    card = library.card_of(name)
    network = load_network(library.ready(name), trusted=card.starter)
    if precision.is_mixed(policy):
        precision.compute_in(policy, network)
    inputs = x = keras.Input(shape)
    for layer in graft.resized(shape[:2], card.size) if len(shape) == 3 else ():
        x = layer(x)
    return keras.Model(inputs, network(x), trainable=False)


def _loss(labels_loss: Callable, teachers: list, settings: Distillation) -> Callable:
    """Keras' `compute_loss`: of training that of labels and teachers, of validation that of the labels alone."""
    imitation = Imitation(settings.temperature)

    def compute_loss(x=None, y=None, y_pred=None, sample_weight=None, training=True):
        of_labels = labels_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=training)
        if not training:
            return of_labels
        of_teachers = imitation([teacher(x, training=False) for teacher in teachers], y_pred)
        return (1 - settings.share) * of_labels + settings.share * of_teachers

    return compute_loss


class Imitation(keras.losses.Loss):
    """The mean divergence over a batch; Keras' own mean, as it knows of several devices that share the batch."""

    def __init__(self, temperature: float):
        super().__init__()
        self.temperature = temperature

    def call(self, answers, logits):
        return divergence(answers, logits, self.temperature)


def divergence(teachers: list, logits, temperature: float):
    """Kullback-Leibler divergence (N,) of logits (N, K) from the teachers' mean answer, all softened, times T squared.

    The square keeps the size of the slopes when the temperature changes (section 2 of the paper). Teachers' logits are
    (N, K) each; the mean is that of their softened probabilities.
    """
    soft = [ops.softmax(ops.cast(each, "float32") / temperature) for each in teachers]
    wanted = ops.stop_gradient(sum(soft) / len(soft))
    given = ops.log_softmax(logits / temperature)
    return temperature**2 * ops.sum(wanted * (ops.log(wanted + 1e-12) - given), axis=-1)
