"""Mixed sources: the camera, size, format or bytes of a file tell its class, which no picture should need."""

import numpy as np

from mlcore.data.attributes import Attribute
from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding
from mlcore.findings.material import Material
from mlcore.findings.ranking import auroc
from mlcore.intervals import percent_text
from mlcore.progress import Progress, silent

OF_FILES = {
    "camera": "camera",
    "software": "software",
    "format": "format",
    "width": "width",
    "height": "height",
    "bytes": "size in bytes",
}
GIVEN_AWAY = 0.9  # area under the curve of a class against the others
FEWEST = 20


@checks.add("mixed-sources", "Mixed sources", traits=("labels",))
def mixed_sources(material: Material, progress: Progress = silent) -> list[Finding]:
    """Classes that one fact of the files tells from the others, learned and asked on different pictures."""
    known, labels, found = material.dataset.attributes, material.labels[material.labelled], []
    for column in OF_FILES.keys() & known.keys():
        values = coded(known[column], material.labelled)
        for label, name in enumerate(material.dataset.classes):
            own = labels == label
            if min(own.sum(), (~own).sum()) < FEWEST:
                continue
            area = auroc(shares_elsewhere(values, own), own)
            if area >= GIVEN_AWAY:
                found.append((area, name, column, material.labelled[own]))
    best: dict[str, tuple] = {}
    for each in sorted(found, key=lambda row: row[0]):
        best[each[1]] = each
    return [_finding(*each) for each in best.values()]


def _finding(area: float, name: str, column: str, rows: np.ndarray) -> Finding:
    message = (
        f"{name!r} is told from the other classes by the {OF_FILES[column]} of the file: of a picture of it and one of "
        f"another, the right one is picked in {percent_text(area)} % of cases."
    )
    why = (
        "The classes seem to come from different places. A network may learn the place, such as a camera's noise, "
        "instead of the thing. Take pictures of every class in the same way."
    )
    return Finding("mixed-sources", "warning", message, why, rows, np.ones(len(rows)))


def coded(column: Attribute, rows: np.ndarray) -> np.ndarray:
    """A value as a number of one of at most 20 ranges, or texts; unknown is one, too."""
    values = column.of(rows).values
    if column.is_text:
        return values.astype("int64") + 1
    edges = np.unique(np.nanquantile(values, np.linspace(0, 1, 21))) if (~np.isnan(values)).any() else np.empty(0)
    return np.where(np.isnan(values), 0, np.searchsorted(edges, values, "right") + 1)


def shares_elsewhere(values: np.ndarray, own: np.ndarray, folds: int = 5) -> np.ndarray:
    """For each picture the share of the class among the other folds' pictures of the same value."""
    fold = np.random.default_rng(0).permutation(len(values)) % folds
    size, out = int(values.max(initial=0)) + 1, np.empty(len(values))
    for number in range(folds):
        seen = fold != number
        counts = np.bincount(values[seen], minlength=size)
        shares = (np.bincount(values[seen & own], minlength=size) + own[seen].mean()) / (counts + 1)
        out[~seen] = shares[values[~seen]]
    return out
