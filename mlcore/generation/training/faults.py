"""Faults of a generator in training, such as mode collapse: how a look shows them, and how they are said.

Everything follows from the looks so far, the newest last, so that a resumed run knows what it knew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from mlcore.events import SamplesChecked
from mlcore.generation.settings import NAMING
from mlcore.intervals import percent_text
from mlcore.numerals import decimal

LOOKS = 3  # in a row until something is said, and until it counts as gone
WARM_UP = 400  # steps in which every generator makes nearly the same picture whatever it is asked for
ALIKE = 0.25  # of the variety of real pictures
FLAT = 1e-3  # of the range of a pixel
AHEAD = 0.98  # of the pairs
HOPELESS = 6  # looks in a row at flat pictures after which training breaks off


@dataclass(frozen=True)
class Fault:
    """A way to go wrong: whether a look shows it, beside the look before, and what to say while it lasts and after."""

    shows: Callable[[SamplesChecked, SamplesChecked], bool]
    words: Callable[[SamplesChecked, object], str]
    gone: str


def present(looks: list[SamplesChecked]) -> set[str]:
    """The kinds of faults that the looks show: from the third look in a row until three in a row don't show it."""
    return {kind for kind in FAULTS if _lasts(kind, looks)}


def is_hopeless(looks: list[SamplesChecked]) -> bool:
    """Whether pictures have been flat so long that training can't bring them back."""
    counted = [look for look in looks if look.step >= WARM_UP][-HOPELESS:]
    return len(counted) == HOPELESS and all(_is_flat(look) for look in counted)


def hopeless(plan) -> str:
    """Why training breaks off."""
    return (
        f"Training broke off: every made picture was one flat colour at {HOPELESS} looks in a row, and a generator "
        f"doesn't come back from there; train again with learning_rate={decimal(plan.learning_rate / 2)}."
    )


def _lasts(kind: str, looks: list[SamplesChecked]) -> bool:
    """Whether the last three looks that agreed with each other showed it."""
    shown = [FAULTS[kind].shows(look, before) for before, look in pairwise(looks) if look.step >= WARM_UP]
    runs = [shown[at : at + LOOKS] for at in range(len(shown) - LOOKS + 1)]
    agreed = [run[0] for run in runs if len(set(run)) == 1]
    return bool(agreed) and agreed[-1]


def _is_flat(look) -> bool:
    return look.deviation < FLAT


def _is_alike(look) -> bool:
    return look.variety is not None and look.variety < ALIKE and not _is_flat(look)


def _is_alike_within(look) -> bool:
    variety = look.least_variety
    return variety is not None and variety < ALIKE and not _is_alike(look) and not _is_flat(look)


def _ignores(look) -> bool:
    return look.right is not None and look.right < look.right_needed and not _is_flat(look)


def _is_ahead(look, before) -> bool:
    measured = look.generator_loss is not None and before.generator_loss is not None
    return measured and look.critic_right > AHEAD and look.generator_loss > before.generator_loss


def _smoother(plan) -> str:
    """What holds the critic back more than it is held now."""
    return "regulariser=r1r2" if plan.regulariser in ("none", "spectral") else f"gamma={decimal(plan.gamma * 2 or 0.1)}"


def _collapse(look, plan) -> str:
    return (
        f"Collapse: made pictures are nearly all alike, with {_percent(look.variety)} of the variety of real ones. "
        f"Stop, and train again with a smoother critic ({_smoother(plan)}) or smaller steps "
        f"(learning_rate={decimal(plan.learning_rate / 2)})."
    )


def _collapse_within(look, plan) -> str:
    less = f"less weight on the class (class_weight={decimal(plan.class_weight / 2)}) or "
    return (
        f"Collapse within a class: made pictures of {look.least_class!r} are nearly all alike, with "
        f"{_percent(look.least_variety)} of the variety of real ones. Train again with "
        f"{less if plan.conditioning in NAMING else ''}a smoother critic ({_smoother(plan)})."
    )


def _critic_ahead(look, plan) -> str:
    return (
        f"The critic is nearly always right ({_percent(look.critic_right)} of pairs) and the generator's loss keeps "
        f"rising, so it learns little any more. Train again with a smoother critic ({_smoother(plan)})."
    )


def _ignored(look, plan) -> str:
    named = plan.conditioning in NAMING
    more = f"class_weight={decimal(plan.class_weight * 2 or 1)}" if named else "conditioning=class-scores"
    return (
        f"The generator ignores the class: what is asked for is seen in {_percent(look.right)} of the pictures, and "
        f"should be in {_percent(look.right_needed)} at least. If it stays so, train again with more weight on the "
        f"class ({more})."
    )


def _flat(look, plan) -> str:
    return (
        f"Dead output: every picture is one flat colour. A generator seldom comes back from there, so training breaks "
        f"off after {HOPELESS} such looks. Train again with smaller steps "
        f"(learning_rate={decimal(plan.learning_rate / 2)})."
    )


FAULTS = {
    "collapse": Fault(lambda look, _: _is_alike(look), _collapse, "The pictures differ from each other again."),
    "class-collapse": Fault(
        lambda look, _: _is_alike_within(look), _collapse_within, "The pictures of each class differ again."
    ),
    "critic-ahead": Fault(_is_ahead, _critic_ahead, "The critic isn't so far ahead any more."),
    "ignored-class": Fault(lambda look, _: _ignores(look), _ignored, "The pictures show the class asked for again."),
    "dead-output": Fault(lambda look, _: _is_flat(look), _flat, "There is something in the pictures again."),
}


def _percent(share: float) -> str:
    return f"{percent_text(share, 0)} %"
