"""The verb `classify`: what a model sees in pictures or clips, and how far to believe it."""

import argparse
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np

from mlcore import durable, evaluation, library, tables
from mlcore.cli.output import add_output
from mlcore.cli.result import Result
from mlcore.errors import Refused
from mlcore.evaluation.threshold import FEWEST
from mlcore.intervals import Interval
from mlcore.library import batch
from mlcore.library.card import Card
from mlcore.library.certainty import PROMISE, Certainty, columns
from mlcore.library.classifier import Classifier
from mlcore.library.out_of_distribution import Unlike

UNMEASURED = "Whether a picture is unlike those that it learned from wasn't measured;"
UNLIKE = {"": "flagged", "_score": "score"}  # columns of the CSV file


def describe(parser: ArgumentParser) -> None:
    """Arguments of `classify`."""
    parser.add_argument("id", metavar="ID")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--top", type=_count, default=5, metavar="K", help="how many classes to name")
    add_output(parser, "--csv", "OUT", help="write the table to this file")


def classify(given: Namespace) -> Result:
    """What a model sees in pictures or clips, folders and archives."""
    classifier = library.open_classifier(given.id)
    sources = ((file, Path(file)) for file in given.files)
    certainty = evaluation.certainty_of(classifier.card, classifier.folder)
    rows = [_classified(classifier, row, given.top, certainty) for row in batch.classify(classifier, sources)]
    if given.csv:
        durable.write_text(Path(given.csv), tables.csv(_flat(rows)))
    fine = [row for row in rows if "top" in row]
    lines = [*map(_line, rows), *_caveat(classifier.card, certainty)]
    if not classifier.detector:
        lines.append(f"{UNMEASURED} `evaluate {given.id}` measures it.")
    document = {"id": given.id, "pictures": rows}
    if fine or not rows:
        return Result(document, "\n".join(lines))
    refusal = Refused(rows[0]["kind"], rows[0]["message"])
    return Result({**document, "error": {"kind": refusal.kind, "message": refusal.message}}, "", refusal)


def _caveat(card: Card, certainty: Certainty | None) -> list[str]:
    """That nothing was measured, or too little for any answer to be sure."""
    if certainty is None:
        return ["How far these answers can be believed wasn't measured."]
    if card.calibrated_on is None or card.calibrated_on >= FEWEST:
        return []
    return [
        f"No answer is called sure: confidence was measured on {card.calibrated_on} pictures only; it takes {FEWEST}."
    ]


def _classified(classifier: Classifier, row: batch.Row, top: int, certainty: Certainty | None) -> dict:
    if row.refusal:
        return {"file": row.file, "kind": str(row.refusal.kind), "message": row.refusal.message}
    if row.seen is None or row.prediction is None:
        return {"file": row.file}
    best = row.prediction.top(top)
    level = certainty.near(row.prediction.confidence) if certainty else None
    document: dict[str, Any] = {
        "file": row.file,
        "top": [{"class": label, "probability": round(share, 6)} for label, share in best],
        "sure": row.prediction.sure,
        "set": row.prediction.set,
        "measured": level.accuracy.to_json() if level else None,
        "notices": [{"kind": str(notice.kind), "message": notice.message} for notice in row.notices],
    }
    document["unlike"] = row.prediction.unlike.to_json() if row.prediction.unlike else None
    if group := row.prediction.group:
        document["group"] = {"name": group.name, "probability": round(group.probability, 6)}
    if classifier.card.is_sequence:
        document["timeline"] = _timeline(classifier, row.seen, [label for label, _ in best])
    return document


def _timeline(classifier: Classifier, clip: np.ndarray, classes: list[str]) -> list[dict[str, Any]]:
    """The probabilities of some classes had the clip stood still from each frame on."""
    chances = dict(zip(classifier.card.classes, classifier.timeline(clip).T.tolist(), strict=True))
    return [{"class": name, "probabilities": [round(share, 6) for share in chances[name]]} for name in classes]


def _line(row: dict) -> str:
    if "kind" in row:
        return f"{row['file']}: refused ({row['kind']}). {row['message']}"
    words = ", ".join(f"{one['class']} {_chance(one['probability'])}" for one in row["top"])
    frames = row["timeline"][0]["probabilities"] if "timeline" in row else []
    over_time = f"\n  {row['top'][0]['class']} frame by frame: {', '.join(f'{share:.0%}' for share in frames)}"
    whole = f", {row['group']['name']} as a whole {row['group']['probability']:.1%}" if "group" in row else ""
    several = f"; one of {', '.join(row['set'])} with {PROMISE:.0%}" if row["set"] and len(row["set"]) > 1 else ""
    doubt = "" if row["sure"] else f" (not sure{whole}{several})"
    return f"{row['file']}: {_warning(row['unlike'])}{words}{doubt}{over_time if frames else ''}"


def _chance(probability: float) -> str:
    """A probability as people read it; no model is certain."""
    return "over 99.9%" if probability >= 0.9995 else f"{probability:.1%}"


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
            **columns(row.get("set"), Interval.from_json(row["measured"]) if row.get("measured") else None),
            **{f"unlike{end}": (row.get("unlike") or {}).get(key, "") for end, key in UNLIKE.items()},
            "problem": row.get("message", ""),
        }
        for row in rows
    ]


def _at(row: dict, rank: int, key: str) -> str | float:
    return row["top"][rank][key] if rank < len(row.get("top", ())) else ""


def _count(text: str) -> int:
    """A whole number of at least one."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a whole number of at least 1")
    return int(text)


VERBS = {"classify": (describe, classify)}
