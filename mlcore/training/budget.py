"""The best in so many minutes: what to train, and how long, from a few steps of each candidate timed here and now."""

import time
from dataclasses import dataclass

import numpy as np

from mlcore import architectures, data
from mlcore.errors import Kind, Refused
from mlcore.recipe import Recipe
from mlcore.training.presets import draft

MINUTES = (0.25, 600.0)
FEW = 100  # training pictures of a class; below, filters that were learned elsewhere win (benchmarks/few_pictures)
LEAST_SECONDS = 5.0  # left for training, whatever the probes took
WRITING_SECONDS = 4.0  # to save the network and check its small copy
PROBES_SHARE = 0.25  # of the budget may go into probes
MOST_EPOCHS, MOST_SEEN = 24, 200_000  # enough for Fast CNN; small sets are seen more often, this many pictures in all


@dataclass(frozen=True)
class Candidate:
    """A network and the epochs from which on it beats the smaller one before it."""

    architecture: str
    settings: tuple[str, ...] = ()
    worth_from: float = 0.0


# From which epoch on width pays is a judgement: CIFAR-10 still gains 5 points between 4 and 16 epochs at width 32, so a
# network that takes three times as long must get about half of these.
PICTURES = (
    Candidate("fast-cnn"),
    Candidate("fast-cnn", ("settings.width=64",), worth_from=8.0),
)
SMALL = (Candidate("cnn"), Candidate("mlp"))  # for pictures that Fast CNN refuses
TRANSFER = (Candidate("transfer"),)
CLIPS = (Candidate("frame-average"), Candidate("cnn-rnn", worth_from=4.0))


@dataclass(frozen=True)
class Probe:
    """What was measured of a candidate: seconds per epoch, and how many epochs the budget holds."""

    recipe: Recipe
    seconds_per_epoch: float
    epochs: float


@dataclass(frozen=True)
class Plan:
    """The recipe for a budget, why it was chosen, and the seconds that choosing took."""

    recipe: Recipe
    sentence: str
    probes: tuple[Probe, ...]
    seconds: float


def best(name: str, minutes: float, assignments: list[str] | None = None) -> Plan:
    """Choose architecture and schedule for a data set and a time in minutes, from probes of a few steps each.

    The time covers the probes, training and measuring; starting the engine comes on top, about 10 seconds. The
    recipe's own limit is what is left, which training keeps to. Raises Refused.
    """
    if not MINUTES[0] <= minutes <= MINUTES[1]:
        allowed = f"allowed are {MINUTES[0]:g} to {MINUTES[1]:g} minutes"
        raise Refused(Kind.BAD_SETTING, f"Nothing can be planned for {minutes:g} minutes: {allowed}.")
    started, dataset = time.perf_counter(), data.open(name)
    probes = _probes(dataset, minutes * 60, started)
    chosen = _chosen(probes)
    spent = time.perf_counter() - started
    left = max(LEAST_SECONDS, minutes * 60 - spent - _afterwards(dataset, chosen))
    limits = [
        f"training.epochs={_most_epochs(dataset)}",
        "training.schedule=one-cycle",
        f"training.minutes={left / 60:.4f}",
    ]
    recipe = _draft(dataset, chosen[0], [*limits, *(assignments or [])])
    return Plan(recipe, _sentence(recipe, probes, chosen[1], minutes), tuple(probe for _, probe in probes), spent)


def _candidates(dataset) -> tuple[Candidate, ...]:
    if len(dataset.shape) == 4:
        return CLIPS
    smallest = min(dataset.counts("train").values(), default=0)
    return TRANSFER if smallest < FEW else PICTURES


def _probes(dataset, seconds: float, started: float) -> list[tuple[Candidate, Probe]]:
    """Time the candidates, cheapest first, as long as a quarter of the budget isn't spent."""
    found, refusal = [], None
    for candidate in (*_candidates(dataset), *SMALL):
        if found and (candidate in SMALL or time.perf_counter() - started > PROBES_SHARE * seconds):
            break
        try:
            found.append((candidate, _probe(dataset, candidate, seconds)))
        except Refused as error:
            refusal = error
    if not found:
        raise refusal
    return found


def _probe(dataset, candidate: Candidate, seconds: float) -> Probe:
    from mlcore.training.estimate import estimate

    recipe = _draft(dataset, candidate, [])
    measured = max(1e-6, estimate(recipe).seconds_per_epoch)
    return Probe(recipe, measured, min(_most_epochs(dataset), seconds / measured))


def _chosen(probes: list[tuple[Candidate, Probe]]) -> tuple[Candidate, Probe]:
    """The largest candidate for which there is time enough; the first one where there is little."""
    return [each for each in probes if each[1].epochs >= each[0].worth_from][-1]


def _draft(dataset, candidate: Candidate, assignments: list[str]) -> Recipe:
    size = _batch_size(dataset, candidate)
    return draft(dataset.name, candidate.architecture, None, [*candidate.settings, *size, *assignments])


def _batch_size(dataset, candidate: Candidate) -> list[str]:
    """Small sets need smaller batches, or an epoch is a handful of steps; the rate follows the batch."""
    defaults = architectures.shelf.get(candidate.architecture).defaults
    usual = defaults.get("batch_size", 128)
    size = usual
    while size > 32 and dataset.splits["train"] < 20 * size:
        size //= 2
    rate = defaults.get("learning_rate", 0.001) * (size / usual if defaults.get("optimizer") == "nesterov" else 1)
    return [f"training.batch_size={size}", f"training.learning_rate={rate:g}"] if size != usual else []


def _most_epochs(dataset) -> int:
    return int(np.clip(MOST_SEEN // max(1, dataset.splits["train"]), MOST_EPOCHS, 200))


def _afterwards(dataset, chosen) -> float:
    """Seconds to write the model and to measure it: each picture costs a third of a training step's share."""
    per_picture = chosen[1].seconds_per_epoch / 3 / max(1, dataset.splits["train"])
    return WRITING_SECONDS + per_picture * (dataset.splits["val"] + dataset.splits["test"])


def _sentence(recipe: Recipe, probes, chosen: Probe, minutes: float) -> str:
    title = architectures.shelf.get(recipe.architecture).title
    width = f" of width {recipe.settings['width']}" if "width" in recipe.settings else ""
    tried = "one network" if len(probes) == 1 else f"{len(probes)} networks"
    return (
        f"For {minutes:g} minutes: {title}{width}, at most {chosen.epochs:.1f} epochs of "
        f"{chosen.seconds_per_epoch:.1f} s, from a few steps of {tried} timed on this machine."
    )
