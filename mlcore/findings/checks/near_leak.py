"""Leaks: test or validation pictures that training sees as well, or a near copy of them."""

import numpy as np

from mlcore.data import Move
from mlcore.data import checks as hashes
from mlcore.data.splits import SPLITS, TEST, TRAIN, VAL
from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding, Remedy, drop, of_pictures
from mlcore.findings.material import Material
from mlcore.intervals import percent_text
from mlcore.progress import Progress, silent

WHY = "A network remembers what it was taught, so pictures it knows make it look better than it is on new ones."


@checks.add("train-test-near-leak", "Leaks between splits", traits=("pictures", "labels"))
def near_leak(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures that judge and are near copies, mirrored ones among them, of pictures that teach."""
    found = [_leak(material, TEST, (TRAIN, VAL)), _leak(material, VAL, (TRAIN,))]
    return [each for each in found if each]


def _leak(material: Material, judge: int, teach: tuple[int, ...]) -> Finding | None:
    copies, exact = material.copies[0], hashes.groups(material.dataset.hashes)
    taught, judged = np.isin(material.splits, teach), material.splits == judge
    rows = np.flatnonzero(judged & np.isin(copies, copies[taught]))
    if not len(rows):
        return None
    equal = int(np.isin(exact[rows], exact[taught]).sum())
    share = percent_text(len(rows) / judged.sum())
    name, others = SPLITS[judge], " or ".join(SPLITS[code] for code in teach)
    verb = "is a near copy" if len(rows) == 1 else "are near copies"
    message = (
        f"{len(rows):,} of {int(judged.sum()):,} {name} pictures {verb} of one in {others}, {equal:,} of them equal to "
        f"the last pixel: up to {share} % of the {name} accuracy may be memory."
    )
    scores = np.where(np.isin(exact[rows], exact[taught]), 1.0, 0.5)
    order = np.argsort(-scores, kind="stable")
    severity = "serious" if judge == TEST else "warning"
    return Finding(
        "train-test-near-leak",
        severity,
        message,
        WHY,
        rows[order],
        scores[order],
        (_home(material, rows, teach), drop(rows)),
    )


def _home(material: Material, rows: np.ndarray, teach: tuple[int, ...]) -> Remedy:
    """The remedy that moves pictures to where their copies teach: to train where one is there."""
    copies, left, edits = material.copies[0], np.ones(len(rows), bool), []
    for code in teach:
        here = left & np.isin(copies[rows], copies[material.splits == code])
        if here.any():
            edits.append(Move(tuple(rows[here].tolist()), SPLITS[code]))
        left &= ~here
    return Remedy(f"Move {of_pictures(len(rows))} to where the copies are", tuple(edits))
