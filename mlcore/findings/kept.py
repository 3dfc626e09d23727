"""What checks found, kept on disk by the content of the data set, so that a second look is at once."""

import hashlib
from contextlib import suppress
from pathlib import Path

from mlcore import durable, reader
from mlcore.data import Dataset
from mlcore.errors import Refused
from mlcore.findings.checks import checks
from mlcore.findings.finding import SEVERITIES, Finding
from mlcore.home import in_home

FORM = 1  # of what is written; another one is made again
MOST_BYTES = 2**26
MOST_FILES = 500  # the oldest go first


def read(dataset: Dataset, check: str) -> list[Finding] | None:
    """What a check found in this content; None where it wasn't made, or can't be read."""
    try:
        values = reader.facts(_path(dataset, check))
        found = [Finding.from_json(each) for each in values["findings"]] if values["form"] == FORM else None
    except (Refused, KeyError, TypeError, ValueError, OverflowError):
        return None
    return found if found is not None and all(_fits(each, dataset) for each in found) else None


def _fits(found: Finding, dataset: Dataset) -> bool:
    """Whether it can be shown with the pictures of the data set."""
    is_known = found.severity in SEVERITIES and found.kind in {entry.name for entry in checks.all()}
    has_rows = not len(found.rows) or 0 <= found.rows.min() <= found.rows.max() < len(dataset)
    return is_known and has_rows and len(found.captions) in (0, len(found.rows))


def write(dataset: Dataset, check: str, findings: list[Finding]) -> None:
    """Keep what a check found; on a full disk it is found again the next time."""
    path = _path(dataset, check)
    with suppress(OSError):
        durable.write_json(path, {"form": FORM, "findings": [each.to_json() for each in findings]})
    files = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
    for older in files[MOST_FILES:]:
        older.unlink(missing_ok=True)


def _path(dataset: Dataset, check: str) -> Path:
    """Files tell of a picture what its pixels don't, so the name of the data set counts, too."""
    key = hashlib.sha256(f"{dataset.name} {dataset.created} {dataset.fingerprint}".encode()).hexdigest()[:24]
    return in_home("cache/findings") / f"{key}-{check}.json"
