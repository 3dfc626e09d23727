"""The shelf of changes: a function of pictures uint8 (N, H, W, 3 T), settings and `Draw` each.

A new change is one file in `changes` and the setting of its name in `mlcore.recipe.Augmentation`; form, flag, docs,
preview and exam pick it up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlcore.recipe import Augmentation
from mlcore.registry import Entry, Registry

changes = Registry("change", "mlcore.data.augmentation.changes")
ORDER = list(Augmentation.model_fields)


@dataclass(frozen=True)
class About:
    """The settings that a change reads: all off, it isn't made. `widest` are those that 'automatic' may draw."""

    settings: tuple[str, ...]
    widest: Mapping[str, float] = field(default_factory=dict)


def wanted(settings: Augmentation) -> list[Entry]:
    """The changes that are on, in the order in which their settings are declared."""
    on = (entry for entry in changes.all() if any(getattr(settings, name) for name in entry.about.settings))
    return sorted(on, key=lambda entry: min(ORDER.index(name) for name in entry.about.settings))
