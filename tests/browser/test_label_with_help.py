"""Eight labels, then a page of guesses accepted and taken back; a reload loses nothing."""

import re

import pytest

from mlcore import data
from tests.browser.conftest import settle
from tests.browser.test_labelling import ready, until


@pytest.fixture
def unlabelled(tiny_data):
    """The data set "shapes" without any class."""
    return data.edit("shapes", [data.Move(range(len(tiny_data)), "unlabelled")])


def label(tab, name: str, count: int) -> None:
    """Choose pictures whose file name says what they are, and give them that class."""
    grid = ready(tab)
    for tile in grid.locator(f'[title*="{name}"]').all()[:count]:
        tile.click()
    tab.get_by_label("Class for the chosen pictures").fill(name)
    tab.get_by_role("button", name="Label", exact=True).click()
    until(tab, f"called '{name}'")
    settle(tab)


def test_eight_labels_and_a_page_of_guesses(server, tab, unlabelled):
    tab.goto(f"{server}/data?data=shapes&tab=suggest")
    for name, count in (("cross", 3), ("disc", 3), ("square", 2)):
        label(tab, name, count)
    assert data.open("shapes").class_counts == {"cross": 3, "disc": 3, "square": 2}

    tab.get_by_role("radio", name=re.compile(r"^(cross|disc|square)\?")).first.click()
    accept = tab.get_by_role("button", name=re.compile("^Accept these"))
    count = int(re.search(r"\d+", accept.inner_text())[0])
    accept.click()
    until(tab, "accepted as")
    assert len(data.open("shapes").unlabelled) == 52 - count

    tab.reload()
    ready(tab)
    tab.get_by_role("button", name="Undo").click()
    until(tab, "Undone")
    assert len(data.open("shapes").unlabelled) == 52
