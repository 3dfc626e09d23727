"""Findings: what is wrong inside a data set, why it matters, and what to do about it with one click."""

from collections.abc import Sequence

from mlcore.data import Dataset
from mlcore.findings import kept
from mlcore.findings.checks import checks
from mlcore.findings.finding import SEVERITIES, Finding, Remedy
from mlcore.findings.material import Material
from mlcore.progress import Progress, part, silent
from mlcore.registry import Entry

__all__ = ["Finding", "Remedy", "check", "checks", "kept_findings", "quick"]


def check(dataset: Dataset, progress: Progress = silent, kinds: Sequence[str] | None = None) -> list[Finding]:
    """Every finding of the checks of these names, or all, the most serious first; kept for the next time.

    An exception raised by `progress` ends the work; what was found so far is kept. Raises Refused(unknown-name).
    """
    entries = [entry for entry in chosen(kinds) if suits(entry, dataset)]
    material, found = Material(dataset), list[Finding]()
    for number, entry in enumerate(entries):
        known = kept.read(dataset, entry.name)
        if known is None:
            hear = part(progress, number, len(entries))
            material.progress = hear
            known = entry.run(material, hear)
            kept.write(dataset, entry.name, known)
        progress((number + 1) / len(entries), entry.title)
        found += known
    return ordered(found)


def quick(dataset: Dataset, progress: Progress = silent) -> list[Finding]:
    """The findings of all checks that need no network."""
    return check(dataset, progress, [entry.name for entry in checks.all() if "backbone" not in entry.traits])


def kept_findings(dataset: Dataset) -> list[Finding] | None:
    """What `check` found before, at once; None where a check is still to be made."""
    parts = [kept.read(dataset, entry.name) for entry in checks.all() if suits(entry, dataset)]
    whole = [each for each in parts if each is not None]
    return ordered([one for each in whole for one in each]) if len(whole) == len(parts) else None


def chosen(kinds: Sequence[str] | None) -> list[Entry]:
    """The checks of these names, quick ones first; all without names."""
    entries = checks.all() if kinds is None else [checks.get(name) for name in kinds]
    return sorted(entries, key=lambda entry: "backbone" in entry.traits)


def suits(entry: Entry, dataset: Dataset) -> bool:
    """Whether a check has something to look at in this data set."""
    lacks_pictures = dataset.is_sequence and entry.traits & {"pictures", "backbone"}
    return not lacks_pictures and not ("labels" in entry.traits and len(dataset.classes) < 2)


def ordered(findings: list[Finding]) -> list[Finding]:
    """The most serious first, in the order of the shelf among equals."""
    return sorted(findings, key=lambda each: SEVERITIES.index(each.severity))
