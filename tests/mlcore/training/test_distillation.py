"""Knowledge distillation: the divergence in closed form, what counts for how much, and who may teach whom."""

import itertools

import keras
import numpy as np
import pytest

from mlcore import data, library, training
from mlcore.backbones import graft
from mlcore.errors import Refused
from mlcore.events import NoticeGiven
from mlcore.training import distillation, loop
from mlcore.training.distillation import divergence

QUICK = ["training.epochs=2", "training.batch_size=8", "settings.dropout=0.3"]
TEACHER = "training.distillation.teachers=tiny"


def recipe(*assignments, architecture="cnn"):
    return training.draft("shapes", architecture, None, [*QUICK, *assignments])


def weights(result) -> np.ndarray:
    return np.concatenate([np.ravel(weight) for weight in result.model.get_weights()])


def numbers(tensor) -> np.ndarray:
    return keras.ops.convert_to_numpy(tensor)


def test_two_classes_by_hand():
    """Softened by 2, logits of 2 ln 3 and 0 are probabilities of 3/4 and 1/4; the pupil says a half each."""
    found = numbers(divergence([np.array([[2 * np.log(3), 0.0]], "float32")], np.zeros((1, 2), "float32"), 2.0))

    assert found == pytest.approx([4 * (0.75 * np.log(0.75 / 0.5) + 0.25 * np.log(0.25 / 0.5))], rel=1e-5)


def test_nothing_is_lost_by_the_very_same_answer():
    logits = np.random.default_rng(0).normal(0, 3, (5, 4)).astype("float32")

    assert numbers(divergence([logits, logits], logits + 7.0, 3.0)) == pytest.approx(np.zeros(5), abs=1e-5)


def test_at_a_high_temperature_it_is_half_the_variance_of_the_difference():
    """Equation 4 of the paper, integrated: for T far above the logits, half the variance of their differences."""
    one, two = np.random.default_rng(1).normal(0, 1, (2, 6, 5)).astype("float32")
    found = numbers(divergence([one], two, 100.0))

    assert found == pytest.approx((one - two).var(axis=1) / 2, rel=0.03)


def test_several_teachers_speak_by_their_mean_probability():
    one, two, mean = (np.log(np.array([[share, 1 - share]], "float32")) for share in (0.9, 0.5, 0.7))

    assert numbers(divergence([one, two], mean, 1.0)) == pytest.approx([0.0], abs=1e-6)


def test_without_a_share_training_is_the_same_to_the_bit(tiny_model, tmp_path):
    plain = training.train(recipe(), tmp_path / "plain")
    taught = training.train(recipe(TEACHER, "training.distillation.share=0"), tmp_path / "taught")

    np.testing.assert_array_equal(weights(taught), weights(plain))


def test_with_the_whole_share_the_labels_do_not_count(tiny_model, tmp_path):
    all_of_it = [TEACHER, "training.distillation.share=1"]
    sure = training.train(recipe(*all_of_it), tmp_path / "sure")
    smooth = training.train(recipe(*all_of_it, "training.label_smoothing=0.4"), tmp_path / "smooth")

    np.testing.assert_array_equal(weights(smooth), weights(sure))


def test_the_pupil_answers_like_its_teacher_even_where_that_is_wrong(tiny_model, tmp_path, monkeypatch):
    """Seed 0, 48 training pictures, and a teacher that takes each class for the next: chance is 1/3."""
    teacher = library.open("tiny").model
    wrong = keras.Model(teacher.inputs[0], keras.ops.roll(teacher.outputs[0], 1, axis=-1))
    monkeypatch.setattr(distillation, "load_network", lambda *args, **more: wrong)
    chosen = recipe(TEACHER, "training.distillation.share=1", "training.epochs=30", "settings.dropout=0")
    pupil, split = training.train(chosen, tmp_path).model, data.open("shapes").split("train")
    pictures = split.read(np.arange(len(split))).astype("float32")
    answers, wanted = (numbers(network(pictures)).argmax(axis=1) for network in (pupil, wrong))

    assert (answers == wanted).mean() > 0.9
    assert (answers == split.labels).mean() < 0.1


def test_the_teacher_stays_as_it_is_and_out_of_the_pupil(tiny_model, tmp_path, monkeypatch):
    opened = []
    load = distillation.load_network
    monkeypatch.setattr(
        distillation, "load_network", lambda *args, **more: opened.append(load(*args, **more)) or opened[-1]
    )
    before = library.open("tiny").model.get_weights()
    pupil = training.train(recipe(TEACHER), tmp_path).model

    for now, then in zip(opened[0].get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert pupil.count_params() == training.estimate(recipe()).parameters
    assert "compute_loss" not in vars(pupil)


def test_the_validation_loss_looks_at_the_labels_alone_and_who_watches_is_told(tiny_model, tmp_path):
    said = []
    result = training.train(recipe(TEACHER), tmp_path, said.append)
    split = data.open("shapes").split("val")
    pictures, labels = split.read(np.arange(len(split))), split.labels
    told = result.progress.history[-1]["val_loss"]

    assert result.model.evaluate(pictures, labels, verbose=0, return_dict=True)["loss"] == pytest.approx(told, rel=1e-5)
    assert "has a weight of 90 %" in next(event.message for event in said if isinstance(event, NoticeGiven))


@pytest.mark.parametrize("asks", [1, 9])
def test_stopped_and_resumed_is_as_never_stopped(tiny_model, tmp_path, monkeypatch, asks):
    monkeypatch.setattr(loop, "MOST_STEPS_PER_EXECUTION", 1)
    straight = training.train(recipe(TEACHER), tmp_path / "straight")
    counter = itertools.count(1)
    stopped = training.train(recipe(TEACHER), tmp_path / "broken", should_stop=lambda: next(counter) >= asks)
    resumed = training.train(recipe(TEACHER), tmp_path / "broken")

    assert stopped.stopped
    np.testing.assert_array_equal(weights(resumed), weights(straight))


def test_a_teacher_of_smaller_pictures_sees_them_as_it_knows_them(tiny_model):
    pictures = np.random.default_rng(2).uniform(0, 255, (3, 32, 32, 3)).astype("float32")
    known = keras.Sequential([keras.Input((32, 32, 3)), *graft.resized((32, 32), (16, 16))])(pictures)
    found = distillation._teacher("tiny", (32, 32, 3), "float32")(pictures)

    np.testing.assert_allclose(numbers(found), numbers(library.open("tiny").model(known)), rtol=1e-4, atol=1e-4)


def test_a_teacher_in_half_precision_answers_nearly_alike(tiny_model):
    """bfloat16 keeps 8 bits, so a few percent of the logits' size, which is what label noise is anyway."""
    pictures = np.random.default_rng(3).uniform(0, 255, (8, 16, 16, 3)).astype("float32")
    exact, quick = (
        numbers(distillation._teacher("tiny", (16, 16, 3), policy)(pictures))
        for policy in ("float32", "mixed_bfloat16")
    )

    assert quick.dtype == "float32"
    assert np.abs(quick - exact).max() < 0.05 * np.abs(exact).max()
    assert np.abs(quick - exact).max() > 0


@pytest.mark.parametrize(
    ("teacher", "sentence"),
    [
        ("nobody", "There is no model called 'nobody'"),
        ("animals-and-vehicles", "it knows 10 classes (airplane, automobile, bird, ...), and the data has 3"),
        ("made-up-digits", "it is a generator, and only models that classify can teach"),
    ],
)
def test_who_cannot_teach_is_refused_before_anything_begins(tiny_data, teacher, sentence):
    with pytest.raises(Refused) as refused:
        recipe(f"training.distillation.teachers={teacher}")

    assert sentence in str(refused.value)


def test_a_model_of_clips_cannot_teach_pictures_nor_other_clips(clip_model):
    classes, shape = library.card_of("moves").classes, library.card_of("moves").shape

    assert training.teachers.fitting(classes, shape) == {"moves": "Moves"}
    assert training.teachers.fitting(classes, shape[1:]) == {}
    assert training.teachers.fitting(classes, (shape[0] + 1, *shape[1:])) == {}


def test_a_clip_model_teaches_its_like(clip_model, tmp_path):
    chosen = training.draft(
        "motions", "frame-average", None, ["training.epochs=1", "training.distillation.teachers=moves"]
    )

    assert np.isfinite(training.train(chosen, tmp_path).progress.history[0]["loss"])


def test_a_run_whose_teacher_is_gone_says_so(tiny_model, tmp_path):
    chosen = recipe(TEACHER)
    library.remove("tiny")

    with pytest.raises(Refused, match="There is no model called 'tiny'"):
        training.train(chosen, tmp_path)


def test_several_names_are_typed_with_commas(tiny_model):
    assert recipe("training.distillation.teachers=tiny, tiny").training.distillation.teachers == ["tiny", "tiny"]
