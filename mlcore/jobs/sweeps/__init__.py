"""Hyperparameter search by sweeps: many runs of one recipe with some settings varied, to find out which do best.

A sweep is one JSON file; its members are ordinary runs that know its id. Nobody has to stay and watch: whenever a
member ends, the sweep goes on, and a sweep that was cut off goes on when somebody looks at it.
"""

import hashlib
import json
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

from mlcore import durable, events, jobs, reader, training
from mlcore.data.binding import bound, differs
from mlcore.errors import Kind, Refused, unknown
from mlcore.home import NAME, in_home
from mlcore.jobs.sweeps.methods import METHODS
from mlcore.jobs.sweeps.space import Axis, grid, parse
from mlcore.machine import devices
from mlcore.recipe import Recipe
from mlcore.settings import Settings, choice, number, override

__all__ = ["METHODS", "Axis", "Member", "Sweep", "advance", "advance_all", "all", "begin", "best", "caveat", "find"]
__all__ += ["halted", "lesser", "members", "parse", "stop"]

Method = Literal["grid", "random", "tpe"]
MOST = 500  # members


class Sweep(Settings):
    """What is varied around which recipe, how, and how often."""

    id: str = choice("", "Name of its file")
    title: str = choice("", "What people call it")
    recipe: Recipe = choice(None, "What all members share")
    axes: tuple[Axis, ...] = choice((), "What differs")
    method: Method = choice("random", "How members are chosen")
    runs: int = number(10, 1, MOST, "How many members there will be")
    seed: int = number(0, 0, 2**31 - 1, "Number that the choice comes from")
    created: reader.Moment = choice(0.0, "Seconds since 1970")
    stopped: bool = choice(False, "Whether somebody stopped it")
    ticket: str = choice("", "Number of the folder that it was begun in; empty by older versions")


@dataclass(frozen=True)
class Member:
    """A run of a sweep: the values it was given, and its validation accuracy once it has one."""

    run: jobs.Run
    values: dict[str, Any]
    score: float | None


def begin(recipe: Recipe, vary: list[str], method: Method, runs: int | None = None, seed: int = 0, title="") -> Sweep:
    """Start a sweep around a recipe; `vary` holds texts such as "training.learning_rate=0.001..0.1:log".

    Without `runs` a grid is tried as a whole, and the others 10 times. Raises Refused for a value that can't be.
    """
    axes, recipe = tuple(parse(text) for text in vary), bound(recipe)
    if not axes:
        raise Refused(Kind.BAD_SETTING, "A sweep needs something to vary, such as training.learning_rate=0.001,0.01.")
    for axis in axes:
        for value in axis.values or (axis.at(0.0), axis.at(1.0)):
            varied(recipe, {axis.key: value})  # refused now, not after the tenth run
    whole = len(grid(axes)) if method == "grid" else 10
    count = min(runs or whole, whole) if method == "grid" else runs or whole
    if not 1 <= count <= MOST:
        raise Refused(Kind.BAD_SETTING, f"A sweep has 1 to {MOST} runs, not {count}; vary less or choose 'random'.")
    sweep = _named(Sweep(recipe=recipe, axes=axes, method=method, runs=count, seed=seed, created=time.time()), title)
    advance(sweep.id)
    return sweep


def all() -> list[Sweep]:
    """Every sweep, the newest first."""
    sweeps = (_read(_folder() / name) for name in reader.names_in(_folder()))
    return sorted((sweep for sweep in sweeps if sweep), key=lambda sweep: sweep.created, reverse=True)


def unreadable() -> list[reader.Unreadable]:
    """What lies among the sweeps and can't be read, or was written by a newer version, each with the reason."""
    paths = [_folder() / name for name in reader.names_in(_folder())]
    return [each for path in paths if (each := reader.judged(path.name, path, Sweep, _checked))]


def remove_unreadable(name: str) -> None:
    """Delete a sweep's file that can't be read, for good; raises Refused(unknown-name) for any other."""
    reader.refuse_readable(name, unreadable(), "sweep")
    durable.remove_folder(_folder() / name)


def find(id: str) -> Sweep:
    """The sweep of that id; raises Refused(unknown-run)."""
    if NAME.match(id or "") and (sweep := _read(_folder() / f"{id}.json")):
        return sweep
    raise unknown(Kind.UNKNOWN_RUN, "sweep", id, [sweep.id for sweep in all()])


def members(sweep: Sweep, runs: list | None = None) -> list[Member]:
    """The members so far, the oldest first."""
    own = [run for run in runs or jobs.all() if run.sweep == sweep.id and run.recipe]
    return [_member(run, sweep) for run in sorted(own, key=lambda run: run.created)]


def best(candidates: list[Member]) -> Member | None:
    """The finished member with the highest validation accuracy."""
    scores = [
        (member.score, member) for member in candidates if member.score is not None and member.run.state == "done"
    ]
    return max(scores, key=itemgetter(0), default=(None, None))[1]


def caveat(candidates: list[Member]) -> str:
    """What has to be known of the best member's score, in a sentence; nothing where there was no choice."""
    count = sum(member.score is not None and member.run.state == "done" for member in candidates)
    if count < 2:
        return ""
    return (
        f"The best of {count} looks better than it is, for luck helped to choose it: trust its accuracy on the test "
        "pictures, which had no part in the choice."
    )


def lesser() -> dict[str, str]:
    """The finished members that aren't the best of their sweep, by their ids: which place each has, in words.

    Equal accuracies share a place.
    """
    listed = all()
    runs = jobs.all() if listed else []
    return {id: words for sweep in listed for id, words in _places(sweep, runs).items()}


def _places(sweep: Sweep, runs: list) -> dict[str, str]:
    scores = {member.run.id: member.score for member in members(sweep, runs) if member.score is not None}
    places = {id: 1 + sum(other > score for other in scores.values()) for id, score in scores.items()}
    top = best(members(sweep, runs))
    shared = {place for place in places.values() if [*places.values()].count(place) > 1}
    return {
        id: f"place {place}{' (shared)' if place in shared else ''} of {len(scores)} in {sweep.title}"
        for id, place in places.items()
        if not top or id != top.run.id
    }


def stop(id: str) -> None:
    """Start no more members, and stop those that run or wait."""
    with _lock():
        _write(find(id).model_copy(update={"stopped": True}))
    for member in members(find(id)):
        if member.run.can_stop:
            jobs.stop(member.run.id)


def advance(id: str) -> None:
    """Queue the next members, if there are to be more: all at once, or where each learns from those before, in turn."""
    with _lock():
        sweep, runs = find(id), jobs.all()
        so_far = members(sweep, runs)
        room = len(devices.places()) * jobs.slots() if sweep.method == "tpe" else sweep.runs
        waiting = sum(member.run.live or member.run.state == "queued" for member in so_far)
        trials = [(member.values, member.score) for member in so_far]
        while not sweep.stopped and not _is_copy(sweep) and len(trials) < sweep.runs and waiting < room:
            values = METHODS[sweep.method](sweep.axes, trials, sweep.seed)
            if values is None:
                return
            jobs.start(varied(sweep.recipe, values), _title(sweep, values), sweep=sweep.id)
            trials.append((values, None))
            waiting += 1


def advance_all() -> None:
    """Let every sweep that isn't complete go on; safe to call from anywhere, often."""
    for sweep in all():
        if not sweep.stopped:
            with suppress(Refused):  # one whose data or architecture has gone holds up no other
                advance(sweep.id)


def halted(sweep: Sweep) -> str:
    """Why no more members begin though there are to be more, in a sentence; nothing where they do.

    Its data were replaced, or its file was copied here.
    """
    if _is_copy(sweep) and not sweep.stopped and len(members(sweep)) < sweep.runs:
        return "This sweep was begun in another folder, so no more runs are begun here; start it anew to go on."
    if not differs(sweep.recipe.data, sweep.recipe.fingerprint):
        return ""
    return f"The data set {sweep.recipe.data!r} isn't the one that this sweep began with, so no more runs are begun."


def _is_copy(sweep: Sweep) -> bool:
    """Whether a sweep was begun elsewhere: a file that somebody copied in mustn't compute by itself."""
    return sweep.ticket != jobs.ticket(_folder())


def varied(recipe: Recipe, values: dict) -> Recipe:
    """The recipe with some settings changed; raises Refused(bad-setting)."""
    assignments = [f"{key}={json.dumps(value)}" for key, value in values.items()]
    return training.checked(override(recipe.model_dump(mode="json"), assignments))


def _member(run, sweep: Sweep) -> Member:
    plain = run.recipe.model_dump(mode="json")
    return Member(run, {axis.key: _at(plain, axis.key) for axis in sweep.axes}, _score(run))


def _at(values: dict, key: str):
    for part in key.split("."):
        values = values[part] if isinstance(values, dict) else None
    return values


def _score(run) -> float | None:
    """The validation accuracy of the weights that were kept: the best with early stopping, else the last."""
    ended = [line.event for line in jobs.read_events(run.id)[0] if isinstance(line.event, events.EpochEnded)]
    epochs = {event.epoch: event.val_accuracy for event in ended}  # of one that was repeated the last account counts
    scores = [score for _, score in sorted(epochs.items()) if score is not None]
    if not scores:
        return None
    return max(scores) if run.recipe.training.early_stopping else scores[-1]


def _title(sweep: Sweep, values: dict) -> str:
    said = ", ".join(f"{key.rpartition('.')[2]} {value}" for key, value in values.items())
    return f"{sweep.title}: {said}".replace("_", " ")[:80]


def _named(sweep: Sweep, title: str) -> Sweep:
    """Give it an id that nobody has, and keep it."""
    digest = hashlib.sha256(f"{sweep.model_dump_json()}".encode()).hexdigest()[:6]
    id = f"sweep-{sweep.recipe.data}"[:50] + f"-{digest}"
    _folder().mkdir(parents=True, exist_ok=True)
    named = sweep.model_copy(
        update={
            "id": id,
            "title": title.strip()[:40] or f"Sweep on {sweep.recipe.data}",
            "ticket": jobs.ticket(_folder()),
        }
    )
    _write(named)
    return named


def _write(sweep: Sweep) -> None:
    durable.write_json(_folder() / f"{sweep.id}.json", sweep.model_dump(mode="json"))


def _read(path: Path) -> Sweep | None:
    try:
        return _checked(path)
    except Refused:
        return None


def _checked(path: Path) -> Sweep:
    """The sweep in a file; raises Refused(missing-file, unreadable-file)."""
    sweep = reader.record(path, Sweep)
    if not sweep.recipe:
        raise Refused(Kind.UNREADABLE_FILE, f"{path.name!r} holds no recipe.")
    if sweep.id != path.stem or not NAME.match(sweep.id):
        raise Refused(Kind.UNREADABLE_FILE, f"{path.name!r} isn't named as the sweep in it, {sweep.id!r}.")
    return sweep


def _folder() -> Path:
    return in_home("sweeps")


@contextmanager
def _lock():
    """One who adds members at a time, across processes."""
    import fcntl

    _folder().mkdir(parents=True, exist_ok=True)
    with open(_folder() / ".lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
