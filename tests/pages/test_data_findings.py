"""The tab Findings: what was found is shown with its remedy, one click mends it and one undoes it."""

import numpy as np
import pytest
from PIL import Image

from mlcore import data
from pages.parts.components import picture_grid


@pytest.fixture(autouse=True)
def a_grid_without_a_browser(monkeypatch):
    monkeypatch.setattr(picture_grid, "_component", lambda key, data, on_operations_change: None)


@pytest.fixture
def leaking(tmp_path):
    """Forty pictures of which two test pictures are training pictures."""
    for number in range(40):
        split, name = ("test" if number >= 30 else "train"), "ab"[number % 2]
        seed = number - 30 if number >= 38 else number
        pixels = np.random.default_rng(seed).integers(0, 256, (16, 16, 3), "uint8")
        folder = tmp_path / "set" / split / name
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return data.add(tmp_path / "set", "leaking")


def test_a_finding_is_mended_and_undone_with_a_click_each(open_page, check, leaking):
    page = open_page("data", data="leaking", tab="findings")
    assert any("2 of 10 test pictures are near copies" in text.value for text in page.markdown)

    check(page.button(key="data.finding.0.remedy.0").click().run())

    assert data.open("leaking").splits["test"] == 8
    assert not any("near copies of one in train" in text.value for text in page.markdown)
    assert data.history("leaking")[-1].why == "Leaks between splits: Move 2 pictures to where the copies are"

    check(page.button(key="data.findings.undo").click().run())

    assert data.open("leaking").splits["test"] == 10
    assert any("2 of 10 test pictures are near copies" in text.value for text in page.markdown)


def test_all_pictures_of_a_finding_can_be_labelled_in_the_gallery(open_page, check, leaking, monkeypatch):
    shown = []
    monkeypatch.setattr(picture_grid, "_component", lambda key, data, on_operations_change: shown.append(data))
    page = check(open_page("data", data="leaking", tab="findings").button(key="data.finding.0.pictures").click().run())

    assert page.query_params["tab"] == "pictures"
    assert 0 < len(shown[-1]["pictures"]) < 40
    assert shown[-1]["alt"] == f"{len(shown[-1]['pictures'])} pictures of {len(shown[-1]['pictures'])}"
    check(page.button(key="data.named.all").click().run())
    assert len(shown[-1]["pictures"]) == 40


def test_the_slow_checks_wait_until_they_are_asked_for(open_page, leaking):
    page = open_page("data", data="leaking", tab="findings")

    assert page.button(key="data.findings.more").label == "Look for wrong classes and odd ones out, too"
