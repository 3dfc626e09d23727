"""Sizes of the files that came: smaller than what was made of them, or so long that most was cut away."""

import numpy as np

from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding, drop, of_pictures, sorted_rows
from mlcore.findings.material import Material
from mlcore.intervals import percent_text
from mlcore.progress import Progress, silent

ENLARGED = 2.0  # times
LONG = 2.5  # times longer than the set's own shape


@checks.add("tiny", "Enlarged pictures")
def tiny(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures whose shorter side is less than half of what they were made to be."""
    sides = _sides(material)
    if sides is None:
        return []
    factor = min(material.dataset.shape[-3:-1]) / np.maximum(np.nanmin(sides, axis=0), 1)
    rows = np.flatnonzero(factor > ENLARGED)
    if not len(rows):
        return []
    found, scores = sorted_rows(rows, factor[rows])
    message = f"{of_pictures(len(rows))} of {len(factor):,} were smaller than half of the size that all were made."
    why = "They are blurred by being enlarged. Where that is more common in one class, it gives the class away."
    return [Finding("tiny", "hint", message, why, found, scores, (drop(found),))]


@checks.add("odd-aspect", "Odd shapes")
def odd_aspect(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures so long or so tall that most of them was cut away."""
    sides = _sides(material)
    if sides is None:
        return []
    own = material.dataset.shape[-2] / material.dataset.shape[-3]
    ratio = sides[0] / np.maximum(sides[1], 1) / own
    stretch = np.where(np.isnan(ratio), 1, np.maximum(ratio, 1 / np.maximum(ratio, 1e-6)))
    rows = np.flatnonzero(stretch >= LONG)
    if not len(rows):
        return []
    found, scores = sorted_rows(rows, stretch[rows])
    lost = percent_text(1 - 1 / LONG, 0)
    message = f"{of_pictures(len(rows))} of {len(stretch):,} are so long or tall that {lost} % or more was cut away."
    why = "What makes them what they are may have been cut away."
    return [Finding("odd-aspect", "hint", message, why, found, scores, (drop(found),))]


def _sides(material: Material) -> np.ndarray | None:
    """Widths and heights (2, n) of the files; None where nothing is known of them."""
    known = material.dataset.attributes
    if "width" not in known or "height" not in known:
        return None
    return np.stack([known["width"].values, known["height"].values])
