"""What both kinds of training share: a budget becomes steps."""

import pytest

from mlcore.training.trainer import BUDGET_SHARE, affordable


@pytest.mark.parametrize(("minutes", "steps"), [(0, 1000), (1, 60), (2, 120), (100, 1000), (0.001, 1)])
def test_as_many_steps_as_there_is_time_for_but_one_at_least(minutes, steps):
    """A step of 0.92 s is what a second of the budget pays for; no minutes are no limit."""
    assert affordable(1000, minutes, seconds=BUDGET_SHARE) == steps


def test_what_several_steps_take_together_counts_once():
    assert affordable(1000, 1, seconds=12 * BUDGET_SHARE, per=4) == 20
