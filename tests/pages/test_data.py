"""Data: what is here, what can be added, and what it looks like."""

import threading
import zipfile

import pytest

from mlcore import data
from pages.parts import background, formatting
from pages.parts.desk import desk
from tests.odd_archives import coded, zipped


@pytest.fixture
def archive(shapes_folder, tmp_path):
    path = tmp_path / "My shapes.zip"
    with zipfile.ZipFile(path, "w") as file:
        for picture in sorted(shapes_folder.rglob("*.png")):
            file.write(picture, picture.relative_to(shapes_folder))
    return path.read_bytes()


def labels(page, kind):
    return {element.label: element.value for element in page.get(kind)}


def test_an_empty_home_offers_every_built_in_set(open_page):
    page = open_page("data")

    offered = {button.key for button in page.button if button.key.startswith("data.add.")}
    assert offered == {f"data.add.{summary.name}" for summary in data.all()}


def test_one_click_adds_the_digits_and_shows_them(open_page, check):
    page = check(open_page("data").button(key="data.add.digits").click().run())

    assert labels(page, "metric")["Classes"] == "10"
    assert page.query_params["data"] == "digits"
    assert len(page.get("image")) == 24


def test_after_a_reload_what_is_being_added_is_found_again(open_page, check, monkeypatch):
    follow, followed = background.follow, threading.Event()
    monkeypatch.setattr(background, "follow", lambda *given: (follow(*given), followed.set())[0])
    desk().ask(
        ("ingest", "digits", "built-in"), "Adding", lambda report: followed.wait(30) and data.open("digits"), anew=True
    )
    page = check(open_page("data"))

    assert page.query_params["data"] == "digits"
    assert labels(page, "metric")["Classes"] == "10"


def test_counts_and_splits_are_those_of_the_set(open_page, tiny_data):
    shown = labels(open_page("data"), "metric")

    assert shown["Size"] == "16 × 16"
    assert {name: shown[f"{formatting.SPLITS[name]} pictures"] for name in tiny_data.splits} == {
        name: str(n) for name, n in tiny_data.splits.items()
    }


def test_one_class_can_be_looked_at_alone(open_page, check, tiny_data):
    page = check(open_page("data").selectbox(key="class").set_value("1").run())

    captions = [caption.value for caption in page.main.caption]
    assert tiny_data.classes[1] in captions
    assert not {tiny_data.classes[0], tiny_data.classes[2]} & set(captions)


def test_an_uploaded_archive_becomes_a_data_set(open_page, check, archive):
    page = open_page("data")
    page.file_uploader(key="data.file").upload("My shapes.zip", archive, "application/zip")
    page.button(key="data.own.add").click()
    check(page.run())

    (stored,) = [summary for summary in data.all() if summary.stored]
    assert (stored.name, stored.pictures, len(stored.classes)) == ("my-shapes", 60, 3)


def test_the_language_of_file_names_can_be_chosen(open_page, check):
    words = ("\u043a\u043e\u0448\u043a\u0430", "\u0441\u043e\u0431\u0430\u043a\u0430")
    page = open_page("data")
    page.file_uploader(key="data.file").upload("pets.zip", coded(zipped, words, "cp1251"), "application/zip")
    page.selectbox(key="data.names").set_value("cp1251")
    page.button(key="data.own.add").click()
    check(page.run())

    assert data.open("pets").classes == words
    assert any("Cyrillic (Windows)" in one.message for one in data.open("pets").notices)


def test_an_upload_that_is_no_archive_is_refused_in_words(open_page):
    page = open_page("data")
    page.file_uploader(key="data.file").upload("x.zip", b"not an archive", "application/zip")
    page.button(key="data.own.add").click().run()

    assert not page.exception
    assert len(page.error) == 1
    assert not [summary for summary in data.all() if summary.stored]


def test_removing_asks_first(open_page, check, tiny_data):
    page = check(open_page("data").button(key="data.remove").click().run())

    assert data.open("shapes").name == "shapes"
    page.button(key="data.remove.sure").click().run()
    assert not [summary for summary in data.all() if summary.stored]


def test_larger_sets_are_added_on_the_command_line(open_page):
    assert any("python -m mlcore data add PATH" in caption.value for caption in open_page("data").caption)
