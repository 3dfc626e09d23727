"""How far the labelling of a data set is: what is guessed of its unlabelled pictures, and which to label next."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlcore import backbones
from mlcore.active_learning.learned import UNLABELLED, Guesses, Learned, guesses, learn
from mlcore.active_learning.looks import looks
from mlcore.active_learning.pool import Pool, points_of
from mlcore.active_learning.strategies import strategies
from mlcore.data import Dataset, near_copies
from mlcore.data.splits import TEST
from mlcore.data.splits import UNLABELLED as NO_SPLIT
from mlcore.errors import Kind, Refused
from mlcore.progress import Progress, silent

MOST_LABELLED, MOST_UNLABELLED = 1_000, 10_000  # pictures that are looked at: a step stays within seconds
BEGIN, GO_ON = "typical", "margin"  # strategies, by measurement: benchmarks/active_labelling.py
ENOUGH = 5  # labels a class from which on a head knows enough to be asked what it is unsure of


@dataclass(frozen=True, eq=False)
class Labelling:
    """The pictures of a data set that are learned from or may be asked for, and what their labels teach.

    `rows` (n,) are those of the version; `labels` (n,) are UNLABELLED where there is none yet. Test pictures stay out.
    """

    dataset: Dataset
    rows: np.ndarray
    labels: np.ndarray
    pool: Pool
    learned: Learned | None

    @property
    def labelled(self) -> int:
        """How many of the pictures that are looked at have a class."""
        return int((self.labels != UNLABELLED).sum())

    @cached_property
    def guesses(self) -> Guesses:
        """What every unlabelled picture is taken for, by rows of the version; none while nothing is learned."""
        if self.learned is None:
            return Guesses(*(np.zeros(0, kind) for kind in ("int64", "int64", "float32")))
        guessed = guesses(self.learned, self.labels)
        return Guesses(self.rows[guessed.rows], guessed.classes, guessed.probabilities)

    @cached_property
    def by_row(self) -> dict[int, tuple[str, float]]:
        """The likeliest class of each unlabelled row that was looked at, and its probability."""
        names, guessed = self.dataset.classes, self.guesses
        pairs = zip(guessed.classes.tolist(), guessed.probabilities.tolist(), strict=True)
        named = ((names[label], probability) for label, probability in pairs)
        return dict(zip(guessed.rows.tolist(), named, strict=True))

    def informative(self, count: int, strategy: str = "", but: Sequence[int] = ()) -> np.ndarray:
        """Rows of the version, `but` some, that are worth most when labelled next; the same until a label is given.

        Without a strategy typical pictures come first, and once there are a few labels a class unsure ones. Where a
        strategy finds fewer than asked for, others are drawn by lot; near copies come when nothing else is left. Raises
        Refused(unknown-name).
        """
        ranked = self._ranked(count + len(but), strategy)
        return ranked[~np.isin(ranked, but)][:count]

    def _ranked(self, count: int, strategy: str) -> np.ndarray:
        random = np.random.default_rng(self.labelled)
        entry = strategies.get(strategy or self.standard)
        if "needs-head" in entry.traits and self.learned is None:
            entry = strategies.get(BEGIN)
        if not len(self.pool.candidates):
            return self.rows[~self.pool.labelled][:count]
        chosen = entry.run(entry.settings(), self.pool, count, random)[:count]
        others = random.permutation(np.setdiff1d(self.pool.candidates, chosen))[: count - len(chosen)]
        return self.rows[np.concatenate([chosen, others]).astype("int64")]

    @property
    def standard(self) -> str:
        """The strategy that is taken where nobody chooses another."""
        classes = len(np.unique(self.labels[self.labels != UNLABELLED]))
        return GO_ON if self.learned and self.labelled >= ENOUGH * classes else BEGIN


def look(dataset: Dataset, progress: Progress = silent) -> Labelling:
    """Look at the pictures of a data set and learn from those that have a class; raises Refused(not-compatible).

    Of many pictures a part is looked at, drawn by their own hashes, so that it stays the same from version to version.
    """
    if dataset.is_sequence:
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"{dataset.name!r} holds clips, and help with labels takes single pictures; label clips by their folders.",
        )
    rows = _rows(dataset)
    labels = np.where(dataset.split_codes[rows] == NO_SPLIT, UNLABELLED, dataset.labels[rows])
    seen = looks(dataset, rows, backbones.open(backbones.fitting(dataset.shape)), progress)
    progress(1.0, "Learning")
    groups = near_copies.copies(seen.thumbnails)
    learned = learn(seen.features, labels, groups)
    pool = Pool(points_of(seen.features), labels != UNLABELLED, groups, learned.logits if learned else None)
    return Labelling(dataset, rows, labels, pool, learned)


def _rows(dataset: Dataset) -> np.ndarray:
    unlabelled = dataset.split_codes == NO_SPLIT
    labelled = ~unlabelled & (dataset.split_codes != TEST)
    return np.sort(
        np.concatenate([_some(dataset, labelled, MOST_LABELLED), _some(dataset, unlabelled, MOST_UNLABELLED)])
    )


def _some(dataset: Dataset, wanted: np.ndarray, most: int) -> np.ndarray:
    """Up to so many of the wanted rows, those with the smallest hashes."""
    rows = np.flatnonzero(wanted)
    order = np.ascontiguousarray(dataset.hashes[rows]).view(">u8")[:, 0].argsort(kind="stable")
    return rows[order[:most]]
