"""Uneven classes evened out: class weights in the loss, or balanced sampling (oversampling of the rare classes)."""

from collections.abc import Mapping

import numpy as np

from mlcore.numerals import decimal
from mlcore.recipe import Training

UNEVEN = 3.0  # times the pictures of the smallest class in the largest
MEASURED = (
    "On CIFAR-10 made as uneven as 20 to 1, balanced sampling raised the share of right answers from 9 to 50 in 100 "
    "for the three rarest classes and from 42 to 55 over all; for the three largest it fell from 78 to 67. On MNIST "
    "made so it raised the rarest three from 90 to 92."
)  # benchmarks/results/class_balance.json: three seeds, 900 test pictures of the rarest three


def weights(training: Training, labels: np.ndarray, classes: int) -> np.ndarray | None:
    """What a picture of each class counts in the loss, float32 (K,); None where all count the same.

    N / (K n), where N pictures are of K classes and n of this one, so that all classes weigh the same and the mean
    picture weighs 1.
    """
    if training.class_balance != "weights":
        return None
    counts = np.bincount(labels, minlength=classes)
    present = np.count_nonzero(counts)
    return (len(labels) / present / np.maximum(counts, 1) * (counts > 0)).astype("float32")


def balanced_order(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As many places (N,) as there are labels (N,), in random order, with as many of each class as of any other.

    A rare class's pictures come again and again, each as often as the others give or take one; of a large class some
    are left out, others in each epoch.
    """
    present = np.unique(labels)
    sizes = np.full(len(present), len(labels) // len(present))
    sizes[rng.permutation(len(present))[: len(labels) % len(present)]] += 1
    drawn = [_drawn(np.flatnonzero(labels == label), size, rng) for label, size in zip(present, sizes, strict=True)]
    return rng.permutation(np.concatenate(drawn))


def _drawn(places: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    rounds = [rng.permutation(places) for _ in range(-(-size // len(places)))]
    return np.concatenate(rounds)[:size]


def uneven(counts: Mapping[str, int]) -> tuple[str, str] | None:
    """The largest and the smallest class where one has at least three times the pictures of the other; else None."""
    present = {name: count for name, count in counts.items() if count}
    if len(present) < 2:
        return None
    most, least = max(present, key=present.__getitem__), min(present, key=present.__getitem__)
    return (most, least) if present[most] >= UNEVEN * present[least] else None


def advice(counts: Mapping[str, int]) -> str:
    """What is uneven, and what evening it out gained where that was measured; empty for even classes."""
    if (extremes := uneven(counts)) is None:
        return ""
    most, least = extremes
    return f"The classes are uneven: {counts[most]:,} pictures of {most} but {counts[least]:,} of {least}. {MEASURED}"


def words(training: Training, counts: dict[str, int]) -> str:
    """How the classes are evened out, in a sentence for whoever watches the run."""
    present = {name: count for name, count in counts.items() if count}
    most, least = max(present, key=present.__getitem__), min(present, key=present.__getitem__)
    times = decimal(present[most] / present[least], 2)
    verb, as_one = ("counts", "as much as") if training.class_balance == "weights" else ("comes", "as often as")
    return (
        f"Classes are evened out: a picture of {least} ({present[least]:,}) {verb} {times} times {as_one} one of "
        f"{most} ({present[most]:,}). The best epoch is that of the best balanced accuracy, the mean over the classes."
    )
