"""The verb `teach`, few-shot learning: a model from a few pictures a class, on the filters of a finished one."""

from argparse import ArgumentParser, Namespace

from mlcore import backbones, data, jobs, library, reader
from mlcore.cli.result import Result
from mlcore.cli.runs import begun
from mlcore.intervals import Interval


def describe(parser: ArgumentParser) -> None:
    """Arguments of `teach`."""
    parser.add_argument("--data", required=True, metavar="N", help="data set")
    parser.add_argument("--backbone", default="", metavar="B", help="model whose filters are used; else the best fit")
    parser.add_argument("--per-class", type=int, default=0, metavar="K", help="learn from K pictures a class only")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="number that decides which pictures")
    parser.add_argument("--title", default="", help="what to call the model")
    parser.add_argument("--detach", action="store_true", help="give the id at once and go on in the background")


def teach(given: Namespace) -> Result:
    """Teach a model: only its answer layer learns, in about a second; the filters are those of a finished one."""
    backbone = given.backbone or backbones.fitting(data.open(given.data).shape)
    backbones.open(backbone)
    settings = {"data": given.data, "backbone": backbone, "per_class": given.per_class, "seed": given.seed}
    outcome = begun(jobs.start_task("teach", settings, given.title), given.detach)
    if given.detach or outcome.refusal or outcome.fault or outcome.document.get("state") != "done":
        return outcome
    return _shown(outcome)


def _shown(outcome: Result) -> Result:
    id = outcome.document["id"]
    card, facts = library.card_of(id), reader.facts(library.folder(id) / "lesson.json")
    accuracy = card.accuracy.to_json() if card.accuracy else None
    measured = card.accuracy.text() if card.accuracy else "not measured"
    lines = [
        id,
        f"{facts['pictures']:,} pictures learned in {facts['fit_seconds']:.2f} s",
        f"left out in turn: {Interval.from_json(facts['cross_validated']).text()}",
        f"on test pictures: {measured}",
    ]
    return Result({**outcome.document, "accuracy": accuracy, **facts}, "\n".join(lines))


VERBS = {"teach": (describe, teach)}
