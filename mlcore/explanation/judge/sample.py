"""The sample of a benchmark: which pictures and methods it is made of."""

import numpy as np

from mlcore import clips
from mlcore.data.store import Split
from mlcore.evaluation.unseen import unseen
from mlcore.explanation.judge.benchmark import Asked
from mlcore.explanation.methods import methods
from mlcore.library.classifier import Classifier


def pictures(classifier: Classifier, split: Split, count: int, seed: int = 0) -> tuple[np.ndarray, dict[str, str]]:
    """At most so many pictures of a split, drawn by the seed among those that taught the model nothing, and fitted to
    the network; and what `source` of a report says of them.

    Gives uint8 (N, H, W, 3), or (N, T, H, W, 3) of clips, and "data", "split", "fingerprint" and "note".
    """
    fresh = unseen(classifier, split)
    drawn = fresh.indices[np.random.default_rng(seed).permutation(len(fresh.indices))[:count]]
    shape = tuple(classifier.card.shape)
    batch = [clips.fitted(picture, shape) for picture in split.read(np.sort(drawn))] if len(drawn) else []
    source = {"data": split.dataset.name, "split": split.split, "fingerprint": split.dataset.fingerprint}
    source["note"] = fresh.note
    return np.array(batch, "uint8").reshape(-1, *shape), source


def asked(names: str = "", slow_pictures: int | None = None) -> list[Asked]:
    """Methods by their names with commas between, by default all; slow ones do with so many pictures."""
    wanted = [name.strip() for name in names.split(",") if name.strip()] or methods.names()
    slow = {name: "slow" in methods.get(name).traits for name in wanted}
    return [Asked(name, pictures=slow_pictures if slow[name] else None) for name in wanted]
