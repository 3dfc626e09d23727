"""Write what follows from the code: docs/shelves.md, docs/command-line.md and the maps in docs/architecture.md.

    python -m docs.generate          write them
    python -m docs.generate --check  only say whether they are up to date

A test fails when they aren't.
"""

import argparse
import sys
from pathlib import Path

from docs import maps
from mlcore import active_learning, architectures, data, explanation, settings, training
from mlcore.architectures import rows
from mlcore.jobs import tasks
from mlcore.recipe import Augmentation, Distillation, Training

FOLDER = Path(__file__).parent
NOTE = "<!-- Written by `make docs`; changes made here are lost. -->\n"


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    texts = {"shelves.md": shelves(), "command-line.md": command_line(), "architecture.md": maps.architecture()}
    return {FOLDER / name: text for name, text in texts.items()}


def stale() -> list[str]:
    """The names of the pages that no longer say what the code says."""
    return [path.name for path, text in pages().items() if not path.exists() or path.read_text() != text]


# shelves.md


def shelves() -> str:
    """What stands on each shelf and what can be set, as tables."""
    parts = [
        "# What is on the shelves\n",
        NOTE,
        "Every entry is one file; see `CONTRIBUTING.md` for adding one. A setting is given on the command line as\n"
        "`--set settings.NAME=VALUE` for an architecture and `--set training.NAME=VALUE` for training.\n",
        _shelf("Architectures", architectures.shelf),
        _layer_rows(),
        _shelf("Explanation methods", explanation.methods),
        _shelf("Data sources", data.sources),
        _shelf("Strategies of active learning", active_learning.strategies),
        _shelf("Tasks", tasks.shelf),
        _presets(),
        _settings("## Training settings", Training),
        _settings("### Augmentation (`training.augmentation.NAME`)", Augmentation),
        _settings("### Distillation (`training.distillation.NAME`)", Distillation),
    ]
    return "\n".join(part for part in parts if part)


def _shelf(title: str, shelf) -> str:
    rows = [(f"`{entry.name}`", entry.title, entry.summary) for entry in shelf.all()]
    details = [_settings(f"### `{entry.name}`", entry.settings, entry.defaults) for entry in shelf.all()]
    return "\n".join([f"## {title}\n", _table(("name", "title", "what it is"), rows), *filter(None, details)])


def _layer_rows() -> str:
    """What the rows of an own network can be."""
    kinds = [(f"`{name}`", _fields(kind), kind.__doc__) for name, kind in rows.KINDS.items()]
    intro = '`settings.layers` is a list of rows such as `{"type": "convolution", "filters": 32}`:\n'
    return "\n".join(
        ["### Rows of `layers`\n", intro, _table(("type", "settings with defaults", "what it does"), kinds)]
    )


def _fields(kind: type[settings.Settings]) -> str:
    own = [spec for spec in settings.fields(kind) if spec.name != "type"]
    return ", ".join(f"`{spec.name}` {_value(spec.default)}" for spec in own)


def _presets() -> str:
    rows = [(f"`{preset.name}`", preset.summary, _assignments(preset.training)) for preset in training.presets.values()]
    return "## Presets\n\n" + _table(("name", "what it does", "training settings"), rows)


def _settings(heading: str, declared: type[settings.Settings], defaults=None) -> str:
    rows = [
        (f"`{spec.name}`", _value(spec.default), _bounds(spec), spec.help + ("" if not spec.expert else " *(expert)*"))
        for spec in settings.fields(declared)
    ]
    suits = f"Trains by default with {_assignments(defaults)}.\n" if defaults else ""
    table = _table(("setting", "default", "allowed", "what it does"), rows) if rows else ""
    return "\n".join(filter(None, [heading + "\n", suits, table])) if suits or rows else ""


def _bounds(spec: settings.FieldSpec) -> str:
    if spec.choices:
        return ", ".join(f"`{choice}`" for choice in spec.choices)
    if spec.low is not None and spec.high is not None:
        return f"{_number(spec.low)} to {_number(spec.high)}"
    return {"flag": "yes or no", "list": "list of numbers", "names": "names of models"}.get(spec.type, spec.type)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _assignments(values) -> str:
    flat = []
    for name, value in values.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        flat += [f"`{name}{'.' if key else ''}{key}={_plain(part)}`" for key, part in inner]
    return ", ".join(flat)


def _plain(value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _value(value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "–" if value in (None, "") else _number(value) if isinstance(value, float) else str(value)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


# command-line.md


def command_line() -> str:
    """Every verb with its arguments, read from the parser itself."""
    from mlcore.cli import parser

    whole = parser()
    parts = [
        "# The command line\n",
        NOTE,
        "`python -m mlcore [--home DIR] VERB ...` does headless what the pages do, on the same files; where Vitrine\n"
        "is installed (`pip install .`), `vitrine VERB ...` is the same. Every verb but `app` takes `--json` and then\n"
        "prints one JSON document; messages go to the error stream. The exit code is 0 when the work is done and 2\n"
        "when the input was refused, with one sentence that says why.\n",
        *_verbs(whole, "python -m mlcore"),
    ]
    return "\n".join(parts)


def _verbs(parser: argparse.ArgumentParser, name: str):
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help for choice in action._choices_actions}
            for verb, inner in action.choices.items():
                yield from _verb(inner, f"{name} {verb}", helps.get(verb) or inner.description or "")


def _verb(parser: argparse.ArgumentParser, name: str, help: str):
    own = [action for action in parser._actions if not isinstance(action, _HIDDEN) and action.dest != "json"]
    deeper = any(isinstance(action, argparse._SubParsersAction) for action in parser._actions)
    if not deeper:
        usage = " ".join([name, *map(_usage, own)])
        rows = [(f"`{_name(action)}`", _help(action)) for action in own if action.help]
        yield f"## `{usage}`\n\n{help[:1].upper()}{help[1:].rstrip('.')}.\n" + (
            "\n" + _table(("argument", "what it is"), rows) if rows else ""
        )
    yield from _verbs(parser, name)


_HIDDEN = (argparse._HelpAction, argparse._SubParsersAction)


def _usage(action: argparse.Action) -> str:
    text = _name(action)
    many = action.nargs in ("*", "+") or isinstance(action, argparse._AppendAction)
    needed = action.required if action.option_strings else action.nargs not in ("*", "?")
    return (text if needed else f"[{text}]") + ("..." if many else "")


def _name(action: argparse.Action) -> str:
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    if not action.option_strings:
        return str(value)
    return action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]} {value}"


def _help(action: argparse.Action) -> str:
    return action.help % {**vars(action), "prog": "mlcore"}


def main() -> int:
    """Write the pages, or with --check say which are stale."""
    if "--check" in sys.argv:
        print("\n".join(stale()) or "up to date")
        return bool(stale())
    for path, text in pages().items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
