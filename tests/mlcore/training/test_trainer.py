"""What both kinds of training share: a budget becomes steps."""

from types import SimpleNamespace

import pytest

from mlcore.errors import Kind, Refused
from mlcore.training.checkpoint import Progress
from mlcore.training.trainer import BUDGET_SHARE, Trainer, affordable


@pytest.mark.parametrize(("minutes", "steps"), [(0, 1000), (1, 60), (2, 120), (100, 1000), (0.001, 1)])
def test_as_many_steps_as_there_is_time_for_but_one_at_least(minutes, steps):
    """A step of 0.92 s is what a second of the budget pays for; no minutes are no limit."""
    assert affordable(1000, minutes, seconds=BUDGET_SHARE) == steps


def test_what_several_steps_take_together_counts_once():
    assert affordable(1000, 1, seconds=12 * BUDGET_SHARE, per=4) == 20


def resumed(began, remarks):
    """A trainer on the data "a1", about to go on from a checkpoint that was begun with others."""
    trainer = SimpleNamespace(dataset=SimpleNamespace(name="pets", fingerprint="a1"), emit=remarks.append)
    Trainer._compare_data(trainer, began)


def test_a_checkpoint_says_which_data_it_goes_on_with():
    remarks = []
    resumed("a1", remarks)
    assert remarks == []

    with pytest.raises(Refused, match="'pets' isn't the one that this run began with") as refused:
        resumed("b2", remarks)
    assert refused.value.kind == Kind.NOT_COMPATIBLE


def test_a_checkpoint_of_before_goes_on_and_that_is_remarked():
    remarks = []
    resumed(Progress().fingerprint, remarks)

    assert ["isn't known" in each.message for each in remarks] == [True]
