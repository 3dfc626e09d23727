"""A report beside the model it is of: `<model folder>/explanations/report.json`, and what is done of one."""

from pathlib import Path

from pydantic import BaseModel

from mlcore import durable, reader
from mlcore.errors import Refused
from mlcore.explanation.judge.summary import Report
from mlcore.home import in_home
from mlcore.library import STARTERS, on_demand
from mlcore.library.classifier import Classifier

Rows = dict[str, list[dict[str, float]]]  # by method, the numbers of each picture that is done

FILE, PROGRESS = "report.json", "report-progress.json"


class Kept(BaseModel):
    """What is done of a report, and of which one."""

    key: str
    rows: Rows


def folder(classifier: Classifier) -> Path:
    """Where a model's report is kept: in its own folder, or in the home for a model that came along."""
    if classifier.card.starter:
        return in_home("explanations") / classifier.card.id
    return classifier.folder / "explanations"


def save(folder: Path, report: Report) -> None:
    """Keep a finished report; what was kept of its progress goes."""
    durable.write_json(folder / FILE, report.to_json())
    (folder / PROGRESS).unlink(missing_ok=True)


def load(classifier: Classifier) -> Report | None:
    """The report of a model, or None; a model that came along may have brought one."""
    folders = [folder(classifier), classifier.folder / "explanations"]
    if classifier.card.starter:  # one that is made at its first need lies elsewhere than what came along
        folders.append(STARTERS / classifier.card.id / "explanations")
    return next((report for each in folders if (report := _read(each / FILE))), None)


def save_progress(folder: Path, key: str, rows: Rows) -> None:
    """Keep what is done of a report; `key` says of which one."""
    durable.write_json(folder / PROGRESS, {"key": key, "rows": rows})


def load_progress(folder: Path, key: str) -> Rows:
    """What is done of the report of that key; nothing when it is of another."""
    try:
        kept = reader.record(folder / PROGRESS, Kept)
    except Refused:
        return {}
    return kept.rows if kept.key == key else {}


def network(classifier: Classifier) -> str:
    """A digest of the network's file, or of the weights that it was made of on this machine; "" where there is none."""
    weights = on_demand.weights_of(Path(getattr(classifier, "folder", "")))
    if weights:
        return weights.sha256
    try:
        return reader.digest(classifier.folder / "model.keras")
    except (Refused, AttributeError):
        return ""


def _read(path: Path) -> Report | None:
    try:
        return reader.record(path, Report)
    except Refused:
        return None
