"""Private metadata: files that told where a picture was taken, or whose camera it was."""

import numpy as np

from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding
from mlcore.findings.material import Material
from mlcore.progress import Progress, silent

TOLD = {"gps": "told where they were taken", "private": "told a name or a serial number"}


@checks.add("private-metadata", "Private facts in files")
def private_metadata(material: Material, progress: Progress = silent) -> list[Finding]:
    """Files with GPS places, names or serial numbers; what is stored and exported here is pixels without them."""
    known = material.dataset.attributes
    marks = {name: known[name].known for name in TOLD if name in known}
    if not any(mark.any() for mark in marks.values()):
        return []
    rows = np.flatnonzero(np.any(list(marks.values()), axis=0))
    parts = [f"{int(mark.sum()):,} {TOLD[name]}" for name, mark in marks.items() if mark.any()]
    message = f"Of {len(material.labels):,} files, {' and '.join(parts)}."
    why = (
        "Only pixels are kept here and exported, so these facts go no further; the files that they came from still "
        "have them. Think of it before you share those."
    )
    return [Finding("private-metadata", "warning", message, why, rows, np.ones(len(rows)))]
