"""Label errors: pictures that a head which didn't see them would call otherwise, by confident learning."""

import numpy as np

from mlcore.data import Relabel
from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding, Remedy, drop, of_pictures, sorted_rows
from mlcore.findings.material import Material
from mlcore.intervals import percent_text
from mlcore.progress import Progress, silent

SURE = 0.6  # probability of the other class from which on it is worth a look


@checks.add("mislabelled", "Likely wrong classes", traits=("pictures", "labels", "backbone"))
def mislabelled(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures whose class is likely wrong (confident learning, Northcutt et al. 2021, arXiv:1911.00068)."""
    labels, probabilities = material.labels[material.labelled].astype("int64"), material.out_of_fold
    wrong, suggested = issues(labels, probabilities)
    if not len(wrong):
        return []
    margins = probabilities[wrong, suggested] - probabilities[wrong, labels[wrong]]
    order, scores = sorted_rows(np.arange(len(wrong)), margins)
    rows, suggested = material.labelled[wrong][order], suggested[order]
    classes = material.dataset.classes
    right = float((probabilities.argmax(axis=1) == labels).mean())
    message = (
        f"{of_pictures(len(rows))} of {len(labels):,} look more like another class, told by a network's features and "
        f"an answer layer that didn't see them; it gives {percent_text(right)} % of all the class they have."
    )
    why = "A wrong class teaches a mistake, and in the test set counts a right answer as wrong. Look before you agree."
    captions = tuple(
        f"{classes[labels[wrong][place]]}, more like {classes[to]}" for place, to in zip(order, suggested, strict=True)
    )
    remedies = (_relabel(rows, suggested, classes), drop(rows))
    return [Finding("mislabelled", "warning", message, why, rows, scores, remedies, captions)]


def issues(labels: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places (m,) of pictures that are likely wrong, and the class of each that is likelier.

    A picture counts for the likeliest class of those whose probability is no less than that class's own pictures have
    on average; where that isn't the class it has, and the other is likely by SURE or more, it is told.
    """
    classes = probabilities.shape[1]
    counts = np.bincount(labels, minlength=classes)
    sums = np.bincount(labels, probabilities[np.arange(len(labels)), labels], minlength=classes)
    own = np.where(counts > 0, sums / np.maximum(counts, 1), 2)
    confident = np.where(probabilities >= own, probabilities, -1)
    best = confident.argmax(axis=1)
    peak = np.take_along_axis(confident, best[:, None], 1)[:, 0]
    wrong = np.flatnonzero((best != labels) & (peak >= SURE))
    return wrong, best[wrong]


def _relabel(rows: np.ndarray, suggested: np.ndarray, classes: tuple[str, ...]) -> Remedy:
    edits = tuple(
        Relabel(tuple(sorted(rows[suggested == each].tolist())), classes[each]) for each in np.unique(suggested)
    )
    return Remedy(f"Give {of_pictures(len(rows))} the class they look like", edits)
