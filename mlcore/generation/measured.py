"""What was measured of generators, kept where it is found again."""

from pathlib import Path

import numpy as np

from mlcore import durable, jobs, library

FILE = "measures.json"
TASK = "measure-generator"


def save(folder: Path, found, dataset, model: str) -> None:
    """Keep a measurement with the class shares of the real pictures and the id of the generator it is about."""
    labels = dataset.split("test").labels
    shares = np.bincount(labels, minlength=len(dataset.classes)) / max(1, len(labels))
    values = found.to_json()
    facts = {"model": model, "data": dataset.name, "names": list(dataset.classes), "real_shares": shares.tolist()}
    durable.write_json(folder / FILE, values | facts | {"seen": values.pop("classes")})


def load(model: str) -> dict | None:
    """The newest measurement of a generator as plain values, or None; a starter's lies in the task's folder."""
    places = [library.folder(model), *(library.folder(run.id) for run in _runs(model))]
    known = [durable.read_json(place / FILE) for place in places]
    return next((each for each in known if each and each.get("model") == model), None)


def running(model: str):
    """The unfinished or newest run that measures a generator, or None."""
    return next(iter(_runs(model)), None)


def _runs(model: str) -> list:
    return [run for run in jobs.all() if run.kind == TASK and run.settings.get("model") == model]
