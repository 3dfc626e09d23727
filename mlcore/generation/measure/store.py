"""What was measured of generators, kept where it is found again."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from mlcore import durable, library

FILE = "measures.json"


def save(folder: Path, found, dataset, model: str) -> None:
    """Keep a measurement with the class shares of the real pictures and the id of the generator it is about."""
    labels = dataset.split("test").labels
    shares = np.bincount(labels, minlength=len(dataset.classes)) / max(1, len(labels))
    values = found.to_json()
    facts = {"model": model, "data": dataset.name, "names": list(dataset.classes), "real_shares": shares.tolist()}
    durable.write_json(folder / FILE, values | facts | {"seen": values.pop("classes")})


def load(model: str, elsewhere: Iterable[Path] = ()) -> dict | None:
    """The newest measurement of a generator as plain values, or None; a starter's lies in the folder of its run."""
    folders = [library.folder(model), *elsewhere]
    known = [durable.read_json(folder / FILE) for folder in folders]
    return next((each for each in known if each and each.get("model") == model), None)
