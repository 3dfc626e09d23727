"""What the curves of a run say, in plain language: each hint cites the numbers that it saw.

Hints are rules of thumb on what was told so far. They keep still when in doubt: a rule speaks only where the
change is larger than what chance would do to that many validation pictures, or has lasted several epochs.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from mlcore.events import EpochEnded, TrainingRolledBack
from mlcore.intervals import percent_text, wilson
from mlcore.numerals import decimal
from mlcore.recipe import Training
from mlcore.training import balance

LASTING = 3  # epochs that a trend must last; two in a row are often chance
# A loss must differ by 5 % to count as different, and a validation loss by two standard errors of its mean: losses of
# single pictures spread about as widely as their mean, which makes 2 / sqrt(n).
APART = 1.05
NO_BETTER = 0.95  # a loss above this share of guessing's has hardly moved
STILL_FALLING = 0.97  # a validation loss that fell below this share of itself in the last third goes on falling
WIDE = 0.05  # half a 95 % interval: below it, epochs can be told apart by 5 points


@dataclass(frozen=True)
class Hint:
    """One thing that a run's numbers say, and what can be done; `kind` is for scripts."""

    kind: str
    message: str


def hints(
    events: list, training: Training, classes: Mapping[str, int] | None = None, validation: int = 0, ended: bool = False
) -> list[Hint]:
    """What stands out in a run, the gravest first.

    `classes` holds the number of pictures of each class, `validation` the number of validation pictures, `ended`
    says whether the run came to its end by itself. What guessing would lose isn't known where teachers share the loss
    or pictures are mixed.
    """
    rows, guessed = _epochs(events), 0 if _is_shared(training) else len(classes or ())
    hints = [
        _rate_too_high(rows, events, training, guessed),
        _rate_too_low(rows, training, guessed),
        _overfitting(rows, validation),
        _gap(rows, validation),
        _not_yet(rows) if ended else None,
        _validation_too_small(rows, validation),
        _uneven(classes or {}, training),
    ]
    return [hint for hint in hints if hint]


def _is_shared(training: Training) -> bool:
    augmentation = training.augmentation
    return bool(training.distillation.teachers or augmentation.mixup or augmentation.cutmix)


def guessing(loss: str, classes: int) -> float:
    """The loss of an equal probability for each of K classes: ln K, or for squared errors (1 - 1/K) / K."""
    return math.log(classes) if loss == "cross-entropy" else (1 - 1 / classes) / classes


def _epochs(events: list) -> list[EpochEnded]:
    """The finished epochs; of a repeated one the last account."""
    ended = {event.epoch: event for event in events if isinstance(event, EpochEnded) and event.loss is not None}
    return [ended[epoch] for epoch in sorted(ended)]


def _rate_too_high(rows, events, training: Training, classes: int) -> Hint | None:
    advice = f"Try a smaller learning rate, such as {decimal(training.learning_rate / 3, 1)}."
    if back := [event for event in events if isinstance(event, TrainingRolledBack)]:
        often = "once" if len(back) == 1 else f"{len(back)} times"
        text = f"The loss stopped being a number {often}, the last time in epoch {back[-1].epoch}. {advice}"
        return Hint("rate-too-high", text)
    if classes > 1 and rows and rows[-1].loss > APART * guessing(training.loss, classes):
        text = f"After epoch {rows[-1].epoch} the training loss is {decimal(rows[-1].loss)}, worse than guessing "
        return Hint("rate-too-high", f"{text}({decimal(guessing(training.loss, classes))}). {advice}")
    steps = list(pairwise(rows))
    risen = [(one, two) for one, two in steps if two.loss > APART * one.loss]
    if len(risen) >= 2 and len(risen) >= len(steps) / 3:
        one, two = risen[-1]
        text = (
            f"The training loss rose in {len(risen)} of {len(steps)} epochs, lately from {decimal(one.loss)} to "
            f"{decimal(two.loss)} in epoch {two.epoch}. {advice}"
        )
        return Hint("rate-too-high", text)
    return None


def _rate_too_low(rows, training: Training, classes: int) -> Hint | None:
    if classes < 2 or len(rows) < LASTING:
        return None
    by_chance, losses = guessing(training.loss, classes), [row.loss for row in rows]
    if not NO_BETTER * by_chance < losses[-1] <= APART * by_chance:
        return None
    text = (
        f"After {rows[-1].epoch} epochs the training loss is still {decimal(losses[-1])}; guessing has "
        f"{decimal(by_chance)}. "
        f"Try a larger learning rate, such as {decimal(training.learning_rate * 3, 1)}, or another architecture."
    )
    return Hint("rate-too-low", text)


def _overfitting(rows, validation: int) -> Hint | None:
    validated_rows = [row for row in rows if row.val_loss is not None]
    if len(validated_rows) <= LASTING:
        return None
    best, last = min(validated_rows, key=lambda row: row.val_loss), validated_rows[-1]
    lasted = last.epoch - best.epoch >= LASTING
    rise = max(APART - 1, 2 / math.sqrt(validation or 100))
    if not lasted or last.val_loss < (1 + rise) * best.val_loss or last.loss >= best.loss:
        return None
    text = (
        f"Overfitting: since epoch {best.epoch} the validation loss rose from {decimal(best.val_loss)} to "
        f"{decimal(last.val_loss)} while the training loss fell from {decimal(best.loss)} to {decimal(last.loss)}. "
        "Vary the pictures, stop early, use a smaller network or more pictures."
    )
    return Hint("overfitting", text)


def _gap(rows, validation: int) -> Hint | None:
    """Training accuracy above the whole interval of the validation accuracy, by ten points or more."""
    last = rows[-1] if rows else None
    if not last or last.val_accuracy is None or last.accuracy is None or not validation:
        return None
    high = wilson(round(last.val_accuracy * validation), validation).high
    if last.accuracy < high + 0.10:
        return None
    text = (
        f"It knows its training pictures ({_percent(last.accuracy)} right) much better than the {validation:,} "
        f"validation pictures ({_percent(last.val_accuracy)}, at most {_percent(high)}). "
        "More pictures or more variation help most."
    )
    return Hint("memorising", text)


def _not_yet(rows) -> Hint | None:
    validated_rows = [row for row in rows if row.val_loss is not None]
    span = max(2, len(validated_rows) // 3)
    if len(validated_rows) <= span or min(row.val_loss for row in validated_rows) < validated_rows[-1].val_loss:
        return None
    before, last = validated_rows[-1 - span], validated_rows[-1]
    if last.val_loss > STILL_FALLING * before.val_loss or last.val_accuracy == 1:  # nothing is left to be gained
        return None
    text = (
        f"Not finished learning: the validation loss still fell from {decimal(before.val_loss)} to "
        f"{decimal(last.val_loss)} in the last {span} of {last.epoch} epochs. Train for more epochs."
    )
    return Hint("not-converged", text)


def _validation_too_small(rows, validation: int) -> Hint | None:
    accuracies = [row.val_accuracy for row in rows if row.val_accuracy is not None]
    if not accuracies or not validation:
        return None
    interval = wilson(round(accuracies[-1] * validation), validation)
    if (interval.high - interval.low) / 2 <= WIDE:
        return None
    text = (
        f"There are only {validation:,} validation pictures: {_percent(accuracies[-1])} right may be anything from "
        f"{_percent(interval.low)} to {_percent(interval.high)}, so smaller differences between epochs are luck."
    )
    return Hint("validation-too-small", text)


def _uneven(classes: Mapping[str, int], training: Training) -> Hint | None:
    if (extremes := balance.uneven(classes)) is None:
        return None
    most, least = extremes
    text = (
        f"The classes are uneven: {classes[most]:,} pictures of {most} but {classes[least]:,} of {least}. "
        "Accuracy speaks mostly of the large classes; look at each class on the Evaluate page"
    )
    more = ", and train with balanced sampling" if training.class_balance == "none" else ""
    return Hint("uneven-classes", f"{text}{more}.")


def _percent(share: float) -> str:
    return f"{percent_text(share, 0)} %"
