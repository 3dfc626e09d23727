"""The best in so many minutes: the largest network that there is time for, and a limit that training keeps to."""

from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from mlcore import data, training
from mlcore.errors import Refused
from mlcore.training import budget
from mlcore.training.cost import Estimate


@pytest.fixture
def clock(monkeypatch):
    """Probes that take a second each, whatever the machine, and epochs as long as a test says for each width."""
    seconds, ticks = {16: 3.0, 32: 10.0, 64: 34.0}, count()
    still = SimpleNamespace(perf_counter=lambda: next(ticks) / 2, process_time=lambda: next(ticks) / 2)
    monkeypatch.setattr(budget, "time", still)

    def estimate(recipe):
        return Estimate(1, 1, seconds.get(recipe.settings.get("width"), 1.0), 1.0)

    monkeypatch.setattr("mlcore.training.cost.estimate", estimate)
    return seconds


@pytest.fixture
def many(home):
    """400 pictures of 32 x 32 in two classes."""
    from mlcore.data import ingest
    from mlcore.data.sources import Example, Incoming

    random = np.random.default_rng(0)
    examples = (Example(random.integers(0, 255, (32, 32, 3), np.uint8), n % 2, None, str(n)) for n in range(400))
    facts = {"title": "many", "description": "", "source": "folder", "license": ""}
    return data.Dataset(ingest.store(Incoming(("a", "b"), 400, examples), "many", facts, None, 0))


@pytest.mark.parametrize(("minutes", "width"), [(0.3, 16), (1, 32), (4, 32), (6, 64), (60, 64)])
def test_the_wider_network_is_chosen_when_there_is_time_for_its_epochs(clock, many, minutes, width):
    assert training.best("many", minutes).recipe.settings["width"] == width


@pytest.mark.parametrize("minutes", [1, 10])
def test_what_is_left_of_the_budget_is_the_limit_of_training(clock, many, minutes):
    plan = training.best("many", minutes)

    assert minutes * 60 * 0.8 < plan.recipe.training.minutes * 60 < minutes * 60 - budget.WRITING_SECONDS


def test_what_there_is_no_time_for_isnt_timed(clock, many):
    """A minute holds 6 epochs of width 32; width 64 would want 8."""
    assert [probe.recipe.settings["width"] for probe in training.best("many", 1).probes] == [16, 32]


def test_on_a_busy_machine_more_is_set_aside_for_writing(tiny_data):
    idle = budget.Probe(training.draft("shapes", "cnn"), 1.0, 60.0, 1.0, 1.0)
    busy = budget.Probe(idle.recipe, 1.0, 60.0, 1.0, 5.0)

    assert budget._around(tiny_data, busy) - budget._around(tiny_data, idle) == 4 * budget.WRITING_SECONDS


def test_few_pictures_a_class_build_on_what_was_learned_elsewhere(clock, tiny_data):
    assert training.best("shapes", 1).recipe.architecture == "transfer"


def test_what_an_architecture_refuses_is_left_out(monkeypatch, many):
    """As for pictures too small for Fast CNN."""

    def estimate(recipe):
        if recipe.architecture == "fast-cnn":
            raise Refused("not-compatible", "Too small.")
        return Estimate(1, 1, 1.0, 1.0)

    monkeypatch.setattr("mlcore.training.cost.estimate", estimate)

    assert training.best("many", 1).recipe.architecture == "cnn"


def test_where_nothing_fits_the_reason_is_told(monkeypatch, many):
    def estimate(recipe):
        raise Refused("out-of-memory", "Too large.")

    monkeypatch.setattr("mlcore.training.cost.estimate", estimate)

    with pytest.raises(Refused, match="Too large"):
        training.best("many", 1)


def test_small_sets_get_small_batches_and_the_rate_that_goes_with_them(clock, many):
    chosen = training.best("many", 1).recipe.training

    assert chosen.batch_size == 32
    assert chosen.learning_rate == pytest.approx(0.4 * 32 / 256)


@pytest.mark.parametrize("minutes", [0, -1, 0.1, 1e9])
def test_a_time_that_makes_no_plan_is_refused(tiny_data, minutes):
    with pytest.raises(Refused, match=r"0\.25 to 600"):
        training.best("shapes", minutes)


def test_assignments_win(clock, many):
    assert training.best("many", 1, ["training.seed=7"]).recipe.training.seed == 7


def test_measured_for_real_the_recipe_can_be_trained(tiny_data, tmp_path):
    plan = training.best("shapes", 0.25)

    assert plan.probes[0].seconds_per_epoch > 0
    assert plan.recipe.training.minutes < 0.25
    assert training.checked(plan.recipe.model_dump(mode="json")) == plan.recipe
