"""Checks of a data set before anyone trusts a model trained on it: duplicates, leakage, label conflicts, imbalance."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from mlcore.archives import Skipped, layout
from mlcore.data.relatives import Relatives
from mlcore.data.splits import SPLITS, TEST, TRAIN, VAL, conflicting
from mlcore.errors import Kind, Notice, Refused
from mlcore.intervals import percent_text

SPARE = 0.01  # share of near copies from which on they are worth a word at once
SMALL_CLASS = 3  # with fewer, a class can't stand in train, val and test at once
NAMES_SHOWN = 3


def groups(hashes: np.ndarray) -> np.ndarray:
    """Numbers (n,), the same for pictures with the same hash; hashes are uint8 (n, 16)."""
    keys = np.ascontiguousarray(hashes).view("V16").ravel() if len(hashes) else np.empty(0, "V16")
    return np.unique(keys, return_inverse=True)[1].reshape(-1)


def notices(
    classes: Sequence[str],
    labels: np.ndarray,
    splits: np.ndarray,
    same: np.ndarray,
    skipped: Sequence[Skipped] = (),
) -> tuple[Notice, ...]:
    """Every notice on a whole data set; `same` are the groups of equal pictures, all arrays are (n,)."""
    candidates = [
        skipped_files(skipped),
        class_too_small(classes, labels),
        label_conflict(classes, labels, same),
        train_test_leak(splits, same, TEST),
        train_test_leak(splits, same, VAL),
    ]
    return tuple(notice for notice in candidates if notice)


def near_notices(
    classes: Sequence[str], labels: np.ndarray, splits: np.ndarray, same: np.ndarray, kin: Relatives
) -> tuple[Notice, ...]:
    """What near copies and groups among the pictures of a new data set mean for it."""
    candidates = [
        _not_in_split(classes, labels, splits),
        _near_conflict(classes, labels, same, kin),
        _near_leak(splits, same, kin.copies),
        _near_copies(kin.copies),
        _kept_together(kin.sources),
    ]
    return tuple(notice for notice in candidates if notice)


def absent(classes: Sequence[str], labels: np.ndarray, splits: np.ndarray) -> dict[str, list[str]]:
    """The classes without a picture in a split that has others, by split."""
    lacking = {}
    for code, split in enumerate(SPLITS):
        counts = np.bincount(labels[splits == code], minlength=len(classes))
        if counts.any() and not counts.all():
            lacking[split] = [classes[index] for index in np.flatnonzero(counts == 0).tolist()]
    return lacking


def _not_in_split(classes: Sequence[str], labels: np.ndarray, splits: np.ndarray) -> Notice | None:
    """Classes that got no place in a split, as they are made of too few different pictures."""
    lacking = absent(classes, labels, splits)
    if not lacking:
        return None
    parts = [f"of {_classes(names)} in {split}" for split, names in lacking.items()]
    message = f"No picture {' and '.join(parts)}: such a class isn't learned, or nothing is known of how well it was."
    return Notice(Kind.CLASS_NOT_IN_SPLIT, message)


def _near_conflict(classes: Sequence[str], labels: np.ndarray, same: np.ndarray, kin: Relatives) -> Notice | None:
    """Pictures that look almost like one of another class, without those that equal one."""
    disputed = kin.disputed(labels) & ~conflicting(labels, same)
    rows = np.flatnonzero(disputed)
    if not len(rows):
        return None
    example = sorted({classes[label] for label in labels[kin.same_way == kin.same_way[rows[0]]]})
    message = (
        f"{len(rows):,} pictures look almost like one of another class, for instance one in "
        f"{' and '.join(map(repr, example[:2]))}; where nobody gave a split they stay in train."
    )
    return Notice(Kind.NEAR_LABEL_CONFLICT, message)


def _near_leak(splits: np.ndarray, same: np.ndarray, copies: np.ndarray) -> Notice | None:
    """Test pictures of which training has a near copy, without those that it has itself."""
    judged = splits == TEST
    leaked = judged & leaking(splits, copies) & ~leaking(splits, same)
    count, total = int(leaked.sum()), int(judged.sum())
    if not count:
        return None
    verb = "picture looks" if count == 1 else "pictures look"
    message = (
        f"{count:,} of {total:,} test {verb} almost like one in train or val: "
        f"up to {percent_text(count / total)} % of the test accuracy may be memory."
    )
    return Notice(Kind.TRAIN_TEST_NEAR_LEAK, message)


def leaking(splits: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Test pictures, bool (n,), of whose group there is one in train or val."""
    return (splits == TEST) & np.isin(groups, groups[np.isin(splits, (TRAIN, VAL))])


def _near_copies(copies: np.ndarray) -> Notice | None:
    spare = len(copies) - len(np.unique(copies))
    if spare < SPARE * len(copies):
        return None
    message = f"{spare:,} of {len(copies):,} pictures look almost like another one: they teach and prove little more."
    return Notice(Kind.NEAR_DUPLICATES, f"{message} A split that is made here keeps copies on one side.")


def _kept_together(sources: np.ndarray) -> Notice | None:
    sizes = np.unique(sources, return_counts=True)[1]
    groups, pictures = int((sizes > 1).sum()), int(sizes[sizes > 1].sum())
    if not groups:
        return None
    noun = "group" if groups == 1 else "groups"
    message = f"By names or a column {pictures:,} pictures are of {groups:,} {noun}, such as frames of a video."
    return Notice(Kind.KEPT_TOGETHER, f"{message} A split that is made here keeps each on one side.")


def skipped_files(skipped: Sequence[Skipped]) -> Notice | None:
    """Files that couldn't be read and were left out."""
    if not skipped:
        return None
    files = [one.file for one in skipped]
    message = f"{_count(len(skipped), 'file')} left out: {listed(files)}. {_first(skipped)}"
    return Notice(Kind.SKIPPED_FILES, message)


def empty_class(names: Sequence[str], skipped: Sequence[Skipped] = ()) -> Notice | None:
    """Class folders without a readable picture, and why; they are no classes of the data set."""
    if not names:
        return None
    reason = f" {_first(unread)}" if (unread := _of(names, skipped)) else ""
    return Notice(Kind.EMPTY_CLASS, f"No readable picture in {_classes(names)}: left out of the classes.{reason}")


def require_readable(wanted: Sequence[str], readable: Sequence[str], skipped: Sequence[Skipped]) -> None:
    """Raise Refused, with the reason, where no picture can be read, or of several classes only those of one."""
    if not readable:
        raise Refused(Kind.NO_IMAGES, f"No picture could be read. {_first(skipped)}".strip())
    if len(readable) < 2 <= len(wanted):
        unread = _of([name for name in wanted if name not in readable], skipped)
        message = f"Only the class {readable[0]!r} has readable pictures; a classifier needs at least two classes."
        raise Refused(Kind.NEED_TWO_CLASSES, f"{message} {_first(unread)}".strip())


def _of(classes: Sequence[str], skipped: Sequence[Skipped]) -> list[Skipped]:
    """Those files that lie in the folders of classes, as far as their paths tell."""
    return [one for one in skipped if set(classes) & {layout.class_name(part) for part in one.file.split("/")[:-1]}]


def _first(skipped: Sequence[Skipped]) -> str:
    return f"The first is {skipped[0].file!r}: {skipped[0].message}" if skipped else ""


def class_too_small(classes: Sequence[str], labels: np.ndarray) -> Notice | None:
    """Classes that are too small to be taught, steered and judged with different pictures."""
    counts = np.bincount(labels, minlength=len(classes))
    small = [f"{classes[index]} ({counts[index]})" for index in np.flatnonzero(counts < SMALL_CLASS).tolist()]
    if not small:
        return None
    message = f"Fewer than {SMALL_CLASS} pictures in {_classes(small)}: too few for training, validation and test."
    return Notice(Kind.CLASS_TOO_SMALL, message)


def label_conflict(classes: Sequence[str], labels: np.ndarray, same: np.ndarray) -> Notice | None:
    """Pictures that are equal to the last pixel but stand in different classes."""
    rows = np.flatnonzero(conflicting(labels, same))
    if not len(rows):
        return None
    example = sorted({classes[label] for label in labels[same == same[rows[0]]]})
    message = (
        f"{_count(len(rows), 'picture')} equal to a picture of another class, "
        f"for instance one that is in {' and '.join(map(repr, example[:2]))}; one of the classes must be wrong."
    )
    return Notice(Kind.LABEL_CONFLICT, message)


def train_test_leak(splits: np.ndarray, same: np.ndarray, judge: int = TEST) -> Notice | None:
    """Pictures of the test (or val) set that training sees as well, which flatters the accuracy."""
    teaching_splits = (TRAIN, VAL) if judge == TEST else (TRAIN,)
    taught_groups = np.zeros(same.max(initial=-1) + 1, bool)
    taught_groups[same[np.isin(splits, teaching_splits)]] = True
    leaked, total = int(taught_groups[same[splits == judge]].sum()), int((splits == judge).sum())
    if not leaked:
        return None
    judging, others = SPLITS[judge], " or ".join(SPLITS[code] for code in teaching_splits)
    message = (
        f"{leaked:,} of {total:,} {judging} pictures also stand in {others}: "
        f"up to {percent_text(leaked / total)} % of the {judging} accuracy may be memory."
    )
    return Notice(Kind.TRAIN_TEST_LEAK, message)


class Sized(Protocol):
    """A data set, or its facts."""

    @property
    def name(self) -> str: ...

    @property
    def splits(self) -> dict[str, int]: ...

    @property
    def is_sequence(self) -> bool: ...


def refuse_less_than_a_batch(about: Sized, batch_size: int) -> None:
    """Raise Refused for clips, and where the training pictures are fewer than a batch; a set that isn't here passes."""
    if about.is_sequence:
        raise Refused(Kind.NOT_COMPATIBLE, f"The data set {about.name!r} holds clips; this works on single pictures.")
    count = about.splits.get("train", batch_size)
    if count < batch_size:
        raise Refused(
            Kind.MISSING_DATA,
            f"The data set {about.name!r} has {count} training pictures; training by steps needs at least one batch of "
            f"them, which is {batch_size}: set batch_size to fewer, or add more pictures.",
        )


def imbalance(counts: Sequence[int]) -> float:
    """How many times larger the largest class is than the smallest; 1.0 is perfectly even."""
    return max(counts) / max(1, min(counts)) if counts else 1.0


def listed(names: Sequence[str]) -> str:
    """The first few names as a list, and how many more there are."""
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _classes(names: Sequence[str]) -> str:
    return f"the class {names[0]}" if len(names) == 1 else f"the classes {listed(names)}"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing} is" if number == 1 else f"{number:,} {thing}s are"
