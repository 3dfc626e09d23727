"""Ways to train that can be picked by name, the recipe that a choice of them makes, and the command for a recipe."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlcore import architectures, backbones
from mlcore import data as sets
from mlcore.errors import Kind, Refused, unknown
from mlcore.recipe import Recipe, Training
from mlcore.settings import override, read
from mlcore.training import teachers


@dataclass(frozen=True)
class Preset:
    """A named choice of training settings; what it says wins over the architecture's own defaults.

    One for an architecture says something of that one's settings, too.
    """

    name: str
    title: str
    summary: str
    training: Mapping
    architecture: str = ""
    network: Mapping = field(default_factory=dict)  # settings of that architecture


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "10-seconds",
            "10 seconds",
            "A first impression in ten seconds of training; loading before and measuring after come on top.",
            {"epochs": 100, "minutes": 1 / 6, "schedule": "one-cycle"},
        ),
        Preset(
            "1-minute",
            "1 minute",
            "One minute of training, with a schedule that fits into it.",
            {"epochs": 100, "minutes": 1.0, "schedule": "one-cycle"},
        ),
        Preset(
            "best",
            "Best",
            "Trains long, stops when validation accuracy no longer rises, keeps the best.",
            {"epochs": 30, "schedule": "cosine", "early_stopping": 8},
        ),
        Preset(
            "fine-tune",
            "Fine-tune",
            "Goes on from a finished network: its last convolutions learn, too, slowly. Few pictures are enough.",
            {
                "epochs": 10,
                "batch_size": 16,
                "optimizer": "adam",
                "learning_rate": 0.0003,
                "schedule": "one-cycle",
                "augmentation": {"flip": True, "shift": 8, "zoom": 0.1},
            },
            architecture="transfer",
            network={"fine_tune": "last", "last": 8},
        ),
    )
}
GENERAL = tuple(name for name, preset in PRESETS.items() if not preset.architecture)


def proposed(about: sets.Summary) -> tuple[str, str]:
    """The architecture and the preset to begin with for a data set: photographs go on from a network that knows some.

    From 64 pixels on, where such a network is at hand.
    """
    if about.is_sequence:
        return architectures.fitting(about.shape)[0].name, GENERAL[0]
    knows = backbones.fitting(about.shape) == backbones.FOR_PHOTOGRAPHS
    return ("transfer", "fine-tune") if knows else ("cnn", GENERAL[0])


def draft(data: str, architecture: str = "", preset: str | None = None, assignments: list[str] | None = None) -> Recipe:
    """A recipe from names and `key=value` texts; later wins: architecture's defaults, preset, assignments.

    Without an architecture it is that of the preset. Grey pictures are mostly writing and scans, which don't survive a
    mirror, and in clips the direction may be the class: for both the flip is left out.
    Raises Refused(unknown-name) for an architecture or preset, Refused(not-compatible) for a preset of another
    architecture, and Refused(bad-setting) for a value.
    """
    chosen = _preset(preset, architecture) if preset else Preset("", "", "", {})
    entry, about = architectures.shelf.get(architecture or chosen.architecture), sets.summary(data)
    training = {**entry.defaults, **chosen.training}
    if about and "augmentation" in training and (about.is_sequence or _is_grey(about)):
        training["augmentation"] = {**training["augmentation"], "flip": False}
    plain = Recipe(data=data, architecture=entry.name, training=read(Training, training)).model_dump(mode="json")
    plain["settings"] = {**(entry.settings.suited_to(about.shape) if about else {}), **chosen.network}
    return _completed(override(plain, assignments or []), about)


def _preset(name: str, architecture: str) -> Preset:
    if name not in PRESETS:
        raise unknown(Kind.UNKNOWN_NAME, "preset", name, PRESETS)
    preset = PRESETS[name]
    if architecture and preset.architecture not in ("", architecture):
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The preset {name!r} is for the architecture {preset.architecture!r}, not {architecture!r}.",
        )
    return preset


def _is_grey(about: sets.Summary) -> bool:
    """Whether a stored data set's pictures have no colour, judged by 32 of them."""
    if not about.stored:
        return False
    try:
        split = sets.open(about.name).split("train")
        pictures = split.read(np.linspace(0, len(split) - 1, min(32, len(split))).astype(int))
    except Refused:
        return False
    return bool((pictures == pictures[..., :1]).all())


def checked(values: dict) -> Recipe:
    """A recipe from plain values, its architecture's settings filled in and checked."""
    name = values.get("data")
    return _completed(values, sets.summary(name) if isinstance(name, str) else None)


def _completed(values: dict, about: sets.Summary | None) -> Recipe:
    """The same where the facts of a known data set are at hand."""
    recipe = read(Recipe, values)
    about = about if about is None or about.name == recipe.data else sets.summary(recipe.data)
    entry = architectures.shelf.get(recipe.architecture)
    settings = read(entry.settings, recipe.settings)
    if about:
        architectures.refuse_unfit(entry, about.shape, settings)
    teachers.check(recipe)
    return recipe.model_copy(update={"settings": settings.model_dump(mode="json")})


def command(recipe: Recipe) -> str:
    """The command that trains by this recipe again, with every setting that isn't a default of the draft."""
    ordinary = _flat(draft(recipe.data, recipe.architecture).model_dump(mode="json"))
    chosen = _flat(recipe.model_dump(mode="json", exclude={"fingerprint"}))
    changed = [f" --set {shlex.quote(f'{key}={value}')}" for key, value in chosen.items() if ordinary.get(key) != value]
    return f"python -m mlcore train --data {recipe.data} --architecture {recipe.architecture}{''.join(changed)}"


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return flat
