"""Imbalance: one class has many times the pictures of another."""

import numpy as np

from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding
from mlcore.findings.material import Material
from mlcore.progress import Progress, silent

UNEVEN = 3.0  # times as many pictures


@checks.add("imbalance", "Uneven classes", traits=("labels",))
def imbalance(material: Material, progress: Progress = silent) -> list[Finding]:
    """The largest class has three times the pictures of the smallest, or more."""
    counts = material.dataset.class_counts
    most, least = max(counts, key=lambda name: counts[name]), min(counts, key=lambda name: counts[name])
    ratio = counts[most] / max(1, counts[least])
    if ratio < UNEVEN:
        return []
    message = f"{most!r} has {counts[most]:,} pictures and {least!r} {counts[least]:,}: {ratio:.1f} times as many."
    why = (
        "In doubt the answer will be the larger class, and an accuracy says little of the smaller ones. Add pictures "
        "of those, or let each class weigh the same where training offers it."
    )
    none = np.empty(0, "int64")
    return [Finding("imbalance", "warning", message, why, none, none.astype(float))]
