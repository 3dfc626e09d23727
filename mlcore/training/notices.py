"""What whoever watches a run should know of its recipe before it learns."""

from collections.abc import Iterator

from mlcore.data import Dataset
from mlcore.data.augmentation import confusion, mixing
from mlcore.recipe import Training
from mlcore.training import balance, teachers

WORST = 3  # confusions that are told one by one
FLIPS = "Leave that change off where the direction is what tells these classes apart."


def notices(training: Training, dataset: Dataset) -> Iterator[str]:
    """Sentences on teachers, mixed pictures, evened classes, and classes that flipping would confuse."""
    if training.distillation.teachers:
        yield teachers.words(training.distillation)
    if mixing.is_on(training.augmentation):
        yield mixing.TOLD
    if training.class_balance != "none":
        yield balance.words(training, dataset.counts("train"))
    if found := confusion.confusions(dataset, training.augmentation):
        yield confused(found)


def confused(found: list[confusion.Confusion]) -> str:
    """What flipping would confuse, the worst first."""
    further = len(found) - WORST
    more = f" The same holds for {further} further {'pair' if further == 1 else 'pairs'}." if further > 0 else ""
    return f"{' '.join(map(str, found[:WORST]))}{more} {FLIPS}"
