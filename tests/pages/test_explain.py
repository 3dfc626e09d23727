"""Explain: several maps of the same picture side by side."""

import pytest

from mlcore import explanation, library


@pytest.fixture
def page(open_page, tiny_model):
    return open_page("explain", model=tiny_model, picture="data:shapes:test:0")


def test_every_chosen_method_shows_a_map_and_its_downloads(page):
    names = page.session_state["explain.methods"]

    headings = [text.value for text in page.markdown if text.value.startswith("**")]
    assert sorted(headings) == sorted(f"**{explanation.methods.get(name).title}**" for name in names)
    assert len(page.get("download_button")) == 2 * len(names)


def test_any_class_can_be_explained(page, check, tiny_model):
    other = library.card(tiny_model).classes[1]
    page = check(page.selectbox(key="target").set_value("1").run())

    assert page.query_params["target"] == "1"
    maps = [alt for image in page.get("image") if " map of " in (alt := image.proto.imgs[0].alt)]
    assert len(maps) == len(page.session_state["explain.methods"])
    assert all(alt.endswith(f"for {other}") for alt in maps)


def test_another_picture_starts_again_from_its_own_answer(page, check):
    page.selectbox(key="target").set_value("2").run()
    page.number_input(key="explain.number").set_value(1)
    page.run()
    page = check(page.button(key="explain.take").click().run())

    assert page.query_params["picture"] == "data:shapes:test:1"


def test_without_a_picture_it_says_what_to_do(open_page, check, tiny_model):
    page = check(open_page("explain", model=tiny_model))

    assert any("Choose a picture" in text.value for text in page.markdown)
    assert not page.get("download_button")


@pytest.mark.parametrize("address", ["data:shapes:test:9999", "data:shapes:test:x", "data:nothing:test:0"])
def test_an_address_that_leads_nowhere_is_told_in_words(tiny_model, address):
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    page = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=60).run()
    page.query_params.update({"model": tiny_model, "picture": address})
    page.switch_page("pages/explain.py").run()

    assert not page.exception
    assert len(page.error) == 1
