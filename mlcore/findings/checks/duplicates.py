"""Duplicates: pictures that stand in a split twice, equal to the last pixel or nearly."""

import numpy as np

from mlcore.data import checks as hashes
from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding, drop, of_pictures
from mlcore.findings.material import Material
from mlcore.progress import Progress, silent

WHY = "A copy teaches nothing new, counts twice, and where it judges makes a figure look surer than it is."


@checks.add("exact-duplicates", "Equal pictures")
def exact_duplicates(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures equal to the last pixel in one split."""
    rows, groups = _spare(hashes.groups(material.dataset.hashes), material.splits)
    if not len(rows):
        return []
    message = f"{of_pictures(len(rows))} of {len(material.labels):,} equal another one of the same split."
    remedies = (drop(_later(rows, groups), "Keep one of each: leave out"),)
    return [Finding("exact-duplicates", "hint", message, WHY, rows, np.ones(len(rows)), remedies)]


@checks.add("near-duplicates", "Near copies", traits=("pictures",))
def near_duplicates(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures of one split that look almost alike, mirrored or not: their thumbnails correlate by 0.98."""
    copies, exact = material.copies[0], hashes.groups(material.dataset.hashes)
    rows, groups = _spare(copies, material.splits)
    near = np.array([len(set(exact[rows[groups == group]])) > 1 for group in np.unique(groups)], bool)
    keep = np.isin(groups, np.unique(groups)[near])
    rows, groups = rows[keep], groups[keep]
    if not len(rows):
        return []
    later = _later(rows, groups)
    message = (
        f"{of_pictures(len(rows))} of {len(material.labels):,} look almost like another one of the same split: "
        f"{of_pictures(len(np.unique(groups)), 'group')}, so {len(later):,} are more than one of each."
    )
    sizes = np.bincount(np.unique(groups, return_inverse=True)[1].reshape(-1))
    scores = sizes[np.unique(groups, return_inverse=True)[1].reshape(-1)].astype(float)
    remedies = (drop(later, "Keep one of each: leave out"),)
    return [Finding("near-duplicates", "warning", message, WHY, rows, scores, remedies)]


def _spare(groups: np.ndarray, splits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of groups with two pictures or more in one split, group by group, and the number of each one's group."""
    within = groups.astype("int64") * 4 + splits
    numbers, counts = np.unique(within, return_counts=True)
    rows = np.flatnonzero(np.isin(within, numbers[counts > 1]))
    rows = rows[np.argsort(within[rows], kind="stable")]
    return rows, within[rows]


def _later(rows: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """All rows but the first of each group."""
    return np.delete(rows, np.unique(groups, return_index=True)[1])
