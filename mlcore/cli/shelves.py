"""Verbs that look and tell: check, list, doctor."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlcore import active_learning, architectures, data, doctor, explanation, generation, intake, repair, training
from mlcore.cli.result import Result, table
from mlcore.errors import Kind, Refused
from mlcore.settings import fields

SHELVES: dict[str, Callable[[], list]] = {
    "architectures": architectures.shelf.all,
    "methods": explanation.methods.all,
    "sources": data.sources.all,
    "fills": repair.fills.all,
    "generators": generation.generators.all,
    "strategies": active_learning.strategies.all,
    "presets": lambda: list(training.presets.values()),
}


def check(given: Namespace) -> Result:
    """Say how each picture, archive or model file would be read; a refused one makes the exit status 2."""
    rows = [intake.check(Path(file)) for file in given.files]
    refused = [row for row in rows if not row["accepted"]]
    sentence = f"Refused: {len(refused):,} of {len(rows):,} files."
    refusal = Refused(Kind(refused[0]["kind"]), sentence) if refused else None
    return Result({"files": rows}, "\n".join(_row(row) for row in rows), refusal)


def _row(row: dict) -> str:
    if not row["accepted"]:
        return f"{row['file']}: refused ({row['kind']}). {row['message']}"
    facts = ", ".join(
        f"{name} {value}" for name, value in row.items() if name not in ("file", "accepted", "notices") and value
    )
    notices = "".join(f"\n  {notice['message']}" for notice in row.get("notices", []))
    return f"{row['file']}: {facts}{notices}"


def show_shelf(given: Namespace) -> Result:
    """List what is on a shelf."""
    entries = SHELVES[given.shelf]()
    rows = [{"name": entry.name, "title": entry.title, "summary": entry.summary} for entry in entries]
    full = [{**row, **_settings(entry)} for row, entry in zip(rows, entries, strict=True)]
    return Result({given.shelf: full}, table(rows, "This shelf is empty."))


def _settings(entry: Any) -> dict:
    if not hasattr(entry, "settings"):
        return {"training": dict(entry.training)}
    return {"settings": [asdict(field) for field in fields(entry.settings)], "traits": sorted(entry.traits)}


def examine(given: Namespace) -> Result:
    """Say what works on this machine, and what to do about what doesn't."""
    findings = doctor.examine()
    lines = [
        f"{'ok ' if finding.ok else '-- '} {finding.name}: {finding.value}"
        + (f" {finding.advice}" if finding.advice else "")
        for finding in findings
    ]
    return Result({"checks": [asdict(finding) for finding in findings]}, "\n".join(lines))


def _finding(finding: doctor.Finding) -> str:
    advice = f" {finding.advice}" if finding.advice else ""
    return f"{'ok ' if finding.ok else '-- '} {finding.name}: {finding.value}{advice}"


VERBS = {
    "check": (lambda parser: parser.add_argument("files", nargs="+", metavar="FILE"), check),
    "list": (lambda parser: parser.add_argument("shelf", choices=list(SHELVES)), show_shelf),
    "doctor": (lambda parser: None, examine),
}
