"""Verbs of runs: train, runs, stop, resume, logs."""

import json
import time
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlcore import data, events, jobs, reader, training
from mlcore.cli.result import Result, table, with_unreadable
from mlcore.cli.terminal import tell
from mlcore.errors import Kind, Refused
from mlcore.jobs import loggers
from mlcore.recipe import Recipe

LOOK_SECONDS = 0.3
QUIET = (
    events.CheckpointSaved,
    events.StepsDone,
    events.PartsDone,
    events.SamplesDrawn,
    events.GanStepsDone,
    events.RepairStepsDone,
    events.SamplesChecked,
)


def describe_train(parser: ArgumentParser) -> None:
    """Arguments of `train`."""
    parser.add_argument("--data", metavar="N", help="data set")
    parser.add_argument("--architecture", metavar="A", help="what kind of network")
    parser.add_argument("--preset", metavar="P", help="a named way to train")
    parser.add_argument(
        "--best-in", type=float, metavar="MINUTES", help="choose architecture and schedule for so many minutes"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="assignments",
        help="such as training.epochs=12 or settings.width=16",
    )
    parser.add_argument("--recipe", metavar="FILE", help="a recipe.json to train by; --set changes it")
    parser.add_argument("--title", default="", help="what to call the model")
    parser.add_argument("--again", action="store_true", help="train even where the very same recipe was trained before")
    parser.add_argument("--device", metavar="D", default="auto", help="where it computes, such as cpu or gpu:0")
    parser.add_argument(
        "--log", action="append", default=[], choices=list(loggers.KINDS), help="another tool that is told of the run"
    )
    parser.add_argument("--detach", action="store_true", help="give the id at once and train in the background")


def train(given: Namespace) -> Result:
    """Train a model; Ctrl-C stops it cleanly, and `resume` goes on."""
    recipe = _recipe(given)
    data.open(recipe.data)
    if (before := jobs.finished_twin(recipe)) and not given.again:
        tell(f"Trained before, by the very same recipe: {before.title}. --again trains anew.")
        return Result({"id": before.id, "state": before.state, "trained_before": True}, before.id)
    if missing := set(given.log) - set(loggers.available()):
        raise Refused(Kind.NOT_COMPATIBLE, f"{missing.pop()!r} isn't installed, so the run can't be logged to it.")
    return begun(jobs.start(recipe, given.title, given.device, mirrors=given.log), given.detach)


def resume(given: Namespace) -> Result:
    """Let a stopped or interrupted run go on."""
    return begun(jobs.resume(given.id).id, given.detach)


def stop(given: Namespace) -> Result:
    """Ask a run to stop after the step it is in; asked once more, one that goes on is sent SIGTERM, then killed."""
    return _standing(jobs.stop(given.id))


def take_over(given: Namespace) -> Result:
    """Make a run ours that another machine left behind, which is gone for good."""
    return _standing(jobs.take_over(given.id))


def _standing(run: jobs.Run) -> Result:
    words = f"{run.id}: {run.state}" + (f". {run.message}" if run.message else "")
    return Result({"id": run.id, "state": run.state, "message": run.message}, words)


def show_runs(given: Namespace) -> Result:
    """Every run with its state, the newest first."""
    runs = jobs.all()
    document = [_plain(run) for run in runs]
    rows = [
        {"id": run.id, "kind": run.kind, "state": _state(run), "progress": f"{run.progress:.0%}", "title": run.title}
        for run in runs
    ]
    return with_unreadable(
        Result({"runs": document}, table(rows, "No runs yet; `train` starts one.")), jobs.unreadable()
    )


def logs(given: Namespace) -> Result:
    """What happened in a run, event by event, and what its process printed."""
    run, offset = jobs.run(given.id), 0
    while given.follow and (run.live or run.state == "queued"):
        lines, offset = jobs.read_events(given.id, offset)
        for line in lines:
            tell(_line(line))
        time.sleep(LOOK_SECONDS)
        run = jobs.run(given.id)
    lines, _ = jobs.read_events(given.id)
    printed = jobs.log(given.id)
    document = [{"at": line.at, "event": type(line.event).__name__, **asdict(line.event)} for line in lines]
    rest, _ = jobs.read_events(given.id, offset)
    text = "\n".join([*(_line(line) for line in rest), *(["", printed.rstrip()] if printed.strip() else [])])
    return Result({"id": run.id, "state": run.state, "events": document, "log": printed}, text)


def _recipe(given: Namespace) -> Recipe:
    if given.recipe and (given.data or given.architecture or given.preset):
        raise Refused(Kind.BAD_SETTING, "A recipe says data, architecture and settings itself; change it with --set.")
    if given.recipe:
        values = reader.document(Path(given.recipe))
        if not isinstance(values, dict):
            raise Refused(
                Kind.BAD_SETTING, f"{given.recipe!r} isn't a recipe: it must be a JSON file with data and architecture."
            )
        from mlcore.settings import override

        return training.checked(override(values, given.assignments))
    if given.best_in is not None:
        return _best(given)
    names_one = given.preset in training.presets and training.presets[given.preset].architecture
    if not given.data or not (given.architecture or names_one):
        raise Refused(Kind.BAD_SETTING, "Training needs --data and --architecture, or --recipe with a file.")
    return training.draft(given.data, given.architecture or "", given.preset, given.assignments)


def _best(given: Namespace) -> Recipe:
    if not given.data or given.architecture or given.preset:
        raise Refused(Kind.BAD_SETTING, "--best-in chooses architecture and schedule itself: give it --data alone.")
    plan = training.best(given.data, given.best_in, given.assignments)
    tell(plan.sentence)
    return plan.recipe


def begun(id: str, detach: bool) -> Result:
    """The result of a verb that started a run or task: follows it to its end, or leaves it in the background."""
    if detach:
        return Result({"id": id}, id)
    run = _follow(id)
    document: dict[str, Any] = {"id": id, "state": run.state}
    if run.state not in ("failed", "interrupted"):
        return Result(document, id)
    kind = run.failure or Kind.CANCELLED
    hint = f" (--set training.batch_size={run.smaller_batch})" if run.smaller_batch else ""
    document |= {"error": {"kind": str(kind), "message": run.message + hint}}
    if kind == "internal":
        return Result(document, fault=run.message)
    return Result(document, refusal=Refused(Kind(kind), run.message + hint))


def _follow(id: str) -> jobs.Run:
    """Wait for a run, telling on stderr what happens; Ctrl-C asks it to stop and waits for that."""
    offset, run = jobs.read_events(id)[1] if jobs.run(id).progress else 0, jobs.run(id)
    while run.live or run.state == "queued":
        try:
            lines, offset = jobs.read_events(id, offset)
            for line in lines:
                if not isinstance(line.event, QUIET):
                    tell(_line(line))
            time.sleep(LOOK_SECONDS)
            jobs.start_waiting()
        except KeyboardInterrupt:
            tell(f"{jobs.stop(id).message} `resume` goes on from there.")
        run = _with_a_word_of_trouble(run, jobs.run(id))
    for line in jobs.read_events(id, offset)[0]:
        tell(_line(line))
    return run


def _with_a_word_of_trouble(before: jobs.Run, run: jobs.Run) -> jobs.Run:
    """The run as it is now; that it gives no sign of life, or that the disk fills up, is told when that begins."""
    if run.state == "running" and run.message and not before.message:
        tell(run.message)
    return run


def _plain(run: jobs.Run) -> dict:
    return {
        "id": run.id,
        "kind": run.kind,
        "state": run.state,
        "progress": round(run.progress, 4),
        "title": run.title,
        "message": run.message,
        "elsewhere": run.elsewhere,
        "position": run.position,
        "eta_seconds": run.eta_seconds,
    }


def _state(run: jobs.Run) -> str:
    place = f" on {run.elsewhere}" if run.elsewhere else ""
    return f"queued ({run.position})" if run.position else f"{run.state}{place}"


def _line(line: events.Line) -> str:
    """One event as a line: the time, what it was, and its facts."""
    facts = {name: value for name, value in asdict(line.event).items() if value is not None}
    words = " ".join(
        f"{name}={value if isinstance(value, str) else json.dumps(_short(value))}" for name, value in facts.items()
    )
    return f"{time.strftime('%H:%M:%S', time.localtime(line.at))} {type(line.event).__name__} {words}".rstrip()


def _short(value: object) -> object:
    return float(f"{value:.5g}") if isinstance(value, float) else value


def _with_id(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID")


def _describe_resume(parser: ArgumentParser) -> None:
    _with_id(parser)
    parser.add_argument("--detach", action="store_true", help="give the id at once and train in the background")


def _describe_logs(parser: ArgumentParser) -> None:
    _with_id(parser)
    parser.add_argument("--follow", action="store_true", help="keep telling until the run ends")


VERBS = {
    "train": (describe_train, train),
    "runs": (lambda parser: None, show_runs),
    "stop": (_with_id, stop),
    "resume": (_describe_resume, resume),
    "take-over": (_with_id, take_over),
    "logs": (_describe_logs, logs),
}
