"""Independence: near copies, and pictures that one source gave, prove little more than one of them does."""

import numpy as np

from mlcore.data.relatives import Watch
from mlcore.data.store import Split

SPARE = 0.01  # share of pictures that add nothing from which on it shows in an interval


class Watching:
    """Looks at pictures of a split, in the order of their indices, while they are being answered."""

    def __init__(self, split: Split, indices: np.ndarray):
        self._split, self._indices, self._watch, self._done = split, indices, Watch(), 0
        self._group = split.dataset.attributes.get("group")

    def __call__(self, pictures: np.ndarray) -> None:
        """Look at the next pictures."""
        for pixels in pictures:
            index = int(self._indices[self._done])
            group = self._group.at(int(self._split.rows[index])) if self._group else None
            self._watch.add(pixels, self._split.name(index), group)
            self._done += 1

    def groups(self) -> np.ndarray | None:
        """Numbers (n,), the same for pictures that count as one; None where hardly any does."""
        groups = self._watch.relatives().groups
        return groups if _spare(groups) >= SPARE * len(groups) else None


def note(groups: np.ndarray | None) -> str:
    """What has to be known of an accuracy that counts groups."""
    if groups is None:
        return ""
    return (
        f"Of {len(groups):,} pictures {_spare(groups):,} are near copies of another one or from the same source; "
        "those of a group count as one picture in the accuracy."
    )


def _spare(groups: np.ndarray) -> int:
    return len(groups) - len(np.unique(groups))
