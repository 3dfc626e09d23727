"""Hints: curves with a known flaw get its name and their own numbers; sound curves get none."""

import math

import pytest

from mlcore.events import EpochEnded, TrainingRolledBack
from mlcore.recipe import Training
from mlcore.training.hints import guessing, hints

EVEN = {"cat": 500, "dog": 500}
MANY = 10_000  # validation pictures: every accuracy is sharp to a point


def run(loss, val_loss=None, accuracy=0.9, val_accuracy=0.9):
    """The events of a run with these losses, one for each epoch; accuracies are those of the last epoch."""
    val_loss = val_loss or [None] * len(loss)
    seen = val_accuracy if val_loss[-1] is not None else None
    return [
        EpochEnded(epoch, 10 * epoch, one, accuracy, other, seen, 0.001, 1.0, 100.0)
        for epoch, (one, other) in enumerate(zip(loss, val_loss, strict=True), 1)
    ]


def said(events, classes=EVEN, validation=MANY, ended=False, **training):
    return {hint.kind: hint.message for hint in hints(events, Training(**training), classes, validation, ended)}


def test_a_sound_run_gets_no_hint():
    falling = [0.6, 0.5, 0.42, 0.4, 0.39, 0.389]

    assert said(run(falling, [value + 0.02 for value in falling]), ended=True) == {}
    assert said([]) == {}


def test_overfitting_is_a_validation_loss_that_rises_while_the_training_loss_falls():
    words = said(run([0.6, 0.5, 0.4, 0.3, 0.2], [0.62, 0.55, 0.6, 0.7, 0.8]))["overfitting"]

    assert "since epoch 2" in words
    assert "from 0.55 to 0.8 " in words
    assert "from 0.5 to 0.2" in words


@pytest.mark.parametrize(
    "val_loss",
    [
        [0.62, 0.60, 0.58, 0.57, 0.70],  # one epoch may be chance
        [0.62, 0.550, 0.551, 0.552, 0.553],  # level is not rising
        [0.62, 0.550, 0.551, 0.555, 0.570],
        [0.62, 0.61, 0.60, 0.59, 0.58],
    ],
)
def test_a_wobble_is_no_overfitting(val_loss):
    assert "overfitting" not in said(run([0.6, 0.5, 0.4, 0.3, 0.2], val_loss))


def test_both_losses_rising_is_a_matter_of_the_rate():
    found = said(run([0.5, 0.3, 0.5, 0.3, 0.5, 0.4], [0.5, 0.3, 0.5, 0.3, 0.5, 0.6]), learning_rate=0.3)

    assert set(found) == {"rate-too-high"}
    assert "rose in 2 of 5 epochs, lately from 0.3 to 0.5 in epoch 5" in found["rate-too-high"]
    assert "such as 0.1." in found["rate-too-high"]


def test_worse_than_guessing_is_too_high_a_rate():
    words = said(run([5.0]), learning_rate=1.0)["rate-too-high"]

    assert "5, worse than guessing (0.693)" in words


@pytest.mark.parametrize("losses", [[5.0], [0.6931, 0.6930, 0.6929]])
def test_a_loss_shared_with_teachers_is_not_compared_with_guessing(losses):
    assert said(run(losses), learning_rate=1e-5, distillation={"teachers": ["large"]}) == {}


def test_going_back_is_told():
    back = TrainingRolledBack(epoch=3, step=20, learning_rate=0.1, message="")

    assert "once, the last time in epoch 3" in said([*run([0.6]), back])["rate-too-high"]


def test_a_loss_that_stays_at_guessing_is_too_low_a_rate():
    words = said(run([0.6931, 0.6930, 0.6929]), learning_rate=1e-5)["rate-too-low"]

    assert "After 3 epochs the training loss is still 0.693; guessing has 0.693" in words
    assert "such as 0.00003" in words
    assert "rate-too-low" not in said(run([0.6931, 0.6930]))


def test_a_loss_still_falling_at_the_end_asks_for_more_epochs():
    events = run([0.6, 0.5, 0.4, 0.3, 0.25, 0.2], [0.62, 0.52, 0.42, 0.34, 0.29, 0.25])

    assert "from 0.34 to 0.25 in the last 2 of 6 epochs" in said(events, ended=True)["not-converged"]
    assert "not-converged" not in said(events, ended=False)


def test_nothing_more_is_advised_where_every_validation_picture_is_right():
    events = run([0.6, 0.5, 0.4, 0.3, 0.25, 0.2], [0.62, 0.52, 0.42, 0.34, 0.29, 0.25], val_accuracy=1.0)

    assert "not-converged" not in said(events, ended=True)


def test_training_pictures_known_by_heart():
    """Of 100 validation pictures 70 are right; Wilson's interval reaches to 78 %, 10 points below it is 88 %."""
    words = said(run([0.1], [0.9], accuracy=0.99, val_accuracy=0.7), validation=100)["memorising"]

    assert "99 %" in words
    assert "70 %, at most 78 %" in words
    assert "memorising" not in said(run([0.1], [0.9], accuracy=0.87, val_accuracy=0.7), validation=100)


def test_few_validation_pictures_say_little():
    words = said(run([0.5], [0.5], val_accuracy=0.8), validation=20)["validation-too-small"]

    assert "only 20 validation pictures: 80 % right may be anything from 58 % to 92 %" in words
    assert "validation-too-small" not in said(run([0.5], [0.5], val_accuracy=0.8), validation=1000)


def test_uneven_classes_are_named_with_their_counts():
    words = said(run([0.5]), classes={"cat": 1500, "dog": 500, "none": 0})["uneven-classes"]

    assert "1,500 pictures of cat but 500 of dog" in words
    assert "uneven-classes" not in said(run([0.5]), classes={"cat": 1499, "dog": 500})


@pytest.mark.parametrize("classes", [2, 10])
def test_guessing_is_the_loss_of_equal_probabilities(classes):
    shares, truth = [1 / classes] * classes, [1] + [0] * (classes - 1)

    assert guessing("cross-entropy", classes) == pytest.approx(-math.log(shares[0]))
    squared = sum((a - b) ** 2 for a, b in zip(shares, truth, strict=True)) / classes
    assert guessing("mean-squared-error", classes) == pytest.approx(squared)


def test_without_validation_or_classes_it_keeps_still():
    assert said(run([0.6, 0.5, 0.4, 0.3]), classes={}, validation=0, ended=True) == {}


@pytest.mark.parametrize(("validation", "found"), [(100, False), (1000, True)])
def test_few_pictures_need_a_larger_rise(validation, found):
    """From 0.5 to 0.55 is a tenth; two standard errors are a fifth of the mean for 100 pictures, 6 % for 1,000."""
    events = run([0.6, 0.5, 0.4, 0.3, 0.2], [0.62, 0.5, 0.52, 0.53, 0.55])

    assert ("overfitting" in said(events, validation=validation)) is found
