"""The command line: each verb is one function that gives a document for scripts and a text for people.

Exit 0: done. Exit 2: the input was refused, in one sentence. Anything else is a fault of ours.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from mlcore.cli import (
    app,
    classify,
    evaluate,
    explain,
    explanations,
    generation,
    models,
    repair,
    runs,
    sets,
    shelves,
    sweeps,
    teach,
)
from mlcore.cli.result import Result
from mlcore.cli.terminal import say, tell
from mlcore.errors import Kind, Refused

VERBS = {**app.VERBS, **shelves.VERBS, **sets.VERBS, **runs.VERBS, **sweeps.VERBS, **models.VERBS}
VERBS |= {**evaluate.VERBS, **classify.VERBS, **explain.VERBS}
VERBS |= {**teach.VERBS, **explanations.VERBS, **generation.VERBS, **repair.VERBS}


def main(words: list[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    words = sys.argv[1:] if words is None else words
    as_json = "--json" in words
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        given = _parsed(words)
        if given.home:
            os.environ["MLCORE_HOME"] = given.home
        result = given.work(given)
    except Refused as refusal:
        return _refuse(refusal, as_json)
    except BrokenPipeError:
        return 0
    except OSError as error:
        where = f"{str(error.filename)!r}" if error.filename else "A file"
        return _refuse(Refused(Kind.MISSING_DATA, f"{where} can't be used: {error.strerror or error}."), as_json)
    say(json.dumps(result.document, ensure_ascii=False, allow_nan=False) if as_json else result.text)
    if result.fault:
        tell(result.fault)
        return 1
    return _refuse(result.refusal, as_json=False) if result.refusal else 0


def parser() -> argparse.ArgumentParser:
    """The parser with every verb; the command-line page of the docs is made from it."""
    top = _Parser(prog=_prog(), description="Image models: train, classify, explain, evaluate.")
    top.add_argument(
        "--home",
        metavar="DIR",
        help="folder that holds models and data (default: MLCORE_HOME, else workspace beside app.py)",
    )
    top.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, (describe, work) in VERBS.items():
        _add(verbs, name, describe, work)
    return top


def _prog() -> str:
    """How we were called: by the command of the installed package, or as a module."""
    return "vitrine" if os.path.basename(sys.argv[0]) == "vitrine" else "python -m mlcore"


def _parsed(words: list[str]) -> argparse.Namespace:
    """The words as the parser reads them; `more` are those after `app`, which are Streamlit's."""
    top = parser()
    given, more = top.parse_known_args(words)
    if more and given.verb != "app":
        top.error(f"unrecognized arguments: {' '.join(more)}")
    return argparse.Namespace(**vars(given), more=more)


def _add(verbs: argparse._SubParsersAction, name: str, describe: Callable, work: Callable) -> None:
    summary = work.__doc__.strip().split("\n", 1)[0] if work.__doc__ else describe.__doc__
    one = verbs.add_parser(name, help=summary, description=summary)
    one.set_defaults(work=work)
    describe(one)
    _with_json(one)


def _with_json(one: argparse.ArgumentParser) -> None:
    one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON document on stdout")
    for verbs in (action for action in one._actions if isinstance(action, argparse._SubParsersAction)):
        for inner in verbs.choices.values():
            _with_json(inner)


def _refuse(refusal: Refused, as_json: bool) -> int:
    if as_json:
        say(json.dumps({"error": {"kind": str(refusal.kind), "message": refusal.message}}, ensure_ascii=False))
    tell(refusal.message)
    return 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command as any other refusal; options are written in full."""

    def __init__(self, **settings: Any):
        super().__init__(**{**settings, "allow_abbrev": False})

    def error(self, message: str) -> NoReturn:
        raise Refused(
            Kind.BAD_SETTING, f"This command can't be read: {message}. `{self.prog} --help` says what it takes."
        )


__all__ = ["Result", "main", "parser"]
