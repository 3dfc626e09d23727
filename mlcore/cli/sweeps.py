"""The verb of sweeps, a hyperparameter search: many runs of one recipe with some settings varied."""

import time
from argparse import ArgumentParser, Namespace

from mlcore import data, training
from mlcore.cli.result import Result, table, with_unreadable
from mlcore.cli.terminal import tell
from mlcore.errors import Kind, Refused
from mlcore.jobs import sweeps

LOOK_SECONDS = 0.5


def describe(parser: ArgumentParser) -> None:
    """Arguments of `sweep`."""
    parser.add_argument("--data", metavar="N", help="data set")
    parser.add_argument("--architecture", metavar="A", help="what kind of network")
    parser.add_argument("--preset", metavar="P", help="a named way to train")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="assignments", help="a setting of every run"
    )
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="KEY=VALUES",
        help="what differs: settings.width=16,32 or training.learning_rate=0.001..0.1:log",
    )
    parser.add_argument("--method", choices=list(sweeps.METHODS), default="random", help="how runs are chosen")
    parser.add_argument("--runs", type=int, metavar="K", help="how many (default: a whole grid, else 10)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="number that the choice comes from")
    parser.add_argument("--title", default="", help="what to call the sweep")
    parser.add_argument("--detach", action="store_true", help="give the id at once and train in the background")
    parser.add_argument("--show", metavar="ID", help="show a sweep instead of starting one; `all` lists them")
    parser.add_argument("--stop", metavar="ID", help="stop a sweep instead of starting one")


def sweep(given: Namespace) -> Result:
    """Train with some settings varied, to find out which do best; Ctrl-C stops the sweep."""
    if given.show == "all":
        return _listed()
    if given.stop:
        sweeps.stop(given.stop)
    if given.show or given.stop:
        return _shown(sweeps.find(given.show or given.stop))
    if not given.data or not given.architecture:
        raise Refused(Kind.BAD_SETTING, "A sweep needs --data and --architecture, and --vary.")
    recipe = training.draft(given.data, given.architecture, given.preset, given.assignments)
    data.open(recipe.data)
    begun = sweeps.begin(recipe, given.vary, given.method, given.runs, given.seed, given.title)
    if given.detach:
        return Result({"id": begun.id}, begun.id)
    _follow(begun)
    return _shown(sweeps.find(begun.id))


def _follow(begun: sweeps.Sweep) -> None:
    """Wait for the members, telling on stderr as each one ends."""
    reported_ids = set()
    while True:
        try:
            sweeps.advance_all()
            members = sweeps.members(begun)
            for member in members:
                if member.run.ended and member.run.id not in reported_ids:
                    reported_ids.add(member.run.id)
                    tell(f"{len(reported_ids)} of {begun.runs}: {_line(member)}")
            if not any(member.run.live or member.run.state == "queued" for member in members):
                return
            time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            tell("Stopping the sweep.")
            sweeps.stop(begun.id)


def _line(member: sweeps.Member) -> str:
    said = ", ".join(f"{key}={value}" for key, value in member.values.items())
    return f"{said}: {member.run.state}, validation accuracy {_share(member.score)}"


def _shown(sweep: sweeps.Sweep) -> Result:
    members = sweeps.members(sweep)
    best = sweeps.best(members)
    rows = [_row(member) for member in members]
    document = {
        "id": sweep.id,
        "method": sweep.method,
        "runs": sweep.runs,
        "stopped": sweep.stopped,
        "members": [{**row, "values": member.values} for row, member in zip(rows, members, strict=True)],
        "best": best.run.id if best else None,
    }
    cells = [
        {"run": row["id"], "state": row["state"], **member.values, "validation accuracy": _share(member.score)}
        for row, member in zip(rows, members, strict=True)
    ]
    last = f"best: {best.run.id}" if best else "No member has finished yet."
    if warning := sweeps.caveat(members):
        document["caveat"], last = warning, f"{last}\n{warning}"
    if reason := sweeps.halted(sweep):
        document["note"], last = reason, f"{last}\n{reason}"
    return Result(document, f"{table(cells, 'No members yet.')}\n{last}")


def _row(member: sweeps.Member) -> dict:
    return {"id": member.run.id, "state": member.run.state, "validation_accuracy": member.score}


def _listed() -> Result:
    rows = [{"id": one.id, "method": one.method, "runs": one.runs, "title": one.title} for one in sweeps.all()]
    return with_unreadable(
        Result({"sweeps": rows}, table(rows, "No sweeps yet; `sweep` starts one.")), sweeps.unreadable()
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


VERBS = {"sweep": (describe, sweep)}
