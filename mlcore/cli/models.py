"""Verbs of finished models: models, show, remove, evaluate, classify, explain."""

import argparse
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from mlcore import clips, data, durable, evaluation, explanation, images, intake, jobs, library, tables
from mlcore.cli.explanations import explain_all
from mlcore.cli.generation import class_named
from mlcore.cli.result import Result, percent, table
from mlcore.clips import Clip
from mlcore.errors import Kind, Refused
from mlcore.images import Picture
from mlcore.library import batch
from mlcore.library.card import Card, Noticing
from mlcore.library.classifier import Classifier
from mlcore.library.out_of_distribution import Unlike
from mlcore.settings import override

UNMEASURED = "Whether a picture is unlike those that it learned from wasn't measured;"
UNLIKE = {"": "flagged", "_score": "score"}  # columns of the CSV file


def show_models(given: Namespace) -> Result:
    """The library: every finished model with its accuracy."""
    cards = library.all()
    rows = [
        {"id": card.id, "title": card.title, "data": card.data, "accuracy": percent(card.accuracy)} for card in cards
    ]
    return Result({"models": [_listed(card) for card in cards]}, table(rows, "No models yet; `train` makes one."))


def _listed(card: Card) -> dict:
    accuracy = card.accuracy.to_json() if card.accuracy else None
    return {**card.model_dump(mode="json"), "accuracy": accuracy}


def show(given: Namespace) -> Result:
    """All that is known of one model or run."""
    card = library.card_of(given.id) if any(card.id == given.id for card in library.all()) else None
    run = None if card and card.starter else _run(given.id, card)
    recipe = durable.read_json(library.folder(given.id) / "recipe.json") or {}
    card_facts = _listed(card) if card else None
    document = {"id": given.id, "recipe": recipe, "card": card_facts, "run": run}
    facts = card_facts or run or {}
    return Result(document, "\n".join(f"{name}: {value}" for name, value in facts.items() if value not in (None, "")))


def _run(id: str, card: Card | None) -> dict | None:
    try:
        run = jobs.run(id)
        return {"state": run.state, "progress": run.progress, "message": run.message}
    except Refused:
        if card:
            return None  # a model that was copied in without its run
        raise Refused(
            Kind.UNKNOWN_MODEL, f"There is no model or run called {id!r}; `models` and `runs` list them."
        ) from None


def remove(given: Namespace) -> Result:
    """Delete a model or run for good."""
    if any(run.id == given.id for run in jobs.all()):
        jobs.remove(given.id)
    else:
        library.remove(given.id)
    return Result({"removed": given.id}, f"Removed {given.id}.")


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
        f"calibration error {report.ece_after:.1%} (before scaling {report.ece_before:.1%})",
        *_noticed(noticing),
    ]
    return Result(document, "\n".join([*lines, *([note] if note else []), "", table(rows, "")]))


def _measured(classifier: Classifier, given: Namespace) -> tuple[evaluation.Evaluation, str]:
    """Measure now where the data is here; else what was measured when the model was made."""
    name = given.data or classifier.card.data
    stored = evaluation.load(classifier.folder, "test") if (classifier.folder / "evaluations").is_dir() else None
    here = any(one.name == name and one.stored for one in data.all())
    if stored and not given.data and given.split == "test" and not here:
        return stored, "Measured when the model was made; its data isn't here."
    return evaluation.evaluate(classifier, data.open(name).split(given.split)), ""


def _noticing(classifier: Classifier) -> Noticing | None:
    """How it notices pictures unlike its own; measured now where that is missing and its data is here."""
    card = classifier.card
    here = any(one.name == card.data and one.stored for one in data.all())
    if card.unlike or card.starter or not here:
        return card.unlike
    from mlcore.evaluation import out_of_distribution

    dataset = data.open(card.data)
    return out_of_distribution.complete(classifier, dataset) if set(dataset.classes) == set(card.classes) else None


def _noticed(noticing: Noticing | None) -> list[str]:
    if noticing is None:
        return ["pictures unlike its own: it can't notice them, or that wasn't measured"]
    first = [f"flagged as unlike its own is what is further away than {noticing.beyond}"]
    own = [f"flagged of others of that kind: {percent(noticing.own)}"] if noticing.own else []
    return first + own + [f"flagged of {name}: {percent(share)}" for name, share in noticing.caught.items()]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def classify(given: Namespace) -> Result:
    """What a model sees in pictures or clips, folders and archives."""
    classifier = library.open_classifier(given.id)
    sources = ((file, Path(file)) for file in given.files)
    rows = [_classified(classifier, row, given.top) for row in batch.classify(classifier, sources)]
    if given.csv:
        durable.write_text(Path(given.csv), tables.csv(_flat(rows)))
    fine = [row for row in rows if "top" in row]
    lines = [*map(_line, rows), *([] if classifier.detector else [f"{UNMEASURED} `evaluate {given.id}` measures it."])]
    document = {"id": given.id, "pictures": rows}
    if fine or not rows:
        return Result(document, "\n".join(lines))
    refusal = Refused(rows[0]["kind"], rows[0]["message"])
    return Result({**document, "error": {"kind": refusal.kind, "message": refusal.message}}, "", refusal)


def _classified(classifier: Classifier, row: batch.Row, top: int) -> dict:
    if row.refusal:
        return {"file": row.file, "kind": str(row.refusal.kind), "message": row.refusal.message}
    if row.picture is None or row.prediction is None:
        return {"file": row.file}
    best = row.prediction.top(top)
    document: dict[str, Any] = {
        "file": row.file,
        "top": [{"class": label, "probability": round(share, 6)} for label, share in best],
        "sure": row.prediction.sure,
        "notices": [{"kind": str(notice.kind), "message": notice.message} for notice in row.picture.notices],
    }
    document["unlike"] = row.prediction.unlike.to_json() if row.prediction.unlike else None
    if group := row.prediction.group:
        document["group"] = {"name": group.name, "probability": round(group.probability, 6)}
    if isinstance(row.picture, Clip):
        document["timeline"] = _timeline(classifier, row.picture, [label for label, _ in best])
    return document


def _timeline(classifier: Classifier, clip: Clip, classes: list[str]) -> list[dict[str, Any]]:
    """The probabilities of some classes had the clip stood still from each frame on."""
    chances = dict(zip(classifier.card.classes, classifier.timeline(clip).T.tolist(), strict=True))
    return [{"class": name, "probabilities": [round(share, 6) for share in chances[name]]} for name in classes]


def _line(row: dict) -> str:
    if "kind" in row:
        return f"{row['file']}: refused ({row['kind']}). {row['message']}"
    words = ", ".join(f"{one['class']} {one['probability']:.1%}" for one in row["top"])
    frames = row["timeline"][0]["probabilities"] if "timeline" in row else []
    over_time = f"\n  {row['top'][0]['class']} frame by frame: {', '.join(f'{share:.0%}' for share in frames)}"
    whole = f", {row['group']['name']} as a whole {row['group']['probability']:.1%}" if "group" in row else ""
    answer = f"{words}" + ("" if row["sure"] else f" (not sure{whole})")
    return f"{row['file']}: {_warning(row['unlike'])}{answer}" + (over_time if frames else "")


def _warning(unlike: dict | None) -> str:
    """What stands before an answer to a picture unlike those that the model learned from."""
    if not unlike or not unlike["flagged"]:
        return ""
    return f"unlike what it learned from ({Unlike(**unlike).place}); if one of its classes after all: "


def _flat(rows: list[dict]) -> list[dict]:
    count = max((len(row.get("top", ())) for row in rows), default=0)
    return [
        {
            "file": row["file"],
            **{
                f"{word}_{rank + 1}": _at(row, rank, key)
                for rank in range(count)
                for word, key in (("class", "class"), ("probability", "probability"))
            },
            "sure": row.get("sure", ""),
            **{f"unlike{end}": (row.get("unlike") or {}).get(key, "") for end, key in UNLIKE.items()},
            "problem": row.get("message", ""),
        }
        for row in rows
    ]


def _at(row: dict, rank: int, key: str) -> str | float:
    return row["top"][rank][key] if rank < len(row.get("top", ())) else ""


def explain(given: Namespace) -> Result:
    """Which places of a picture, or of each frame of a clip, speak for an answer; with --zip of many."""
    explanation.methods.get(given.method)
    classifier = library.open_classifier(given.id)
    settings = override({}, given.assignments)
    if taken := {"method", "classifier", "picture", "target", "progress", "sources"} & set(settings):
        raise Refused(Kind.BAD_SETTING, f"{min(taken)!r} isn't a setting of a method; `list methods` names them.")
    target = class_named(classifier.card.classes, given.target)
    if given.zip:
        return explain_all(given, classifier, target, settings)
    return _explain_one(given, classifier, target, settings)


def _explain_one(
    given: Namespace, classifier: Classifier, target: str | int | None, settings: dict[str, Any]
) -> Result:
    from mlcore.explanation import cache
    from mlcore.explanation.render import overlay

    if len(given.files) > 1 or Path(given.files[0]).is_dir():
        raise Refused(Kind.BAD_SETTING, "Maps of several pictures go into a ZIP file; add --zip with its name.")
    picture = _decoded(classifier.card, Path(given.files[0]))
    try:
        heat_map = cache.explained(classifier, picture, given.method, target, progress=_share_done, **settings)
    except KeyboardInterrupt:
        raise Refused(Kind.CANCELLED, "Stopped before the map was done; nothing was written.") from None
    if given.out:
        durable.write_bytes(Path(given.out), images.png(overlay.overlay(heat_map.picture, heat_map, 0.6)))
    if given.npy:
        durable.write_bytes(Path(given.npy), overlay.npy(heat_map.heat))
    document = {
        "method": heat_map.method,
        "target": heat_map.target,
        "class": heat_map.class_name,
        "score": heat_map.score,
        "diagnostics": heat_map.diagnostics,
        "settings": heat_map.settings,
    }
    facts = ", ".join(f"{name} {value}" for name, value in heat_map.diagnostics.items())
    text = f"{heat_map.method} for {heat_map.class_name!r}: {facts}"
    if not given.grade:
        return Result(document, text)
    from mlcore.explanation.judge import judge

    grade = judge(classifier, heat_map)
    return Result({**document, "grade": grade.to_json()}, f"{text}\n{grade.sentence}")


def _decoded(card: Card, file: Path) -> Picture | Clip:
    """The picture in a file, or the clip where the model takes clips."""
    content = intake.read_file(file)
    return clips.decode(content, card.shape[0]) if card.is_sequence else images.decode(content)


def _share_done(share: float, text: str = "", /) -> None:
    """How far a slow method is, for whoever waits at a terminal."""
    if sys.stderr.isatty():
        print(f"\r{share:.0%}", end="\n" if share == 1 else "", file=sys.stderr, flush=True)


def _with_id(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID")


def _describe_evaluate(parser: ArgumentParser) -> None:
    _with_id(parser)
    parser.add_argument("--data", metavar="N", help="another data set with the same classes (default: its own)")
    parser.add_argument("--split", default="test", choices=["train", "val", "test"], help="which pictures of it")


def _describe_classify(parser: ArgumentParser) -> None:
    _with_id(parser)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--top", type=_count, default=5, metavar="K", help="how many classes to name")
    parser.add_argument("--csv", metavar="OUT", help="write the table to this file")


def _count(text: str) -> int:
    """A whole number of at least one."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a whole number of at least 1")
    return int(text)


def _describe_explain(parser: ArgumentParser) -> None:
    _with_id(parser)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--method", required=True, metavar="M", help="see `list methods`")
    parser.add_argument("--target", metavar="CLASS", help="class to explain (default: the answer)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="assignments", help="a setting of the method"
    )
    parser.add_argument("--grade", action="store_true", help="say whether to believe the map, and why")
    parser.add_argument("--out", metavar="PNG", help="write the overlay")
    parser.add_argument("--npy", metavar="OUT", help="write the heat map, float32 (H, W), or (T, H, W) of a clip")
    parser.add_argument(
        "--zip", metavar="ZIP", help="explain all pictures of files, folders and archives into this file"
    )


VERBS = {
    "models": (lambda parser: None, show_models),
    "show": (_with_id, show),
    "remove": (_with_id, remove),
    "evaluate": (_describe_evaluate, evaluate),
    "classify": (_describe_classify, classify),
    "explain": (_describe_explain, explain),
}
