"""Verbs of generators (GANs): train-generator, generate."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from mlcore import durable, generation, images, jobs
from mlcore.cli.output import add_output
from mlcore.cli.result import Result
from mlcore.cli.runs import begun
from mlcore.generation.render.grid import grid


def train_generator(given: Namespace) -> Result:
    """Train a network that makes pictures; Ctrl-C stops it cleanly, and `resume` goes on."""
    plan = generation.draft(given.data, given.generator, given.assignments)
    return begun(jobs.start_task("gan", plan.model_dump(mode="json"), given.title), given.detach)


def generate(given: Namespace) -> Result:
    """Make pictures; the same seed makes the same ones."""
    generator = generation.open(given.id)
    pictures = generator.sample(
        given.count, given.seed, class_named(generator.card.classes, given.target), given.truncation
    )
    durable.write_bytes(Path(given.out), images.png(grid(pictures, min(given.columns, given.count))))
    height, width = pictures.shape[1:3]
    document = {"id": given.id, "count": given.count, "seed": given.seed, "class": given.target, "out": given.out}
    return Result(document, f"{given.count} pictures of {width} x {height} pixels, seed {given.seed}: {given.out}")


def class_named(classes: Sequence[str], target: str | None) -> str | int | None:
    """A class as the command line names it: by its name, or by its number where no class has that name."""
    return int(target) if target and target not in classes and target.isdigit() else target


def _describe_train(parser: ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="N", help="data set whose pictures are imitated")
    parser.add_argument("--generator", default="tiny", metavar="G", help="see `list generators` (default: tiny)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="assignments", help="such as steps=4000"
    )
    parser.add_argument("--title", default="", help="what to call the generator")
    parser.add_argument("--detach", action="store_true", help="give the id at once and train in the background")


def _describe_generate(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID")
    parser.add_argument("--count", type=int, default=64, metavar="N", help="how many pictures (default: 64)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="number that they come from (default: 0)")
    parser.add_argument("--class", dest="target", metavar="C", help="class of all of them (default: each in turn)")
    parser.add_argument("--truncation", type=float, default=1.0, metavar="T", help="below 1: more typical, less varied")
    parser.add_argument("--columns", type=int, default=10, metavar="K", help="pictures in a row (default: 10)")
    add_output(parser, "--out", "PNG", help="write a sheet of them", required=True)


VERBS = {"train-generator": (_describe_train, train_generator), "generate": (_describe_generate, generate)}
