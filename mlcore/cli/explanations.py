"""Explanations (saliency maps) at large: `judge`, and `explain` for many pictures."""

import io
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mlcore import data, durable, library
from mlcore.cli.result import Result, table
from mlcore.cli.terminal import tell
from mlcore.errors import Kind, Refused
from mlcore.library.classifier import Classifier
from mlcore.progress import Progress
from mlcore.settings import read


def judge(given: Namespace) -> Result:
    """Which methods of explanation beat random maps with a model; Ctrl-C stops, the same command goes on."""
    from mlcore.evaluation.unseen import own_data
    from mlcore.explanation.judge import report, sample, store
    from mlcore.jobs.tasks.explanation_report import ExplanationReportSettings

    names = ("data", "pictures", "slow_pictures", "methods", "seed")
    asked = read(ExplanationReportSettings, {name: getattr(given, name) for name in names})
    wanted = sample.asked(asked.methods, asked.slow_pictures)
    classifier = library.open_classifier(given.id)
    dataset = data.open(asked.data) if asked.data else own_data(classifier)
    pictures, source = sample.pictures(classifier, dataset.split("test"), asked.pictures, asked.seed)
    try:
        folder = store.folder(classifier)
        benchmark = report(classifier, pictures, wanted, _in_percent(), folder, source, seed=asked.seed)
    except KeyboardInterrupt:
        raise Refused(Kind.CANCELLED, "Stopped; the same command goes on from here.") from None
    skipped = [f"{name} was left out: {reason}" for name, reason in benchmark.skipped.items()]
    notes = [source["note"]] if source["note"] else []
    lines = [benchmark.sentence, *notes, "", table([_row(row) for row in benchmark.rows], ""), *skipped]
    document = {"id": given.id, **benchmark.to_json()} | ({"note": source["note"]} if notes else {})
    return Result(document, "\n".join(lines))


def explain_all(given: Namespace, classifier: Classifier, target: str | int | None, settings: dict[str, Any]) -> Result:
    """Every picture of the files, folders and archives explained, into one ZIP with a page of all."""
    from mlcore.explanation.render import html

    sources, packed = [(file, Path(file)) for file in given.files], io.BytesIO()
    documents: list[dict[str, Any]] = []
    rows = html.explain_many(classifier, sources, given.method, target, _naming_files(), **settings)
    facts = {"Model": f"{classifier.card.title} ({given.id})", "Method": given.method}
    try:
        html.archive(packed, _noted(rows, documents), f"{given.method} of many pictures", facts)
    except KeyboardInterrupt:
        raise Refused(Kind.CANCELLED, "Stopped before all were done; nothing was written.") from None
    durable.write_bytes(Path(given.zip), packed.getvalue())
    lines = [f"{row['file']}: {row.get('class') or row['message']}" for row in documents]
    return Result({"id": given.id, "method": given.method, "pictures": documents}, "\n".join(lines))


def _noted(rows: Iterable[Any], documents: list[dict[str, Any]]) -> Iterator[Any]:
    """The rows as they come, with what a script wants to know of each put into `told`."""
    for row in rows:
        explanation, refusal = row.explanation, row.refusal
        if refusal:
            documents.append({"file": row.file, "kind": str(refusal.kind), "message": refusal.message})
        else:
            facts = {"target": explanation.target, "class": explanation.class_name, "score": explanation.score}
            documents.append({"file": row.file, **facts, "answer": row.answer, "diagnostics": explanation.diagnostics})
        yield row


def _naming_files() -> Progress:
    """Progress that names each file once, for whoever waits at a terminal."""
    names: list[str] = []

    def progress(share: float, file: str = "", /) -> None:
        if sys.stderr.isatty() and file not in names[-1:]:
            names.append(file)
            tell(f"{len(names)}: {file}")

    return progress


def _in_percent() -> Progress:
    """Progress on stderr, a percent at a time."""
    shown = -1

    def progress(share: float, text: str = "", /) -> None:
        nonlocal shown
        if (percent := int(100 * share)) != shown:
            shown = percent
            tell(text)

    return progress


def _row(row: Any) -> dict[str, str | int]:
    return {
        "method": row.method,
        "deletion gain": _points(row.deletion_gain),
        "insertion gain": _points(row.insertion_gain),
        "pictures": row.gain.n,
        "wins": f"{row.wins.value:.0%}",
        "random weights": _correlation(row.randomisation),
        "noise": _correlation(row.stability),
        "effect": _correlation(row.fidelity),
        "in words": row.words,
    }


def _points(gain: Any) -> str:
    return f"{100 * gain.value:+.1f} ({100 * gain.low:+.1f} to {100 * gain.high:+.1f})"


def _correlation(interval: Any) -> str:
    return "-" if interval is None else f"{interval.value:.2f}"


def _describe(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID")
    parser.add_argument(
        "--data", default="", metavar="N", help="data set whose test pictures are explained (default: its own)"
    )
    parser.add_argument("--pictures", type=int, default=100, metavar="COUNT", help="how many of them (default: 100)")
    parser.add_argument(
        "--slow-pictures", type=int, default=25, metavar="COUNT", help="how many for slow methods (default: 25)"
    )
    parser.add_argument("--methods", default="", metavar="A,B", help="see `list methods` (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="draws pictures and random maps (default: 0)")


VERBS = {"judge": (_describe, judge)}
