"""Uneven classes evened out: by weights in the loss, by sampling, and what counts as the best epoch."""

import numpy as np
import pytest

from mlcore import training
from mlcore.events import NoticeGiven
from mlcore.recipe import Training
from mlcore.training.balance import balanced_order, weights
from mlcore.training.loop import _accuracy as best_by
from mlcore.training.metrics import Accuracy, BalancedAccuracy
from mlcore.training.optimizers import loss

LABELS = np.repeat([0, 1, 3], [12, 6, 2])


def test_weights_make_all_classes_weigh_the_same_and_the_mean_picture_one():
    found = weights(Training(class_balance="weights"), LABELS, 4)

    np.testing.assert_allclose(found * np.bincount(LABELS), [20 / 3, 20 / 3, 0, 20 / 3], rtol=1e-6)
    assert found[LABELS].mean() == pytest.approx(1)
    assert weights(Training(), LABELS, 4) is None


@pytest.mark.parametrize("kind", ["cross-entropy", "mean-squared-error"])
def test_a_weighted_loss_is_the_mean_over_the_classes_of_their_losses(kind):
    logits = np.random.default_rng(0).normal(0, 2, (20, 4)).astype("float32")
    plain = np.asarray(loss(Training(loss=kind), 4)(LABELS, logits))

    weighted = loss(Training(loss=kind), 4, weights(Training(class_balance="weights"), LABELS, 4))(LABELS, logits)

    expected = np.mean([plain[label == LABELS].mean() for label in (0, 1, 3)])
    assert np.asarray(weighted).mean() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("kind", ["cross-entropy", "mean-squared-error"])
def test_a_class_given_as_shares_loses_what_its_number_loses(kind):
    logits = np.random.default_rng(0).normal(0, 2, (20, 4)).astype("float32")
    own = loss(Training(loss=kind, label_smoothing=0.1), 4)

    np.testing.assert_allclose(own(np.eye(4, dtype="float32")[LABELS], logits), own(LABELS, logits), rtol=1e-6)


def test_cross_entropy_of_shares_is_the_same_share_of_both_classes():
    logits = np.random.default_rng(0).normal(0, 2, (1, 4)).astype("float32")
    own, shares = loss(Training(), 4), np.array([[0.25, 0, 0.75, 0]], "float32")

    apart = 0.25 * np.asarray(own(np.array([0]), logits)) + 0.75 * np.asarray(own(np.array([2]), logits))
    np.testing.assert_allclose(own(shares, logits), apart, rtol=1e-6)


def test_an_evened_order_has_all_classes_equally_often_and_repeats_none_early():
    order = balanced_order(LABELS, np.random.default_rng(0))

    assert len(order) == len(LABELS)
    assert sorted(np.bincount(LABELS[order])[[0, 1, 3]]) == [6, 7, 7]
    times = np.bincount(order, minlength=20)
    assert times[LABELS == 0].max() == 1  # six or seven of twelve
    assert set(times[LABELS == 1]) <= {1, 2}
    assert set(times[LABELS == 3]) <= {3, 4}


def test_every_picture_of_a_large_class_has_its_turn():
    """Each of 12 is left out of an epoch with a chance of a half: of all 30 with 1e-9."""
    random = np.random.default_rng(0)

    seen = np.unique(np.concatenate([balanced_order(LABELS, random) for _ in range(30)]))

    assert len(seen) == 20


def test_accuracy_of_mixed_pictures_is_of_the_class_with_the_larger_share():
    metric = Accuracy(name="accuracy")

    metric.update_state(np.array([[0.6, 0.4], [0.3, 0.7], [1, 0]], "float32"), np.array([[1, 0], [1, 0], [1, 0.0]]))
    metric.update_state(np.array([1]), np.array([[0, 1.0]]))

    assert float(metric.result()) == pytest.approx(3 / 4)


def test_balanced_accuracy_is_the_mean_of_the_recalls():
    """Of class 0 three in four are right, of class 2 none of one; class 1 never came."""
    metric = BalancedAccuracy(3)

    metric.update_state(np.array([0, 0, 0]), np.eye(3)[[0, 0, 1]])
    metric.update_state(np.array([0, 2]), np.eye(3)[[0, 1]])

    assert float(metric.result()) == pytest.approx(3 / 8)


def test_the_best_epoch_is_that_of_the_best_balanced_accuracy_where_classes_are_evened_out():
    plain, alone = {"accuracy": 0.9, "val_accuracy": 0.8}, {"accuracy": 0.9, "val_accuracy": None}

    assert best_by(plain) == 0.8
    assert best_by(alone) == 0.9
    assert best_by({**plain, "balanced_accuracy": 0.7, "val_balanced_accuracy": 0.6}) == 0.6
    assert best_by({**alone, "balanced_accuracy": 0.7}) == 0.7


MIXED = ("training.augmentation.mixup=0.4", "training.augmentation.cutmix=1", "training.augmentation.noise=0.05")


@pytest.mark.parametrize(
    "extra",
    [
        ("training.class_balance=weights", "training.loss=mean-squared-error", *MIXED),
        ("training.class_balance=sampling", "training.label_smoothing=0.1", "training.early_stopping=3", *MIXED),
    ],
)
def test_mixed_and_evened_out_a_resumed_run_is_as_never_stopped(tiny_data, tmp_path, extra):
    """Stopped inside the second epoch; equal to the bit (CPU), running metrics too."""
    recipe = training.draft("shapes", "cnn", None, ["training.epochs=3", "training.batch_size=8", *extra])
    asks, told = iter(range(100)), []
    straight = training.train(recipe, tmp_path / "straight")
    training.train(recipe, tmp_path / "other", should_stop=lambda: next(asks) >= 2)

    resumed = training.train(recipe, tmp_path / "other", told.append)

    assert not resumed.stopped
    for one, two in zip(straight.model.get_weights(), resumed.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    assert straight.progress.history == resumed.progress.history
    assert "val_balanced_accuracy" in resumed.progress.history[-1]
    notices = " ".join(event.message for event in told if isinstance(event, NoticeGiven))
    assert "mixed two by two" in notices
    assert "Classes are evened out" in notices
