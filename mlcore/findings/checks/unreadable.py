"""Unreadable files, which were left out when the pictures were added."""

import numpy as np

from mlcore import data
from mlcore.data import Dataset
from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding, of_pictures
from mlcore.findings.material import Material
from mlcore.progress import Progress, silent

SHOWN = 3


@checks.add("unreadable", "Files that couldn't be read")
def unreadable(material: Material, progress: Progress = silent) -> list[Finding]:
    """Files that were left out when the data set was added, with the reason."""
    skipped = _skipped(material.dataset)
    if not skipped:
        return []
    listed = "; ".join(f"{each['file']}: {each['message']}" for each in skipped[:SHOWN])
    more = f"; and {len(skipped) - SHOWN:,} more" if len(skipped) > SHOWN else ""
    it = "it" if len(skipped) == 1 else "they"
    message = f"{of_pictures(len(skipped), 'file')} left out, since {it} couldn't be read: {listed}{more}"
    why = "What is missing may be missing for a reason, such as a camera that failed in the dark."
    none = np.empty(0, "int64")
    return [Finding("unreadable", "hint", message, why, none, none.astype(float))]


def _skipped(dataset: Dataset) -> tuple[dict, ...]:
    """What the first version says was left out."""
    return dataset.skipped if dataset.version == 1 else data.open(dataset.name, version=1).skipped
