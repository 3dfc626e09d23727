"""What training a repair network will take, and the presets."""

import pytest

from mlcore.errors import Kind, Refused
from mlcore.repair import presets
from mlcore.repair.estimate import RepairEstimate, estimate
from mlcore.repair.network import unet
from mlcore.repair.settings import RepairSettings


def test_a_time_limit_bounds_what_the_steps_would_take():
    timing = RepairEstimate(10, seconds_per_step=2.0)

    assert timing.seconds(RepairSettings(steps=100)) == 200
    assert timing.seconds(RepairSettings(steps=100, minutes=1.0)) == 60


def test_steps_are_timed_on_the_very_network(tiny_data):
    timing = estimate(RepairSettings(data="shapes", width=8, batch_size=8))

    assert timing.parameters == unet(8).count_params()
    assert 0 < timing.seconds_per_step < 60


@pytest.mark.parametrize("name", presets.PRESETS)
def test_every_preset_makes_settings_and_shows_photographs_mirrored(tiny_data, name):
    plan = presets.draft("shapes", name)

    assert plan.flip
    assert plan.model_dump().items() >= presets.PRESETS[name].settings.items()


def test_an_unknown_preset_is_refused(tiny_data):
    with pytest.raises(Refused, match="usual") as refusal:
        presets.draft("shapes", "huge")
    assert refusal.value.kind == Kind.UNKNOWN_NAME
