"""The verb `data check`: what is wrong inside a data set, and what to do about it."""

from argparse import ArgumentParser, Namespace

from mlcore import data, findings
from mlcore.cli.result import Result
from mlcore.cli.terminal import tell_again
from mlcore.errors import Kind, Refused
from mlcore.findings import Finding

SHOWN = 3  # pictures named for a person
NOTICED = {"train-test-near-leak", "near-duplicates", "label-conflict", "unreadable", "class-missing-in-split"}
TOLD_AT_ONCE = 20_000  # pictures up to which adding them says what the quick checks find: some seconds


def describe(parser: ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.set_defaults(work=check_one)
    parser.add_argument("name", metavar="N")
    parser.add_argument("--only", nargs="+", metavar="CHECK", help=f"of {', '.join(findings.checks.names())}")
    parser.add_argument("--quick", action="store_true", help="only what needs no network")
    parser.add_argument("--apply", metavar="KIND", help="make a new version by the first remedy for what is of a kind")


def check_one(given: Namespace) -> Result:
    """Look for near copies, leaks, wrong classes, odd pictures, shortcuts and private facts."""
    dataset = data.open(given.name)
    work = findings.quick if given.quick else findings.check
    found = findings.check(dataset, _progress, given.only) if given.only else work(dataset, _progress)
    if given.apply:
        return _applied(dataset, [each for each in found if each.kind == given.apply], given.apply)
    lines = [line for each in found for line in _lines(dataset, each)]
    return Result({"findings": documents(dataset, found)}, "\n".join(lines) or "Nothing was found.")


def after_adding(dataset: data.Dataset) -> list[Finding]:
    """What the quick checks say of a set that was just added beside its notices; of a large one `data check` tells."""
    found = findings.quick(dataset, _progress) if len(dataset) <= TOLD_AT_ONCE else []
    return [each for each in found if each.kind not in NOTICED]


def documents(dataset: data.Dataset, found: list[Finding]) -> list[dict]:
    """Findings as plain values."""
    return [
        {
            "kind": each.kind,
            "severity": each.severity,
            "count": len(each.rows),
            "pictures": [dataset.names[row] for row in each.rows.tolist()],
            "rows": each.rows.tolist(),
            "captions": list(each.captions),
            "message": each.message,
            "why": each.why,
            "remedies": [remedy.title for remedy in each.remedies],
        }
        for each in found
    ]


def _applied(dataset: data.Dataset, found: list[Finding], kind: str) -> Result:
    remedies = [each.remedies[0] for each in found if each.remedies]
    if not remedies:
        raise Refused(Kind.BAD_SETTING, f"There is nothing of the kind {kind!r} that one step would mend.")
    edits = [edit for remedy in remedies for edit in remedy.edits]
    made = data.edit(dataset.name, edits, why=f"{remedies[0].title} ({kind})", fingerprint=dataset.fingerprint)
    text = f"{remedies[0].title}: version {made.version} of {made.name}; `data undo {made.name}` goes back."
    return Result({"version": made.version, "fingerprint": made.fingerprint}, text)


def _lines(dataset: data.Dataset, found: Finding) -> list[str]:
    names = [dataset.names[row] for row in found.rows[:SHOWN].tolist()]
    shown = [f"  {name}" for name in names]
    more = [f"  and {len(found.rows) - SHOWN:,} more"] if len(found.rows) > SHOWN else []
    remedies = [f"  Remedy: {each.title}" for each in found.remedies]
    return [f"{found.kind} ({found.severity}): {found.message}", *shown, *more, *remedies]


def _progress(share: float, text: str = "", /) -> None:
    """How far it is, on stderr when a person is watching."""
    tell_again(f"{share:.0%} {text}", last=share >= 1)
