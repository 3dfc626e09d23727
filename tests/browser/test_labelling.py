"""Labelling by keyboard and mouse: what was done is there after a reload, can be undone, and no key is lost."""

import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from mlcore import data
from tests.browser.conftest import settle
from tests.browser.test_axe import violations


def opened(tab, server, name="shapes"):
    """The grid of pictures of a data set."""
    tab.goto(f"{server}/data?data={name}&tab=pictures")
    return ready(tab)


def ready(tab):
    grid = tab.locator(".pictures")
    grid.wait_for()
    settle(tab)
    return grid


def until(tab, words: str) -> None:
    tab.locator(".told").get_by_text(re.compile(words)).wait_for()


def labels(dataset) -> dict[str, str]:
    return {name: dataset.classes[label] for name, label in zip(dataset.names, dataset.labels.tolist(), strict=True)}


def shown(grid) -> list[str]:
    return [node.inner_text() for node in grid.get_by_role("option").all()]


def test_keys_label_leave_out_and_undo_and_a_reload_keeps_it(server, tab, tiny_data):
    grid, before = opened(tab, server), labels(tiny_data)
    first, _, third, fourth = list(before)[:4]
    grid.focus()
    for key in ("2", "ArrowRight", "3", "x"):
        tab.keyboard.press(key)
    until(tab, "left out")
    expected = before | {first: "disc", third: "square"}
    assert labels(data.open("shapes")) == {name: label for name, label in expected.items() if name != fourth}

    numbers = len(data.history("shapes"))
    tab.keyboard.press("4")
    until(tab, "No class has this key")
    tab.keyboard.press("1")  # a cross already: nothing changes
    until(tab, "Nothing to change")
    tab.keyboard.press("z")
    until(tab, "Undone")
    assert len(data.history("shapes")) == numbers
    assert len(data.open("shapes")) == 60

    tab.reload()
    assert shown(ready(tab)) == list(labels(data.open("shapes")).values())


def test_many_at_once_by_mouse_and_keys_in_quick_succession(server, tab, tiny_data):
    grid = opened(tab, server)
    grid.get_by_role("option").nth(2).click()
    grid.get_by_role("option").nth(6).click(modifiers=["Shift"])
    tab.get_by_label("Class for the chosen pictures").fill("ring")
    tab.get_by_role("button", name="Label", exact=True).click()
    until(tab, "5 pictures called 'ring'")
    assert [row for row, label in enumerate(labels(data.open("shapes")).values()) if label == "ring"] == [2, 3, 4, 5, 6]
    grid.get_by_role("option").nth(0).dblclick()
    tab.get_by_role("dialog").get_by_text(tiny_data.names[0]).wait_for()
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Choose all here").click()
    until(tab, "60 chosen")

    tab.get_by_role("button", name="Choose none").click()
    grid.focus()
    tab.keyboard.press("Home")
    for number in range(40):
        tab.keyboard.press("123"[number % 3])
    expected = [("cross", "disc", "square")[number % 3] for number in range(40)]
    for _ in range(300):  # 30 seconds; alone it takes one
        if list(labels(data.open("shapes")).values())[:40] == expected:
            break
        tab.wait_for_timeout(100)
    assert list(labels(data.open("shapes")).values())[:40] == expected
    assert len(data.history("shapes")) < 42


def test_a_thousand_classes_open_without_a_violation(server, open_tab, many_classes):
    if not (found := find_spec("axe_playwright_python")):
        pytest.skip("axe-playwright-python isn't installed")
    axe = (Path(found.origin).parent / "axe.min.js").read_text()
    for theme in ("light", "dark"):
        with open_tab(color_scheme=theme) as tab:
            grid = opened(tab, server, "many")
            assert len(shown(grid)) == 60
            grid.focus()
            tab.keyboard.press("ArrowDown")
            tab.keyboard.press(" ")
            for name in ("Pictures", "Versions", "About"):
                tab.get_by_role("radio", name=name).click()
                settle(tab)
                assert violations(tab, axe) == []


@pytest.fixture
def many_classes(home):
    """A stored data set "many" of 1,000 classes with two pictures each."""
    from mlcore.data import ingest
    from mlcore.data.sources import Example, Incoming

    pixels = np.random.default_rng(0).integers(0, 256, (2000, 8, 8, 3), "uint8")
    examples = (Example(each, number // 2, None, f"{number}.png") for number, each in enumerate(pixels))
    incoming = Incoming(tuple(f"class {number:03}" for number in range(1000)), 2000, examples)
    facts = {"title": "Many", "description": "", "source": "folder", "license": ""}
    ingest.store(incoming, "many", facts, None, 0)
