"""The pictures of a new data set that have a class: their splits, and what is worth knowing of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlcore.archives import Skipped
from mlcore.data import checks
from mlcore.data.relatives import Relatives
from mlcore.data.splits import by_lot, by_own_hash, carve, conflicting, together
from mlcore.errors import Notice


@dataclass(frozen=True)
class Labelled:
    """Labels, given splits and hashes (n,); built-in sets have no kin and keep the splits they always had."""

    labels: np.ndarray
    given: np.ndarray
    hashes: np.ndarray
    kin: Relatives | None
    seed: int

    @cached_property
    def same(self) -> np.ndarray:
        """The same number for equal pictures."""
        return checks.groups(self.hashes)

    @cached_property
    def splits(self) -> np.ndarray:
        """The given splits and what is missing of them."""
        if self.kin is None:
            return carve(self.labels, self.given, self.same, by_lot(self.same, self.seed))
        groups = together(self.same, self.kin.groups)
        disputed = self.kin.disputed(self.labels) | conflicting(self.labels, self.same)
        return carve(self.labels, self.given, groups, by_own_hash(self.hashes, self.seed), disputed)

    def notices(self, classes: Sequence[str], skipped: Sequence[Skipped]) -> tuple[Notice, ...]:
        """What is worth knowing of them."""
        found = checks.notices(classes, self.labels, self.splits, self.same, skipped)
        near = checks.near_notices(classes, self.labels, self.splits, self.same, self.kin) if self.kin else ()
        return (*found, *near)
