"""Measurements of generators on disk, where they are found again."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from mlcore import durable, library, reader
from mlcore.data import Dataset
from mlcore.generation.measure.classes import Classes
from mlcore.generation.measure.compare import Measured

FILE = "measures.json"


class KeptSpace(BaseModel):
    """A space of features, as it is kept; older ones lack what learned nothing."""

    name: str
    frechet: float
    floor: float
    noise: float
    kernel: float
    coverage: dict[str, float]


class Kept(BaseModel):
    """A measurement, as it is kept."""

    n: int
    spaces: list[KeptSpace]
    closeness: dict[str, float | None] = {}
    memorisation: float
    classifier: str
    names: list[str]
    real_shares: list[float]
    seen: Classes | None


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
    return next((each for each in measurements if each.get("model") == model and _is_whole(each)), None)


def _is_whole(values: dict[str, Any]) -> bool:
    return not reader.reason(reader.validated, values, Kept)
