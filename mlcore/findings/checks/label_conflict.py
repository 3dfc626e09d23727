"""Label conflicts: the same picture, or nearly, stands in two classes."""

import numpy as np

from mlcore.data import Relabel
from mlcore.data.splits import conflicting
from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding, Remedy, drop, of_pictures
from mlcore.findings.material import Material
from mlcore.progress import Progress, silent


@checks.add("label-conflict", "Conflicting classes", traits=("pictures", "labels"))
def label_conflict(material: Material, progress: Progress = silent) -> list[Finding]:
    """Near copies, the same way round, that stand in different classes: one of the classes must be wrong."""
    groups, labels = material.copies[1][material.labelled], material.labels[material.labelled]
    disputed = np.flatnonzero(conflicting(labels, groups))
    disputed = disputed[np.argsort(groups[disputed], kind="stable")]
    if not len(disputed):
        return []
    rows, classes = material.labelled[disputed], material.dataset.classes
    count = len(np.unique(groups[disputed]))
    message = f"{of_pictures(len(rows))} of {of_pictures(count, 'group')} of near copies stand in different classes."
    why = "What is called one thing here and another there can't be learned, and can't be answered right."
    remedies = (*_outvoted(rows, labels[disputed], groups[disputed], classes), drop(rows, "Leave out all"))
    captions = tuple(classes[label] for label in labels[disputed])
    return [Finding("label-conflict", "serious", message, why, rows, np.ones(len(rows)), remedies, captions)]


def _outvoted(rows: np.ndarray, labels: np.ndarray, groups: np.ndarray, classes: tuple[str, ...]) -> tuple[Remedy, ...]:
    """The remedy that gives the others of a group the class that more than half of it has."""
    wanted: dict[str, list[int]] = {}
    for group in np.unique(groups):
        members = groups == group
        counts = np.bincount(labels[members], minlength=len(classes))
        if counts.max() * 2 > counts.sum():
            others = rows[members & (labels != counts.argmax())]
            wanted.setdefault(classes[int(counts.argmax())], []).extend(others.tolist())
    total = sum(map(len, wanted.values()))
    if not total:
        return ()
    edits = tuple(Relabel(tuple(sorted(named)), name) for name, named in wanted.items())
    return (Remedy(f"Call {of_pictures(total)} as most of the copies are called", edits),)
