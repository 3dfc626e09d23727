"""Train: a form that makes a recipe, and a view of what becomes of it."""

import time

import numpy as np
import pytest

from mlcore import architectures, data, images, jobs, teach, training
from mlcore.data.augmentation.confusion import Confusion
from mlcore.errors import Refused
from mlcore.jobs import sweeps
from mlcore.recipe import Augmentation
from mlcore.training import presets
from mlcore.training.budget import Plan
from mlcore.training.cost import Estimate
from pages.parts.desk import Work
from pages.parts.train import advice, budget, estimate


@pytest.fixture
def started(monkeypatch):
    """The recipes that were started, instead of processes."""
    recipes = []

    def start(recipe, title="", **options):
        recipes.append(recipe)
        return "none"

    monkeypatch.setattr(jobs, "start", start)
    return recipes


def test_untouched_the_form_makes_the_recipe_of_the_first_preset(open_page, started, tiny_data):
    page = open_page("train", data="shapes")
    page.button(key="train.start").click().run()

    assert started == [training.draft("shapes", "cnn", next(iter(presets)))]


@pytest.mark.parametrize("preset", [name for name, each in presets.items() if not each.architecture])
def test_a_preset_fills_the_form(open_page, check, started, tiny_data, preset):
    page = open_page("train", data="shapes")
    check(page.segmented_control(key="train.preset").set_value(preset).run())
    page.button(key="train.start").click().run()

    assert started == [training.draft("shapes", "cnn", preset)]


def test_a_preset_for_an_architecture_is_offered_with_it(open_page, check, started, tiny_data):
    page = open_page("train", data="shapes")
    assert "Fine-tune" not in page.segmented_control(key="train.preset").options
    check(page.selectbox(key="architecture").set_value("transfer").run())
    check(page.segmented_control(key="train.preset").set_value("fine-tune").run())
    page.button(key="train.start").click().run()
    assert started == [training.draft("shapes", "transfer", "fine-tune")]

    check(page.selectbox(key="architecture").set_value("mlp").run())
    page.button(key="train.start").click().run()
    assert started[1] == training.draft("shapes", "mlp", next(iter(presets)))


def test_what_suits_the_pictures_better_is_one_click_away(open_page, check, started, tiny_data, monkeypatch):
    page = open_page("train", data="shapes")
    monkeypatch.setattr(training, "proposed", lambda about: ("transfer", "fine-tune"))
    check(check(page.run()).button(key="train.proposal").click().run())
    page.button(key="train.start").click().run()

    assert started == [training.draft("shapes", "transfer", "fine-tune")]
    assert "train.proposal" not in {button.key for button in page.button}


@pytest.mark.parametrize("name", [entry.name for entry in architectures.fitting((16, 16, 3))])
def test_every_architecture_has_its_form(open_page, check, started, tiny_data, name):
    page = open_page("train", data="shapes")
    check(page.selectbox(key="architecture").set_value(name).run())
    page.button(key="train.start").click().run()

    assert started == [training.draft("shapes", name, next(iter(presets)))]


def test_a_changed_value_reaches_the_recipe(open_page, check, started, tiny_data):
    page = open_page("train", data="shapes")
    check(page.number_input(key="train.training.epochs").set_value(3).run())
    page.button(key="train.start").click().run()

    assert started[0].training.epochs == 3


def test_teachers_are_chosen_among_models_of_the_same_classes_and_outlive_a_preset(
    open_page, check, started, tiny_model
):
    page = open_page("train", data="shapes")
    teachers = page.multiselect(key="train.distillation.teachers")
    assert teachers.options == ["Tiny"]
    check(teachers.set_value(["tiny"]).run())
    check(page.segmented_control(key="train.preset").set_value("best").run())
    page.button(key="train.start").click().run()

    assert started == [training.draft("shapes", "cnn", "best", ["training.distillation.teachers=tiny"])]


def test_a_recipe_cloned_from_a_run_brings_its_teachers(open_page, check, started, tiny_model):
    wanted = training.draft("shapes", "cnn", None, ["training.distillation.teachers=tiny"])
    page = open_page("train", data="shapes")
    page.session_state["train.clone"] = wanted.model_dump()
    check(page.run())
    page.button(key="train.start").click().run()

    assert started == [wanted]


def test_where_no_model_can_teach_the_page_says_what_to_do(open_page, tiny_data):
    page = open_page("train", data="shapes")

    assert any("Train a large one first" in caption.value for caption in page.caption)


def test_the_very_same_recipe_offers_the_model_that_is_there(open_page, check, started, home, tiny_model):
    jobs.change(home / "models" / tiny_model, created=time.time())  # the fixture's is of 1970, older than its data
    page = open_page("train", data="shapes")
    page.session_state["train.clone"] = jobs.run(tiny_model).recipe.model_dump()
    page = check(page.run())

    assert any("trained before" in info.value for info in page.info)
    assert page.button(key="train.start").label == "Train it again"


def test_a_sweep_begins_with_the_suggested_values(open_page, check, monkeypatch, tiny_data):
    begun = []
    monkeypatch.setattr(sweeps, "begin", lambda *given: begun.append(given) or type("Begun", (), {"id": "x"}))
    page = open_page("train", data="shapes")
    page.session_state["sweep.fold"] = True
    page = check(page.run())
    check(page.multiselect(key="sweep.keys").set_value(["training.learning_rate", "training.optimizer"]).run())
    page.button(key="sweep.start").click().run()

    recipe, vary, method, runs = begun[0]
    assert recipe == training.draft("shapes", "cnn", next(iter(presets)))
    assert vary == [
        "training.learning_rate=0.00025..0.004:log",
        "training.optimizer=gradient-descent,momentum,nesterov,rmsprop,adam,adamw",
    ]
    assert (method, runs) == ("random", 10)


def test_a_range_is_two_boxes_and_a_scale(open_page, check, monkeypatch, tiny_data):
    begun = []
    monkeypatch.setattr(sweeps, "begin", lambda *given: begun.append(given) or type("Begun", (), {"id": "x"}))
    page = open_page("train", data="shapes")
    page.session_state["sweep.fold"] = True
    check(check(page.run()).multiselect(key="sweep.keys").set_value(["training.batch_size"]).run())
    at = "sweep.values.training.batch_size"
    check(page.number_input(key=f"{at}.from").set_value(600).run())
    assert page.button(key="sweep.start").disabled
    assert any("smaller value to a larger" in caption.value for caption in page.caption)
    check(page.number_input(key=f"{at}.from").set_value(8).run())
    check(page.selectbox(key=f"{at}.scale").set_value(True).run())
    page.button(key="sweep.start").click().run()

    assert begun[0][1] == ["training.batch_size=8..512:log"]


def test_an_empty_field_is_refused_in_words(open_page, tiny_data):
    page = open_page("train", data="shapes")
    page.number_input(key="train.training.epochs").set_value(None).run()

    assert not page.exception
    assert len(page.error) == 1
    assert "epochs" in page.error[0].value


def test_a_run_in_the_address_is_watched(open_page, tiny_model):
    page = open_page("train", run=tiny_model)

    assert {metric.label for metric in page.metric} >= {"Loss", "Training accuracy", "Validation accuracy"}
    assert [link.proto.page for link in page.main.get("page_link")] == ["evaluate", "classify", "explain"]
    assert len(page.get("plotly_chart")) == 2


def test_from_a_run_back_to_the_form(open_page, check, tiny_model):
    page = open_page("train", run=tiny_model)
    page = check(page.button(key="train.another").click().run())

    assert page.button(key="train.start")
    assert "run" not in page.query_params


def test_what_it_will_take_is_measured_behind_the_scenes(open_page, tiny_data):
    page = open_page("train", data="shapes")
    for _ in range(50):
        if page.metric[0].value != "…":
            break
        page.run()

    assert [metric.value for metric in page.metric] == ["12", "3.0 MB", "4.0 s", "50 s"]


@pytest.mark.parametrize("times", [1, 2])
def test_the_best_in_so_many_minutes_is_chosen_and_started_as_often_as_asked(
    open_page, check, started, tiny_data, monkeypatch, times
):
    asked, recipe = [], training.draft("shapes", "cnn")
    monkeypatch.setattr(training, "best", lambda *given: asked.append(given) or Plan(recipe, "It suits.", (), 1.0))
    page = open_page("train", data="shapes")
    for _ in range(times):
        page = check(page.button(key="train.best.start").click().run())

    assert asked == [("shapes", 3.0)] * times
    assert started == [recipe] * times


def test_what_was_called_off_while_choosing_is_not_started(started, monkeypatch):
    work = Work("Choosing")
    monkeypatch.setattr(training, "best", lambda *given: work.called_off.set())
    with pytest.raises(Refused):
        budget._start("shapes", 3.0, work.progress)

    assert started == []


def test_where_training_is_long_quicker_ways_are_measured_and_one_is_a_click_away(
    open_page, check, monkeypatch, tiny_data
):
    begun = []
    monkeypatch.setattr(estimate, "LARGE", 16)
    monkeypatch.setattr(training, "estimate", lambda recipe, shrink=1: Estimate(9, 9, 60.0, 7200.0 / shrink**2))
    monkeypatch.setattr(teach, "seconds", lambda name: 12.0)
    monkeypatch.setattr(jobs, "start_task", lambda *given: begun.append(given) or "taught")
    page = open_page("train", data="shapes")
    check(page.number_input(key="train.training.epochs").set_value(777).run())  # a recipe that nobody measured
    (told,) = (info.value for info in page.info if "This takes" in info.value)

    assert "This takes 2 h 0 min here" in told
    assert "in about 12 s" in told
    assert "8 x 8 pixels, they train in about 30 min 0 s" in told
    check(page.button(key="train.teach").click().run())
    assert begun == [("teach", {"data": "shapes"}, "Taught: shapes")]


def test_where_training_is_short_nothing_else_is_measured(open_page, check, monkeypatch, tiny_data):
    monkeypatch.setattr(estimate, "LARGE", 16)
    monkeypatch.setattr(training, "estimate", lambda recipe: Estimate(9, 9, 60.0, 599.0))
    page = open_page("train", data="shapes")
    check(page.number_input(key="train.training.epochs").set_value(778).run())

    assert "train.teach" not in {button.key for button in page.button}


def test_a_data_set_of_one_class_gets_a_sentence_and_no_start(open_page, tiny_data, tmp_path):
    for number in range(12):
        pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3)).astype("uint8")
        (tmp_path / f"{number}.png").write_bytes(images.png(pixels))
    data.add(tmp_path, "faces")
    page = open_page("train", data="shapes")

    page.selectbox(key="data").set_value("faces").run()

    assert "a classifier needs at least two" in page.error[0].value.replace("\\", "")
    assert "train.start" not in [button.key for button in page.button]


def rows(page):
    """The rows of a picture and its copies that are shown, by what is said of them."""
    alts = [image.proto.imgs[0].alt for image in page.get("image")]
    return [alt for alt in alts if alt.startswith("A training picture")]


def test_augmentation_is_previewed_on_the_persons_own_pictures(open_page, check, started, tiny_data):
    page = open_page("train", data="shapes")
    assert len(rows(page)) == 3
    assert any("All changes are off" in each.value for each in page.caption)

    check(page.slider(key="train.augmentation.salt_pepper").set_value(0.05).run())
    assert not any("All changes are off" in each.value for each in page.caption)
    check(page.button(key="train.augmentation.anew").click().run())
    check(page.segmented_control(key="train.augmentation.way").set_value("Each change alone").run())
    page.button(key="train.start").click().run()

    assert len(rows(page)) == len(Augmentation.model_fields)
    assert any(each.value == "**Salt and pepper** 0.05" for each in page.caption)
    assert any(each.value == "Rotate: off, shown at 15" for each in page.caption)
    assert started[0].training.augmentation == Augmentation(salt_pepper=0.05)


def test_pictures_that_are_nowhere_are_not_previewed(open_page, check):
    page = open_page("train", data="fashion-mnist")

    assert rows(page) == []
    assert any("Add this data set on the Data page" in each.value for each in page.caption)


def test_uneven_classes_are_evened_out_by_a_button(open_page, check, started, tiny_data, monkeypatch):
    even = open_page("train", data="shapes")
    assert "train.balance" not in {button.key for button in even.button}

    monkeypatch.setattr(data.Dataset, "counts", lambda self, split: {"cross": 30, "disc": 10, "square": 29})
    page = open_page("train", data="shapes")
    assert any("30 pictures of cross but 10 of disc" in each.value for each in page.info)
    check(page.button(key="train.balance").click().run())
    page.button(key="train.start").click().run()

    assert started[0].training.class_balance == "sampling"
    assert "train.balance" not in {button.key for button in page.button}


def test_flips_that_would_confuse_classes_are_warned_of(open_page, check, tiny_data, monkeypatch):
    found = [Confusion("Mirrored left to right", "b", "d", 44, 0, 56)]
    monkeypatch.setattr(advice, "confusions", lambda dataset, settings: found if settings.quarter_turns else [])
    page = open_page("train", data="shapes")
    assert len(page.warning) == 0

    check(page.toggle(key="train.augmentation.quarter_turns").set_value(True).run())

    assert "44 of 56 pictures of b look like d" in page.warning[0].value
