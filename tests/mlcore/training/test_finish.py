"""What a card tells of a run that the clock ended."""

from types import SimpleNamespace

import pytest

from mlcore import training
from mlcore.training.checkpoint import Progress
from mlcore.training.finish import _own


@pytest.mark.parametrize(("minutes", "remark"), [(0, False), (1, True)])
def test_a_time_limit_is_said_to_make_the_command_give_a_like_model_only(tiny_data, minutes, remark):
    recipe = training.draft("shapes", "mlp", None, [f"training.minutes={minutes}"])

    description = _own(recipe, SimpleNamespace(dataset=tiny_data, progress=Progress(step=1234)))["description"]

    assert ("A time limit set the number of steps, 1,234" in description) == remark
