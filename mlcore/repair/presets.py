"""Ways to train a repair network that can be picked by name."""

from dataclasses import dataclass, field
from typing import Any

from mlcore import data as sets
from mlcore.errors import Kind, unknown
from mlcore.generation.settings import is_grey
from mlcore.repair.settings import RepairSettings

AFFORDABLE = 100_000  # steps, of which a time limit allows some


@dataclass(frozen=True)
class Preset:
    """A named choice of settings."""

    name: str
    title: str
    summary: str
    settings: dict[str, Any] = field(default_factory=dict)


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("1-minute", "1 minute", "What a minute of training allows.", {"steps": AFFORDABLE, "minutes": 1.0}),
        Preset(
            "usual", "Usual", "1,500 steps: holes nearly as good as after 6,000, scratches less so.", {"steps": 1500}
        ),
        Preset("long", "Long", "6,000 steps, as many as the network that came along took.", {"steps": 6000}),
    )
}


def draft(data: str, preset: str = "usual") -> RepairSettings:
    """Settings that suit a stored data set: photographs are shown mirrored, too. Raises Refused(unknown-name)."""
    if preset not in PRESETS:
        raise unknown(Kind.UNKNOWN_NAME, "preset", preset, PRESETS)
    return RepairSettings(data=data, flip=not is_grey(sets.open(data)), **PRESETS[preset].settings)
