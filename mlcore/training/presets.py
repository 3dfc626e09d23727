"""Ways to train that can be picked by name, and the recipe that a choice of them makes."""

from collections.abc import Mapping
from dataclasses import dataclass

from mlcore import architectures
from mlcore.errors import Kind, unknown
from mlcore.recipe import Recipe, Training
from mlcore.settings import override, read


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
        Preset("10-seconds", "10 seconds", "A first impression in ten seconds of training.",
               {"epochs": 100, "minutes": 1 / 6, "schedule": "one-cycle"}),
        Preset("1-minute", "1 minute", "The best that a minute of training can do.",
               {"epochs": 100, "minutes": 1.0, "schedule": "one-cycle"}),
        Preset("best", "Best", "Trains long, stops when validation accuracy no longer rises, keeps the best.",
               {"epochs": 30, "schedule": "cosine", "early_stopping": 8}),
    )
}  # fmt: skip


def draft(data: str, architecture: str, preset: str | None = None, assignments: list[str] | None = None) -> Recipe:
    """A recipe from names and `key=value` texts; later wins: architecture's defaults, preset, assignments.

    Raises Refused(unknown-name) for an architecture or preset and Refused(bad-setting) for a value.
    """
    entry = architectures.shelf.get(architecture)
    if preset and preset not in PRESETS:
        raise unknown(Kind.UNKNOWN_NAME, "preset", preset, PRESETS)
    training = {**entry.defaults, **(PRESETS[preset].training if preset else {})}
    plain = Recipe(data=data, architecture=architecture, training=read(Training, training)).model_dump(mode="json")
    return checked(override(plain, assignments or []))


def checked(values: dict) -> Recipe:
    """A recipe from plain values, its architecture's settings filled in and checked."""
    recipe = read(Recipe, values)
    entry = architectures.shelf.get(recipe.architecture)
    settings = read(entry.settings, recipe.settings).model_dump(mode="json")
    return recipe.model_copy(update={"settings": settings})
