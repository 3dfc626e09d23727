"""The verb `explain`: which places speak for an answer."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from mlcore import clips, durable, explanation, images, intake, library
from mlcore.cli.explanations import explain_all
from mlcore.cli.generation import class_named
from mlcore.cli.output import add_output
from mlcore.cli.result import Result
from mlcore.cli.terminal import tell_again
from mlcore.clips import Clip
from mlcore.errors import Kind, Refused
from mlcore.images import Picture
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier
from mlcore.settings import override


def describe(parser: ArgumentParser) -> None:
    """Arguments of `explain`."""
    parser.add_argument("id", metavar="ID")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--method", required=True, metavar="M", help="see `list methods`")
    parser.add_argument("--target", metavar="CLASS", help="class to explain (default: the answer)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="assignments", help="a setting of the method"
    )
    parser.add_argument("--grade", action="store_true", help="say whether to believe the map, and why")
    add_output(parser, "--out", "PNG", help="write the overlay")
    add_output(parser, "--npy", "OUT", help="write the heat map, float32 (H, W), or (T, H, W) of a clip")
    add_output(parser, "--zip", "ZIP", help="explain all pictures of files, folders and archives into this file")


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
    tell_again(f"{share:.0%}", last=share == 1)


VERBS = {"explain": (describe, explain)}
