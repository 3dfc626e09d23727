"""What training a generator will take."""

from mlcore import durable, generation, library
from mlcore.generation.training.estimate import GanEstimate, estimate
from mlcore.settings import read


def test_a_time_limit_bounds_what_the_steps_would_take():
    found = GanEstimate(10, 20, seconds_per_step=2.0)

    assert found.seconds(generation.GanSettings(steps=100)) == 200
    assert found.seconds(generation.GanSettings(steps=100, minutes=1.0)) == 60


def test_steps_are_timed_on_the_very_networks(tiny_generator):
    settings = durable.read_json(library.folder(tiny_generator) / "task.json")["settings"]

    found = estimate(read(generation.GanSettings, settings))

    assert found.generator_parameters == library.card_of(tiny_generator).parameters
    assert 0 < found.seconds_per_step < 60
