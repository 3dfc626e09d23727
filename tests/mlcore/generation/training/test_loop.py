"""Training a generator: resumed equals uninterrupted, numbers that get lost are found again, and what is left."""

import json
import re

import numpy as np
import pytest

from mlcore import data, events, generation, images, library
from mlcore.errors import Kind, Refused
from mlcore.generation.training.loop import train
from mlcore.training import checkpoint


def weights(gan):
    return checkpoint.capture(gan)


def test_resumed_equals_uninterrupted_to_the_bit(plan, tmp_path):
    whole = train(plan, tmp_path / "whole")
    asked = []

    def after_three():
        asked.append(1)
        return len(asked) == 3

    first = train(plan, tmp_path / "parts", should_stop=after_three)
    second = train(plan, tmp_path / "parts")

    assert first.stopped
    assert 0 < first.progress.step < plan.steps == second.progress.step
    for name, value in weights(whole.gan).items():
        if not name.startswith("m"):  # running means of what was shown
            np.testing.assert_array_equal(value, weights(second.gan)[name], err_msg=name)


def test_a_number_that_gets_lost_takes_the_run_back_with_half_the_rate(plan, tmp_path, monkeypatch):
    from mlcore.generation.training.loop import _Run

    told, original = [], _Run._chunk

    def spoiled(self, watch):
        original(self, watch)
        if self.progress.step == 3 and not self.progress.rollbacks:
            self.model.generator.weights[0].assign(np.full(self.model.generator.weights[0].shape, np.nan))

    monkeypatch.setattr(_Run, "_chunk", spoiled)
    done = train(plan, tmp_path, told.append)

    assert done.progress.step == plan.steps
    assert done.progress.rollbacks == 1
    assert float(done.gan.optimizer.learning_rate) == pytest.approx(plan.learning_rate / 2)
    assert float(done.gan.gamma.value) == pytest.approx(2 * plan.gamma)
    (words,) = [each.message for each in told if isinstance(each, events.NoticeGiven)]
    assert re.search(
        r"went back to step \d .* half the learning rate \(0\.00025\), the critic kept twice as smooth "
        r"\(gamma 0\.6\)\. That was try 1 of 3",
        words,
    )
    assert checkpoint.is_finite(weights(done.gan))


def test_after_three_tries_it_says_what_to_do(plan, tmp_path, monkeypatch):
    from mlcore.generation.training.loop import _Run

    monkeypatch.setattr(_Run, "_finite", lambda self: False)

    with pytest.raises(
        Refused, match=r"stopped being finite 4 times.*train again with a learning rate below"
    ) as refusal:
        train(plan, tmp_path)
    assert refusal.value.kind == Kind.NON_FINITE_WEIGHTS


def test_looks_change_nothing_and_survive_in_the_checkpoint(plan, tmp_path, monkeypatch):
    from mlcore.generation.training import checks

    monkeypatch.setattr(checks, "SHARE", 1e9)
    told = []
    often = train(plan, tmp_path / "often", told.append)
    monkeypatch.setattr(checks.Checks, "look", lambda *given: False)
    never = train(plan, tmp_path / "never")

    for name, value in weights(never.gan).items():
        np.testing.assert_array_equal(value, weights(often.gan)[name], err_msg=name)
    found = [each for each in told if isinstance(each, events.SamplesChecked)]
    assert [each.step for each in found] == list(range(plan.steps + 1))
    assert [row["step"] for row in checkpoint.load(tmp_path / "often" / "checkpoints")[1].history] == list(range(7))
    assert 0 <= found[-1].critic_right <= 1
    assert len(found[-1].real_scores) == min(checks.SCORED, len(data.open(plan.data).split("train")))
    assert np.std(found[-1].made_scores) > 0


def test_a_generator_that_only_makes_grey_is_ended_in_words(plan, tmp_path, monkeypatch):
    from mlcore.generation.training import checks, faults
    from mlcore.generation.training.loop import _Run

    original = _Run._chunk

    def dead(self, watch):
        original(self, watch)
        for weight in self.model.averaged.weights:
            weight.assign(np.zeros(weight.shape))

    monkeypatch.setattr(_Run, "_chunk", dead)
    monkeypatch.setattr(checks, "SHARE", 1e9)
    monkeypatch.setattr(faults, "WARM_UP", 1)
    told, plan = [], plan.model_copy(update={"conditioning": "label-channels"})  # a critic that isn't ahead at once

    with pytest.raises(Refused, match="one flat colour") as refusal:
        train(plan, tmp_path, told.append)
    assert refusal.value.kind == Kind.DEAD_OUTPUT
    assert [each.kind for each in told if isinstance(each, events.FaultSeen)] == ["dead-output"]


@pytest.fixture
def finished(tiny_generator, _home_with_generator):
    """A finished generator in the library of the test: what training left, and what it told."""
    return _home_with_generator[1:]


def test_a_finished_generator_makes_the_pictures_of_its_averaged_network(finished):
    trained, told = finished
    maker = generation.open("maker")

    pictures = maker.sample(5, seed=3)

    shares = np.eye(3, dtype="float32")[[0, 1, 2, 0, 1]]
    raw = np.asarray(trained.gan.averaged(np.concatenate([maker.latents(5, 3), shares], axis=1)))
    assert abs(pictures.astype(int) - (raw + 1) * 127.5).max() <= 1
    assert pictures.shape == (5, 32, 32, 3)
    np.testing.assert_array_equal(maker.sample(2, seed=3), pictures[:2])
    network = generation.Generator(maker.card.model_copy(update={"answers_fast": False}), maker.folder)
    assert abs(network.sample(5, seed=3).astype(int) - pictures).max() <= 1
    sheets = [each for each in told if isinstance(each, events.SamplesDrawn)]
    assert [each.step for each in sheets] == list(range(7))
    assert images.decode((maker.folder / sheets[-1].file).read_bytes()).pixels.shape == (8 * 33 - 1, 3 * 33 - 1, 3)


def test_a_class_can_be_asked_for_by_name_or_number(finished):
    maker = generation.open("maker")

    np.testing.assert_array_equal(maker.sample(3, 1, "disc"), maker.sample(3, 1, 1))
    with pytest.raises(Refused, match="star"):
        maker.sample(1, 0, "star")
    with pytest.raises(Refused, match="allowed are 1 to 4,096"):
        maker.sample(0)


def test_a_generator_is_in_the_library_and_no_classifier(finished):
    assert [card.id for card in generation.all() if not card.starter] == ["maker"]
    assert "maker" not in {card.id for card in library.classifiers()}
    with pytest.raises(Refused, match="generator and can't classify") as refusal:
        library.open_classifier("maker")
    assert refusal.value.kind == Kind.NOT_COMPATIBLE
    with pytest.raises(Refused, match="classifier; it can't make pictures"):
        generation.open("handwritten-digits")


def test_the_card_names_the_command_that_makes_it_again(finished):
    command = library.card_of("maker").command

    assert command.startswith("python -m mlcore train-generator --data shapes32 --generator tiny --set network=")
    assert "--set steps=6" in command
    assert json.loads((library.folder("maker") / "generator.json").read_text()) == {"noise": 4, "conditional": True}


def test_too_few_pictures_are_refused(pictures, tmp_path):
    plan = generation.draft("shapes32", "tiny", ["batch_size=512"])

    with pytest.raises(Refused, match="needs at least one batch of them, which is 512"):
        train(plan, tmp_path)


def test_a_time_budget_cuts_the_steps_and_says_so(plan, tmp_path, monkeypatch):
    from mlcore.generation.training.loop import _Run

    monkeypatch.setattr(_Run, "_probe", lambda self: 13.8)  # four of them are what 0.92 of a minute pays for
    told = []
    done = train(plan.model_copy(update={"minutes": 1.0}), tmp_path, told.append)

    assert done.progress.step == done.progress.total_steps == 4
    assert [each.message for each in told if isinstance(each, events.NoticeGiven)] == [
        "The time budget of 1 minute allows 4 steps here."
    ]


def test_timing_steps_leaves_no_trace_in_what_is_learned(plan, tmp_path):
    untimed = train(plan, tmp_path / "untimed")
    timed = train(plan.model_copy(update={"minutes": 60.0}), tmp_path / "timed")

    assert timed.progress.step == plan.steps
    for name, value in weights(untimed.gan).items():
        np.testing.assert_array_equal(value, weights(timed.gan)[name], err_msg=name)


def test_a_plan_that_was_too_hopeful_ends_when_the_time_is_up(plan, tmp_path, monkeypatch):
    from mlcore.training import trainer

    monkeypatch.setattr(trainer, "BUDGET_SHARE", 1e9)
    told = []
    done = train(plan.model_copy(update={"minutes": 1e-6, "steps": 1000}), tmp_path, told.append)

    assert [each.reason for each in told if isinstance(each, events.TrainingEnded)] == ["time-is-up"]
    assert 0 < done.progress.step < done.progress.total_steps == 1000
    assert not done.stopped


def test_a_damaged_checkpoint_is_told_and_the_one_before_is_taken(plan, tmp_path, monkeypatch):
    from mlcore.training import steps

    monkeypatch.setattr(steps, "SAVE_SECONDS", -1.0)
    straight, told = train(plan, tmp_path / "straight"), []
    train(plan, tmp_path / "broken")
    newest = max((tmp_path / "broken" / "checkpoints").glob("0*.ckpt"))
    newest.write_bytes(newest.read_bytes()[:-1])
    resumed = train(plan, tmp_path / "broken", told.append)

    assert any("the one before, of step 5" in each.message for each in told if isinstance(each, events.NoticeGiven))
    for name, value in weights(straight.gan).items():
        if not name.startswith("m"):  # running means of what was shown
            np.testing.assert_array_equal(value, weights(resumed.gan)[name], err_msg=name)
