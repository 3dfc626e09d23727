"""Cropped copies: a picture that is a part of another, which thumbnails don't show."""

import numpy as np

from mlcore.data.splits import TEST, TRAIN, VAL
from mlcore.findings import crops
from mlcore.findings.checks import checks
from mlcore.findings.checks.duplicates import WHY as COPIED
from mlcore.findings.checks.near_leak import WHY as LEAKED
from mlcore.findings.finding import Finding, drop, of_pictures, sorted_rows
from mlcore.findings.material import Material
from mlcore.intervals import percent_text
from mlcore.progress import Progress, silent


@checks.add("cropped-copies", "Cropped copies", traits=("pictures", "backbone"))
def cropped_copies(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures that show a part of another one, 80 % of each side or more, suggested by features, told by pixels."""
    if len(material.labelled) < 2 * crops.NEIGHBOURS:
        return []
    likely = material.labelled[crops.neighbours(material.features[material.labelled])]
    likely = likely[material.copies[0][likely[:, 0]] != material.copies[0][likely[:, 1]]]
    pairs, scores = crops.found(material.dataset.read_rows, likely, progress)
    judged = _ends(pairs, scores, material.splits == TEST, np.isin(material.splits, (TRAIN, VAL)))
    same = material.splits[pairs[:, 0]] == material.splits[pairs[:, 1]]
    within = pairs[same].max(axis=1), scores[same]
    found = [_leak(material, *judged), _copies(material, *within)]
    return [each for each in found if each]


def _ends(pairs: np.ndarray, scores: np.ndarray, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of pairs with an end in each of two splits the end in the first."""
    forth, back = one[pairs[:, 0]] & other[pairs[:, 1]], one[pairs[:, 1]] & other[pairs[:, 0]]
    return np.concatenate([pairs[forth, 0], pairs[back, 1]]), np.concatenate([scores[forth], scores[back]])


def _leak(material: Material, rows: np.ndarray, scores: np.ndarray) -> Finding | None:
    rows, scores = _once(rows, scores)
    if not len(rows):
        return None
    total = int((material.splits == TEST).sum())
    message = (
        f"{len(rows):,} of {total:,} test pictures show a part of one in train or val, or the other way round: up to "
        f"{percent_text(len(rows) / total)} % of the test accuracy may be memory."
    )
    return Finding("train-test-near-leak", "serious", message, LEAKED, rows, scores, (drop(rows),))


def _copies(material: Material, rows: np.ndarray, scores: np.ndarray) -> Finding | None:
    rows, scores = _once(rows, scores)
    if not len(rows):
        return None
    message = f"{of_pictures(len(rows))} of {len(material.labels):,} show a part of another one of the same split."
    return Finding("near-duplicates", "hint", message, COPIED, rows, scores, (drop(rows),))


def _once(rows: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row once, with its highest score, the highest first."""
    rows, scores = sorted_rows(rows, scores)
    first = np.sort(np.unique(rows, return_index=True)[1])
    return rows[first], scores[first]
