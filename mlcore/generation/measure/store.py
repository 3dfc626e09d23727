"""Measurements of generators on disk, where they are found again."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import durable, library, reader
from mlcore.data import Dataset
from mlcore.generation.measure.compare import Measured

FILE = "measures.json"


def save(folder: Path, measurement: Measured, dataset: Dataset, model: str) -> None:
    """Keep a measurement with the class shares of the real pictures and the id of the generator it is about."""
    labels = dataset.split("test").labels
    shares = np.bincount(labels, minlength=len(dataset.classes)) / max(1, len(labels))
    values = measurement.to_json()
    facts = {"model": model, "data": dataset.name, "names": list(dataset.classes), "real_shares": shares.tolist()}
    durable.write_json(folder / FILE, values | facts | {"seen": values.pop("classes")})


def load(model: str, elsewhere: Iterable[Path] = ()) -> dict[str, Any] | None:
    """The newest measurement of a generator as plain values, or None; a starter's lies in the folder of its run."""
    folders = [library.folder(model), *elsewhere]
    measurements = [reader.facts(folder / FILE) for folder in folders]
    return next((each for each in measurements if each.get("model") == model), None)
