"""The editor of layers: what is typed becomes a recipe, what can't be is said and nothing starts."""

import pytest

from mlcore import architectures, jobs
from mlcore.architectures.templates import START, TEMPLATES


@pytest.fixture
def started(monkeypatch):
    """The recipes that were started, instead of processes."""
    recipes = []
    monkeypatch.setattr(jobs, "start", lambda recipe, *more, **options: recipes.append(recipe) or "none")
    return recipes


@pytest.fixture
def page(open_page, tiny_data):
    return open_page("train", data="shapes", architecture="layers")


def edit(page, row: int, **cells):
    """Type into the table, as the browser tells it to the page."""
    version = page.session_state.get("train.layers.version", 0)
    state = {"edited_rows": {row - 1: cells}, "added_rows": [], "deleted_rows": []}
    page.session_state[f"train.layers.table.{version}"] = state
    return page.run()


def kinds(recipe) -> list[str]:
    return [row["type"] for row in recipe.settings["layers"]]


def press(page, name: str):
    return page.button(key=f"train.layers.{name}").click().run()


def test_what_is_typed_reaches_the_recipe(page, started, check):
    edit(page, 1, many=8, kernel=5)
    check(page).button(key="train.start").click().run()

    assert started[0].settings["layers"][0] | {"filters": 8, "kernel": 5} == started[0].settings["layers"][0]
    assert kinds(started[0]) == [row["type"] for row in START]


def test_another_kind_of_layer_takes_what_it_has(page, started, check):
    edit(page, 9, type="dropout", rate=0.5)
    check(page).button(key="train.start").click().run()

    assert started[0].settings["layers"][8] == {"type": "dropout", "rate": 0.5}


def test_shapes_and_parameters_stand_beside_the_table(page):
    gives = page.dataframe[1].value

    assert list(gives["Gives"])[:4] == ["16 x 16 x 32"] * 3 + ["8 x 8 x 32"]
    assert list(gives["Parameters"])[:2] == [28 * 32, 128]
    assert any("3 numbers, 195 parameters" in text.value for text in page.text)


def test_what_cannot_be_is_said_and_can_not_be_started(page):
    edit(page, 8, type="dropout")

    assert [info.value.replace("\\", "") for info in page.info] == [
        "Row 9 (dense) needs plain numbers, but gets a map of 8 x 8 x 64; put a flatten or a global pooling "
        "between them."
    ]
    assert "train.start" not in [button.key for button in page.button]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_replaces_the_table(page, started, check, name):
    page.selectbox(key="train.layers.template").set_value(name).run()
    check(page).button(key="train.start").click().run()

    assert kinds(started[0]) == [row["type"] for row in TEMPLATES[name]]


def test_rows_are_moved_added_and_deleted(page, started, check):
    page.selectbox(key="train.layers.at").set_value(4).run()
    press(page, "up")
    press(page, "up")
    press(page, "add below")
    press(page, "delete")
    check(page).button(key="train.start").click().run()

    assert kinds(started[0])[:4] == ["convolution", "max-pooling", "batch-normalization", "activation"]


def test_moving_keeps_what_was_typed(page, started, check):
    edit(page, 1, many=8)
    press(page, "down")
    check(page).button(key="train.start").click().run()

    assert started[0].settings["layers"][1]["filters"] == 8


def test_an_emptied_table_can_be_filled_again(page):
    page.selectbox(key="train.layers.template").set_value("Linear").run()
    press(page, "delete")
    assert len(page.info) == 1
    press(page, "add below")

    assert not page.exception


def test_the_layers_are_still_there_after_another_page(page, started, check):
    edit(page, 1, many=8)
    page.switch_page("pages/data.py").run()
    page.switch_page("pages/train.py").run()
    check(page).button(key="train.start").click().run()

    assert started[0].settings["layers"][0]["filters"] == 8


@pytest.mark.parametrize("name", ["layers", "cnn"])
def test_a_network_can_be_drawn(open_page, tiny_data, name):
    architectures.build("mlp", {}, (16, 16, 3), 3)  # loads Keras, so that no other process has to
    page = open_page("train", data="shapes", architecture=name)
    page.toggle(key="train.draw").set_value(True).run()

    assert not page.exception
    assert any("parameters in all" in caption.value for caption in page.caption)
    assert "giving 16 × 16 × 3" in page.get("image")[0].proto.imgs[0].alt
