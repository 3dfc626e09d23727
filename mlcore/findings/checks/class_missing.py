"""Classes that are missing in a split."""

import numpy as np

from mlcore.data.checks import absent, listed
from mlcore.findings.checks import checks
from mlcore.findings.finding import Finding
from mlcore.findings.material import Material
from mlcore.progress import Progress, silent

WHY = {
    "train": "What isn't taught is never answered.",
    "val": "How sure to be of it is tuned without it.",
    "test": "Nothing is measured of how well it is told.",
}


@checks.add("class-missing-in-split", "Classes missing in a split", traits=("labels",))
def class_missing(material: Material, progress: Progress = silent) -> list[Finding]:
    """Classes without a picture in a split that has pictures of others."""
    rows, none = material.labelled, np.empty(0, "int64")
    lacking = absent(material.dataset.classes, material.labels[rows], material.splits[rows])
    return [
        Finding(
            "class-missing-in-split",
            "serious" if split != "val" else "warning",
            f"No picture of {listed([repr(name) for name in names])} is in {split}.",
            f"{WHY[split]} Add different pictures of it, or move some there.",
            none,
            none.astype(float),
        )
        for split, names in lacking.items()
    ]
