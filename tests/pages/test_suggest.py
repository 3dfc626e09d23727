"""Label with help on Data: guesses are accepted page by page, each step is a version, nothing is claimed too much."""

import numpy as np
import pytest

from mlcore import active_learning, data
from tests.pages.test_data import a_grid_without_a_browser, grid, operate  # noqa: F401 - a fixture


@pytest.fixture
def half(tiny_data):
    """The data set "shapes" with every second training picture unlabelled."""
    return data.edit("shapes", [data.Move(np.flatnonzero(tiny_data.split_codes == 0)[::2], "unlabelled")])


def opened(open_page, **query):
    return open_page("data", data="shapes", tab="suggest", **query)


def a_guess(dataset) -> int:
    """A class that some pictures are taken for."""
    return int(active_learning.look(dataset).guesses.classes[0])


def texts(page) -> str:
    return " ".join(str(each.value) for kind in ("caption", "markdown", "error") for each in getattr(page, kind))


def test_where_every_picture_has_a_class_it_says_how_to_get_others(open_page, tiny_data):
    page = opened(open_page)

    assert "Every picture of this data set has a class" in texts(page)
    assert not [button for button in page.button if button.key.startswith("data.suggest")]


def test_a_set_of_one_class_becomes_one_to_label_with_a_click(open_page, check, tiny_data):
    data.edit("shapes", [data.Relabel(range(60), "pictures")])
    page = check(opened(open_page).button(key="data.suggest.begin").click().run())

    assert len(data.open("shapes").unlabelled) == 60
    assert grid(page)["classes"] == []
    assert {each["label"] for each in grid(page)["pictures"]} == {"–"}
    assert "Guesses come once two classes" in texts(page)


def test_the_first_labels_are_given_in_the_grid_and_the_rest_of_its_page_stays(open_page, check, tiny_data):
    data.edit("shapes", [data.Move(range(60), "unlabelled")])
    page = opened(open_page)
    ids = [each["id"] for each in grid(page)["pictures"]]

    page = operate(page, check, [{"number": 1, "action": "label", "ids": ids[:2], "to": "new"}])

    assert data.open("shapes").class_counts == {"new": 2}
    assert [each["id"] for each in grid(page)["pictures"]] == ids[2:]


def test_a_page_of_guesses_is_accepted_as_one_version_and_can_be_undone(open_page, check, half):
    label = a_guess(half)
    page, name = opened(open_page, guesses=str(label)), half.classes[label]
    ids = [each["id"] for each in grid(page)["pictures"]]
    assert all(each["label"].startswith(f"{name}? ") for each in grid(page)["pictures"])

    page = check(page.button(key="data.suggest.accept").click().run())

    after = data.open("shapes")
    assert (after.version, len(after.unlabelled)) == (half.version + 1, len(half.unlabelled) - len(ids))
    assert {after.classes[after.labels[row]] for row in ids} == {name}
    assert f"accepted as {name!r}" in data.history("shapes")[-1].why
    assert f"accepted as {name!r}" in grid(page)["told"]
    operate(page, check, [{"number": 1, "action": "undo", "ids": []}])
    np.testing.assert_array_equal(data.open("shapes").unlabelled, half.unlabelled)


def test_how_good_the_guesses_are_is_said_with_interval_and_number(open_page, half):
    page = opened(open_page)

    assert "to " in texts(page)
    assert "Each labelled picture was judged after learning from the others" in texts(page)
    assert "it can be far off" in texts(page)


def test_what_somebody_else_changed_meanwhile_is_not_labelled_by_old_rows(open_page, half):
    page = opened(open_page, guesses=str(a_guess(half)))
    changed = data.edit("shapes", [data.Drop(half.unlabelled[:3])])

    page = page.button(key="data.suggest.accept").click().run()

    assert "was changed meanwhile" in grid(page)["told"]
    assert data.open("shapes").fingerprint == changed.fingerprint


def test_other_pictures_can_be_asked_for(open_page, check, half):
    page = opened(open_page)
    first = [each["id"] for each in grid(page)["pictures"]]
    page = check(page.button(key="data.suggest.other").click().run())

    second = [each["id"] for each in grid(page)["pictures"]]
    unlabelled = set(half.stored_rows[half.unlabelled].tolist())
    assert set(second) <= unlabelled - set(first) or len(unlabelled) < len(first) + len(second)
    assert second
