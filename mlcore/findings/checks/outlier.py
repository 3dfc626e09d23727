"""Outliers: pictures unlike all others, by what a network sees in them."""

import numpy as np

from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding, drop, of_pictures, sorted_rows
from mlcore.findings.material import Material
from mlcore.progress import Progress, silent

NEIGHBOURS = 5
AMONG = 5000  # pictures that others are compared with
FAR = 4.0  # robust standard deviations of the distance's logarithm
FEWEST = 20


@checks.add("outlier", "Odd ones out", traits=("pictures", "backbone"))
def outlier(material: Material, progress: Progress = silent) -> list[Finding]:
    """Pictures far from their nearest neighbours in a network's features (Sun et al. 2022, arXiv:2204.06507)."""
    rows = material.labelled
    if len(rows) < FEWEST:
        return []
    distances = neighbour_distances(material.features[rows])
    scores = deviations(np.log(np.maximum(distances, 1e-6)))
    far = np.flatnonzero(scores > FAR)
    if not len(far):
        return []
    found, shown = sorted_rows(rows[far], scores[far])
    message = f"{of_pictures(len(far))} of {len(rows):,} look unlike all others: far from their nearest neighbours."
    why = "They may be there by mistake. If they belong, more like them would help."
    return [Finding("outlier", "hint", message, why, found, shown, (drop(found),))]


def neighbour_distances(features: np.ndarray) -> np.ndarray:
    """The distance (n,) of each picture's direction to its fifth nearest among at most 5,000 others."""
    looks = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-6)
    among = looks[np.sort(np.random.default_rng(0).permutation(len(looks))[:AMONG])]
    count, out = min(NEIGHBOURS + 1, len(among) - 1), []
    for start in range(0, len(looks), 1000):
        near = np.partition(-(looks[start : start + 1000] @ among.T), count, axis=1)[:, count - 1]
        out.append(np.sqrt(np.maximum(2 + 2 * near, 0)))
    return np.concatenate(out)


def deviations(values: np.ndarray) -> np.ndarray:
    """How many standard deviations each lies above the middle, both told by the half that lies below it."""
    middle = np.median(values)
    spread = (middle - np.quantile(values, 0.1587)) or 1.0  # one standard deviation of a normal distribution
    robust: np.ndarray = (values - middle) / spread
    return robust
