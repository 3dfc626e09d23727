"""Accuracy while a network learns, of whole pictures and of mixed ones, and balanced accuracy."""

import keras
from keras import ops

from mlcore.recipe import Training


def metrics(training: Training, classes: int) -> list[keras.metrics.Metric]:
    """Accuracy, and where classes are evened out the balanced one."""
    balanced = [] if training.class_balance == "none" else [BalancedAccuracy(classes)]
    return [Accuracy(name="accuracy"), *balanced]


class Accuracy(keras.metrics.SparseCategoricalAccuracy):
    """The share of right answers; of a mixed picture the right one is the class with the largest share."""

    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(main_class(y_true), y_pred, sample_weight)


class BalancedAccuracy(keras.metrics.Metric):
    """The mean over the classes of the share of right answers (mean recall), for those classes that came up."""

    def __init__(self, classes: int, name: str = "balanced_accuracy"):
        super().__init__(name=name)
        self.classes = classes
        self.right = self.add_weight(shape=(classes,), initializer="zeros", name="right")
        self.all = self.add_weight(shape=(classes,), initializer="zeros", name="all")

    def update_state(self, y_true, y_pred, sample_weight=None):
        true = ops.cast(main_class(y_true), "int32")
        own = ops.one_hot(true, self.classes)
        hit = ops.cast(ops.equal(ops.cast(ops.argmax(y_pred, axis=-1), "int32"), true), "float32")
        self.right.assign_add(ops.sum(own * hit[:, None], axis=0))
        self.all.assign_add(ops.sum(own, axis=0))

    def result(self):
        came = ops.cast(self.all > 0, "float32")
        return ops.sum(self.right / ops.maximum(self.all, 1)) / ops.maximum(ops.sum(came), 1)


def main_class(labels):
    """The numbers of the classes (N,): given as they are, or as shares (N, K)."""
    return ops.argmax(labels, axis=-1) if len(labels.shape) == 2 else labels
