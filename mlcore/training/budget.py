"""The best in so many minutes: what to train, and how long, from a few steps of each candidate timed here and now."""

import time
from dataclasses import dataclass

import numpy as np

from mlcore import architectures, data
from mlcore.errors import Kind, Refused
from mlcore.numerals import span
from mlcore.recipe import Recipe
from mlcore.training.presets import draft

MINUTES = (0.25, 600.0)
FEW = 100  # training pictures of a class; below, filters that were learned elsewhere win (benchmarks/few_pictures)
LEAST_SECONDS = 5.0  # left for training, whatever the probes took
WRITING_SECONDS = 4.0  # to save the network and check its small copy, on an idle machine
DEARER = 2.5  # times what its neighbour costs: the least that the next network will cost
MOST_EPOCHS, MOST_SEEN = 24, 200_000  # enough for Fast CNN; small sets are seen more often, this many pictures in all


@dataclass(frozen=True)
class Candidate:
    """A network and the epochs from which on it beats the smaller one before it."""

    architecture: str
    settings: tuple[str, ...] = ()
    worth_from: float = 0.0


# On CIFAR-10 width 16 reaches 72.3 % of validation in 3 epochs, and width 32 in the same time 68.8 % in one; in 4
# epochs it reaches 80. Between the two lies 2.5. That width 64 wants 8 is a judgement by the same ratio of costs.
PICTURES = (
    Candidate("fast-cnn", ("settings.width=16",)),
    Candidate("fast-cnn", worth_from=2.5),
    Candidate("fast-cnn", ("settings.width=64",), worth_from=8.0),
)
SMALL = (Candidate("cnn"), Candidate("mlp"))  # for pictures that Fast CNN refuses
TRANSFER = (Candidate("transfer"),)
CLIPS = (Candidate("frame-average"), Candidate("cnn-rnn", worth_from=4.0))


@dataclass(frozen=True)
class Probe:
    """What was measured of a candidate: seconds per epoch, epochs in the budget, what the probe itself took.

    `busy` is how many times longer things take than the processor works for them, 1 on an idle machine.
    """

    recipe: Recipe
    seconds_per_epoch: float
    epochs: float
    seconds: float
    busy: float


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
        raise Refused(Kind.BAD_SETTING, f"Nothing can be planned for {span(minutes)}: {allowed}.")
    import keras  # noqa: F401 - the engine; loading it isn't part of the time

    started, dataset = time.perf_counter(), data.open(name)
    probes = _probes(dataset, minutes * 60)
    spent = time.perf_counter() - started
    candidate, probe, left = _chosen(dataset, probes, minutes * 60 - spent)
    limits = [
        f"training.epochs={_most_epochs(dataset)}",
        "training.schedule=one-cycle",
        f"training.minutes={left / 60:.4f}",
    ]
    recipe = _draft(dataset, candidate, [*limits, *(assignments or [])])
    sentence = _sentence(recipe, len(probes), left / probe.seconds_per_epoch, minutes)
    return Plan(recipe, sentence, tuple(probe for _, probe in probes), spent)


def _candidates(dataset) -> tuple[Candidate, ...]:
    if len(dataset.shape) == 4:
        return CLIPS
    smallest = min(dataset.counts("train").values(), default=0)
    return TRANSFER if smallest < FEW else PICTURES


def _probes(dataset, seconds: float) -> list[tuple[Candidate, Probe]]:
    """Time the candidates, cheapest first, as long as there could be time enough for the next one."""
    probes: list[tuple[Candidate, Probe]] = []
    refusal = Refused(Kind.MISSING_DATA, f"No network could be timed on the data set {dataset.name!r}.")
    for candidate in (*_candidates(dataset), *SMALL):
        if probes and (candidate in SMALL or probes[-1][1].epochs / DEARER < candidate.worth_from):
            break
        try:
            probes.append((candidate, _probe(dataset, candidate, seconds)))
        except Refused as error:
            refusal = error
    if not probes:
        raise refusal
    return probes


def _probe(dataset, candidate: Candidate, seconds: float) -> Probe:
    from mlcore.training.cost import estimate

    recipe, wall, cpu = _draft(dataset, candidate, []), time.perf_counter(), time.process_time()
    measured = max(1e-6, estimate(recipe).seconds_per_epoch)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Probe(recipe, measured, seconds / measured, wall, max(1.0, wall / max(cpu, 1e-6)))


def _chosen(dataset, probes, seconds: float) -> tuple[Candidate, Probe, float]:
    """The largest candidate for which there is time enough, the first one where there is little; and its seconds."""
    choices = [(*each, max(LEAST_SECONDS, seconds - _around(dataset, each[1]))) for each in probes]
    fits = [(one, probe, left) for one, probe, left in choices if left / probe.seconds_per_epoch >= one.worth_from]
    return fits[-1] if fits else choices[0]


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


def _around(dataset, probe: Probe) -> float:
    """Seconds for what isn't training: a probe by the loop itself, writing, and measuring at a third of a step."""
    per_picture = probe.seconds_per_epoch / 3 / max(1, dataset.splits["train"])
    measuring = per_picture * (dataset.splits["val"] + dataset.splits["test"])
    return probe.seconds + probe.busy * WRITING_SECONDS + measuring


def _sentence(recipe: Recipe, probes: int, epochs: float, minutes: float) -> str:
    title = architectures.shelf.get(recipe.architecture).title
    width = f" of width {recipe.settings['width']}" if "width" in recipe.settings else ""
    tried = "one network" if probes == 1 else f"{probes} networks"
    return (
        f"For {span(minutes)}: {title}{width}, about {min(epochs, recipe.training.epochs):.1f} epochs; "
        f"a few steps of {tried} were timed on this machine."
    )
