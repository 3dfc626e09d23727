"""The shelf of architectures: each makes a network from a picture shape and a number of classes.

Every network takes pictures (N, H, W, 3) in 0..255, normalises inside and gives logits (N, K). One with the trait
"sequence" takes clips (N, T, H, W, 3) instead; the training of one with the trait
"one-at-a-time" wants all cores for one operation at a time.
"""

from mlcore.errors import Kind, Refused
from mlcore.registry import Entry, Registry
from mlcore.settings import Settings, read
from mlcore.tensors import KerasModel

shelf = Registry("architecture", __name__)


def build(name: str, settings: dict, shape: tuple[int, ...], classes: int, seed: int = 0) -> KerasModel:
    """A fresh network (keras.Model), the same for the same seed; raises Refused for a bad name or setting."""
    entry = shelf.get(name)
    checked = read(entry.settings, settings)
    refuse_unfit(entry, shape, checked)
    import keras

    keras.utils.set_random_seed(seed)
    return entry.run(checked, tuple(shape), classes)


def fitting(shape: tuple[int, ...]) -> list[Entry]:
    """The architectures for pictures (H, W, 3), or those for clips (T, H, W, 3)."""
    return [entry for entry in shelf.all() if ("sequence" in entry.traits) == (len(shape) == 4)]


def refuse_unfit(entry: Entry, shape: tuple[int, ...], settings: Settings | None = None) -> None:
    """Raise Refused(not-compatible) for clips where an architecture takes pictures, and the other way round.

    With settings it also raises what the entry's own check, `check(settings, shape)`, finds without building anything.
    """
    if entry not in fitting(shape):
        has, wants = ("clips", "single pictures") if len(shape) == 4 else ("single pictures", "clips")
        others = f"for those there are {', '.join(other.name for other in fitting(shape))}"
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"{entry.title} takes {wants} and this data set holds {has}; {others}.",
        )
    if settings is not None and entry.check:
        entry.check(settings, tuple(shape))
