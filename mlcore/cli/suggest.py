"""The verb `data suggest`: which pictures to label next, and what each is taken for."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from mlcore import active_learning, data, durable, tables
from mlcore.cli.output import add_output
from mlcore.cli.result import Result, percent, table
from mlcore.cli.terminal import tell_again
from mlcore.errors import Kind, Refused


def describe(parser: ArgumentParser) -> None:
    """Which pictures of a data set to label next, with the likeliest class of each."""
    parser.set_defaults(work=suggest)
    parser.add_argument("name", metavar="N")
    parser.add_argument("--count", type=int, default=24, metavar="K", help="how many (default: 24)")
    parser.add_argument(
        "--strategy",
        choices=active_learning.strategies.names(),
        help="how they are chosen (default: typical ones first, then those that the model is unsure of)",
    )
    parser.add_argument(
        "--sure", type=float, metavar="P", help="instead, every picture whose likeliest class is at least so probable"
    )
    add_output(parser, "--csv", "OUT", help="write file, class and probability to this table, for `data label`")


def suggest(given: Namespace) -> Result:
    """Look at the pictures, learn from the labels, choose."""
    _refuse_numbers(given)
    dataset = data.open(given.name)
    if not len(dataset.unlabelled):
        return _nothing(dataset)
    labelling = active_learning.look(dataset, lambda share, text="", /: tell_again(text, share >= 1))
    chosen = labelling.informative(given.count, given.strategy or "") if given.sure is None else _sure(labelling, given)
    rows = [_row(labelling, int(row)) for row in chosen]
    if given.csv:
        columns = ("file", "class", "probability")
        durable.write_text(Path(given.csv), tables.csv([{name: row[name] for name in columns} for row in rows]))
    learned = labelling.learned
    document = {
        "name": given.name,
        "labelled": labelling.labelled,
        "unlabelled": len(labelling.dataset.unlabelled),
        "accuracy": learned.accuracy.to_json() if learned else None,
        "pictures": rows,
    }
    return Result(document, _text(labelling, rows))


def _refuse_numbers(given: Namespace) -> None:
    if given.count < 1:
        raise Refused(Kind.BAD_SETTING, f"--count can't be {given.count}: it is a whole number from 1 on.")
    if given.sure is not None and not 0 <= given.sure <= 1:
        raise Refused(Kind.BAD_SETTING, f"--sure can't be {given.sure}: a probability lies between 0 and 1.")


def _nothing(dataset: data.Dataset) -> Result:
    document = {"name": dataset.name, "labelled": len(dataset), "unlabelled": 0, "accuracy": None, "pictures": []}
    return Result(document, f"Every picture of {dataset.name} has a class.")


def _sure(labelling: active_learning.Labelling, given: Namespace) -> list[int]:
    return labelling.guesses.at_least(given.sure).rows.tolist()


def _row(labelling: active_learning.Labelling, row: int) -> dict[str, Any]:
    label, probability = labelling.by_row.get(row, ("", None))
    return {"row": row, "file": labelling.dataset.names[row], "class": label, "probability": probability}


def _text(labelling: active_learning.Labelling, rows: list[dict[str, Any]]) -> str:
    left = len(labelling.dataset.unlabelled)
    stand = f"{labelling.labelled:,} labelled pictures are learned from, {left:,} have no class."
    if labelling.learned:
        stand += f" Left out in turn, labelled ones were answered right in {percent(labelling.learned.accuracy)}."
    shown = [{**row, "probability": "-" if row["probability"] is None else f"{row['probability']:.3f}"} for row in rows]
    return f"{stand}\n{table(shown, 'Every picture has a class.')}"
