"""Ways to train that can be picked by name, and the recipe that a choice of them makes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mlcore import architectures
from mlcore import data as sets
from mlcore.errors import Kind, Refused, unknown
from mlcore.recipe import Recipe, Training
from mlcore.settings import override, read
from mlcore.training import teachers


@dataclass(frozen=True)
class Preset:
    """A named choice of training settings; what it says wins over the architecture's own defaults."""

    name: str
    title: str
    summary: str
    training: Mapping


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "10-seconds",
            "10 seconds",
            "A first impression in ten seconds of training.",
            {"epochs": 100, "minutes": 1 / 6, "schedule": "one-cycle"},
        ),
        Preset(
            "1-minute",
            "1 minute",
            "The best that a minute of training can do.",
            {"epochs": 100, "minutes": 1.0, "schedule": "one-cycle"},
        ),
        Preset(
            "best",
            "Best",
            "Trains long, stops when validation accuracy no longer rises, keeps the best.",
            {"epochs": 30, "schedule": "cosine", "early_stopping": 8},
        ),
    )
}


def draft(data: str, architecture: str, preset: str | None = None, assignments: list[str] | None = None) -> Recipe:
    """A recipe from names and `key=value` texts; later wins: architecture's defaults, preset, assignments.

    Grey pictures are mostly writing and scans, which don't survive a mirror, and in clips the direction may be the
    class: for both the flip is left out.
    Raises Refused(unknown-name) for an architecture or preset and Refused(bad-setting) for a value.
    """
    entry = architectures.shelf.get(architecture)
    if preset and preset not in PRESETS:
        raise unknown(Kind.UNKNOWN_NAME, "preset", preset, PRESETS)
    training = {**entry.defaults, **(PRESETS[preset].training if preset else {})}
    if "augmentation" in training and (_is_grey(data) or len(_shape(data)) == 4):
        training["augmentation"] = {**training["augmentation"], "flip": False}
    plain = Recipe(data=data, architecture=architecture, training=read(Training, training)).model_dump(mode="json")
    return checked(override(plain, assignments or []))


def _is_grey(data: str) -> bool:
    """Whether a stored data set's pictures have no colour, judged by 32 of them."""
    if not any(summary.name == data and summary.stored for summary in sets.all()):
        return False
    try:
        split = sets.open(data).split("train")
        pictures = split.read(np.linspace(0, len(split) - 1, min(32, len(split))).astype(int))
    except Refused:
        return False
    return bool((pictures == pictures[..., :1]).all())


def _shape(data: str) -> tuple[int, ...]:
    """The shape of a known data set's pictures or clips; empty for a name that isn't known."""
    return next((summary.shape for summary in sets.all() if summary.name == data), ())


def checked(values: dict) -> Recipe:
    """A recipe from plain values, its architecture's settings filled in and checked."""
    recipe = read(Recipe, values)
    entry = architectures.shelf.get(recipe.architecture)
    settings = read(entry.settings, recipe.settings)
    if shape := _shape(recipe.data):
        architectures.refuse_unfit(entry, shape, settings)
    teachers.check(recipe)
    return recipe.model_copy(update={"settings": settings.model_dump(mode="json")})
