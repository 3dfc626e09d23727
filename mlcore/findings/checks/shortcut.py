"""Shortcuts: a class that its colours or its border alone give away, such as a watermark or a frame."""

import numpy as np

from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding
from mlcore.findings.material import Material
from mlcore.findings.ranking import auroc
from mlcore.intervals import percent_text
from mlcore.progress import Progress, silent

GIVEN_AWAY = 0.97  # area under the curve of a class against the others
FEWEST = 20  # pictures of a class and of the others
PARTS = {"histogram": "the colours alone, without where they stand", "border": "the edges and corners alone"}


@checks.add("shortcut", "Shortcuts", traits=("pictures", "labels"))
def shortcut(material: Material, progress: Progress = silent) -> list[Finding]:
    """Classes that a colour histogram or the border tells from all others, learned and asked on different pictures."""
    labels, found = material.labels[material.labelled], []
    for name, words in PARTS.items():
        given = getattr(material.measures, name)[material.labelled]
        probabilities = material.predicted(given)
        for label, of in enumerate(material.dataset.classes):
            own = labels == label
            if min(own.sum(), (~own).sum()) < FEWEST:
                continue
            area = auroc(probabilities[:, label], own)
            if area >= GIVEN_AWAY:
                found.append(_finding(material, of, words, area, np.flatnonzero(own), probabilities[own, label]))
    return found


def _finding(material: Material, name: str, words: str, area: float, places: np.ndarray, scores: np.ndarray) -> Finding:
    order = np.argsort(-scores, kind="stable")
    message = (
        f"{name!r} is told from the other classes by {words}: of a picture of it and one of another, the right one is "
        f"picked in {percent_text(area)} % of cases."
    )
    why = (
        "A network may learn a frame, a watermark or the light instead of the thing, and fail where those are missing. "
        "If that is what the class looks like, all is well."
    )
    return Finding("shortcut", "warning", message, why, material.labelled[places[order]], scores[order])
