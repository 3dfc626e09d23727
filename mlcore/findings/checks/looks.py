"""Odd looks: dark, blurry, flat, grey among colour, few levels; told by measures of each picture."""

import numpy as np

from mlcore.findings.checks import checks
from mlcore.findings.checks.outlier import deviations
from mlcore.findings.finding import Finding, drop, of_pictures, sorted_rows
from mlcore.findings.material import Material
from mlcore.progress import Progress, silent

DARK = 48  # of 255: the 99th percentile of the brightness
PLAIN = 4.0  # of 255: the standard deviation of the brightness
BLURRY = 5.0  # standard deviations of the sharpness's logarithm below the middle of the set
FEW_LEVELS = 16  # of 256
RARE = 0.2  # share of pictures up to which something is odd and not how the set is


@checks.add("dark", "Dark pictures", traits=("pictures",))
def dark(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures whose brightest hundredth is darker than 48 of 255."""
    brightest = material.measures.brightest
    what = f"hardly lighter than black: of 255 their brightest hundredth begins below {DARK}"
    return _odd(material, "dark", brightest < DARK, DARK - brightest, what, "Little can be seen on them.")


@checks.add("flat", "Plain pictures", traits=("pictures",))
def flat(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures of nearly one brightness: a spread below 4 of 255."""
    contrast = material.measures.contrast
    what = f"of nearly one brightness: it spreads by less than {PLAIN:.0f} of 255"
    plain = (contrast < PLAIN) & (material.measures.brightest >= DARK)
    return _odd(material, "flat", plain, PLAIN - contrast, what, "Nothing can be told apart on them.")


@checks.add("blurry", "Blurry pictures", traits=("pictures",))
def blurry(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures far less sharp than the set usually is: the spread of the Laplacian by that of the brightness."""
    sharpness, contrast = material.measures.sharpness, material.measures.contrast
    scores = deviations(-np.log(np.maximum(sharpness, 1e-4)))
    what = "far less sharp than this set usually is"
    why = "Edges are what networks look for first. Where they are missing, classes look alike."
    return _odd(material, "blurry", (scores > BLURRY) & (contrast >= PLAIN), scores, what, why)


@checks.add("grey", "Grey among colour", traits=("pictures",))
def grey(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures without colours in a set of colour pictures."""
    is_grey = material.measures.is_grey
    what = "without colours, among pictures that have them"
    why = "Where they are more common in one class, the lack of colour gives it away."
    return _odd(material, "grey", is_grey, np.ones(len(is_grey)), what, why)


@checks.add("few-levels", "Few levels", traits=("pictures",))
def few_levels(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures of fewer than 16 levels among pictures of many, such as those of 16 bits that were read too coarsely."""
    levels = material.measures.levels
    coarse = (levels < FEW_LEVELS) & (material.measures.contrast >= PLAIN)
    what = f"of fewer than {FEW_LEVELS} levels of brightness, among pictures of many"
    why = "A scale may have been lost on the way, or they are drawings among photographs."
    return _odd(material, "few-levels", coarse, FEW_LEVELS - levels, what, why)


def _odd(material: Material, kind: str, marked: np.ndarray, scores: np.ndarray, what: str, why: str) -> list[Finding]:
    """The finding for marked pictures, where they are few enough to be odd."""
    rows = np.flatnonzero(marked)
    if not 0 < len(rows) <= RARE * len(marked):
        return []
    found, shown = sorted_rows(rows, np.asarray(scores, float)[rows])
    verb = "is" if len(rows) == 1 else "are"
    message = f"{of_pictures(len(rows))} of {len(marked):,} {verb} {what}."
    return [Finding(kind, "hint", message, why, found, shown, (drop(found),))]
