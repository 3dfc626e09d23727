"""The verb `evaluate`: how good a model is, how far its promises hold, what it notices."""

from argparse import ArgumentParser, Namespace

from mlcore import data, evaluation, library
from mlcore.cli.result import Result, percent, table
from mlcore.errors import Refused
from mlcore.evaluation.unseen import own_data
from mlcore.library.card import Card, Noticing
from mlcore.library.certainty import Certainty
from mlcore.library.classifier import Classifier


def describe(parser: ArgumentParser) -> None:
    """Arguments of `evaluate`."""
    parser.add_argument("id", metavar="ID")
    parser.add_argument("--data", metavar="N", help="another data set with the same classes (default: its own)")
    parser.add_argument("--split", default="test", choices=["train", "val", "test"], help="which pictures of it")


def evaluate(given: Namespace) -> Result:
    """How good a model is, with intervals, calibration and confusions."""
    classifier = library.open_classifier(given.id)
    report, note = _measured(classifier, given)
    noticing = _noticing(classifier)
    unlike = noticing.model_dump(mode="json") if noticing else None
    document = {"id": given.id, **report.to_json(), "unlike": unlike, "note": note}
    rows = [
        {
            "class": one.name,
            "precision": _share(one.precision),
            "recall": _share(one.recall),
            "f1": _share(one.f1),
            "pictures": one.n,
        }
        for one in report.per_class
    ]
    lines = [
        f"accuracy {report.accuracy.text()}",
        f"balanced over the classes {_share(report.balanced)}",
        f"always answering {report.commonest[0]!r} {percent(report.commonest[1])}",
        f"calibration error {report.ece_after:.1%} (before scaling {report.ece_before:.1%})",
        *_promises_kept(classifier.card, report.certainty),
        *_noticed(noticing),
    ]
    return Result(document, "\n".join([*lines, *([note] if note else []), "", table(rows, "")]))


def _promises_kept(card: Card, certainty: Certainty | None) -> list[str]:
    """What 'sure' and the sets of several classes are worth."""
    if certainty is None:
        return []
    lines = [f"sure from {card.threshold:.1%} on, of these right: {certainty.sure.text()}"] if certainty.sure else []
    for name, sets in (("all answers", certainty.sets), ("answers that aren't sure", certainty.unsure_sets)):
        if sets:
            lines.append(f"truth in the set, {name}: {sets.share.text()}; {sets.size:.2f} classes on average")
    return lines


def _measured(classifier: Classifier, given: Namespace) -> tuple[evaluation.Evaluation, str]:
    """Measure now where the data is here; else what was measured when the model was made."""
    name = given.data or classifier.card.data
    stored = evaluation.load(classifier.folder, "test") if (classifier.folder / "evaluations").is_dir() else None
    if stored and not given.data and given.split == "test" and not data.stored(name):
        return stored, "Measured when the model was made; its data isn't here."
    dataset = data.open(given.data) if given.data else own_data(classifier)
    report = evaluation.evaluate(classifier, dataset.split(given.split))
    return report, report.note


def _noticing(classifier: Classifier) -> Noticing | None:
    """How it notices pictures unlike its own; measured now where that is missing and its data is here."""
    card = classifier.card
    here = any(one.name == card.data and one.stored for one in data.all())
    if card.unlike or card.starter or not here:
        return card.unlike
    from mlcore.evaluation import out_of_distribution

    try:
        return out_of_distribution.complete(classifier, own_data(classifier))
    except Refused:  # what stands under that name isn't its own
        return None


def _noticed(noticing: Noticing | None) -> list[str]:
    if noticing is None:
        return ["pictures unlike its own: it can't notice them, or that wasn't measured"]
    first = [f"flagged as unlike its own is what is further away than {noticing.beyond}"]
    own = [f"flagged of others of that kind: {percent(noticing.own)}"] if noticing.own else []
    return first + own + [f"flagged of {name}: {percent(share)}" for name, share in noticing.caught.items()]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


VERBS = {"evaluate": (describe, evaluate)}
