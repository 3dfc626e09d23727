"""Which pictures and methods a report is made of."""

import numpy as np

from mlcore import clips
from mlcore.explanation.judge.benchmark import Asked
from mlcore.explanation.methods import methods


def pictures(classifier, split, count: int, seed: int = 0) -> tuple[np.ndarray, dict[str, str]]:
    """At most so many pictures of a split, drawn by the seed and fitted to the network; and what `source` of a
    report says of them: uint8 (N, H, W, 3), or (N, T, H, W, 3) of clips, and "data", "split", "fingerprint".
    """
    drawn = np.random.default_rng(seed).permutation(len(split))[:count]
    shape = tuple(classifier.card.shape)
    found = [clips.fitted(picture, shape) for picture in split.read(np.sort(drawn))] if len(drawn) else []
    source = {"data": split.dataset.name, "split": split.split, "fingerprint": split.dataset.fingerprint}
    return np.array(found, "uint8").reshape(-1, *shape), source


def asked(names: str = "", slow_pictures: int | None = None) -> list[Asked]:
    """Methods by their names with commas between, by default all; slow ones do with so many pictures."""
    wanted = [name.strip() for name in names.split(",") if name.strip()] or methods.names()
    slow = {name: "slow" in methods.get(name).traits for name in wanted}
    return [Asked(name, pictures=slow_pictures if slow[name] else None) for name in wanted]
