"""Pictures come in by the browser: a folder with a table, an archive that asks, and the camera held on two things."""

import re

from tests.browser.test_teaching import CARD, by_mouse, recorded
from tests.odd_archives import files, zipped


def bring(tab, server, way):
    tab.goto(f"{server}/data")
    tab.get_by_text(way, exact=True).click()


def test_a_folder_with_a_table_is_dropped_seen_and_added(server, tab, tmp_path):
    table = {"labels.csv": b"path,species\na,cat\nb,cat\nc,dog\nd,dog\n"}
    for name, content in {**files("img/a.png", "img/b.png", "img/c.png", "img/d.png"), **table}.items():
        (tmp_path / "pets" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pets" / name).write_bytes(content)
    bring(tab, server, "A folder")
    tab.locator(".st-key-data-folder input[type=file]").set_input_files(tmp_path / "pets")
    tab.get_by_text("Classes are those of 'pets/labels.csv', column 'species'").wait_for()

    tab.locator(".st-key-data-own-add button").click()

    tab.get_by_text("pets is added: 4 pictures of 2 classes").wait_for()
    way_on = tab.get_by_role("link", name="Train a classifier on it")
    way_on.wait_for()
    tab.wait_for_function("link => link.getBoundingClientRect().bottom < innerHeight", arg=way_on.element_handle())


def test_an_archive_whose_folders_are_unclear_is_answered(server, tab):
    years = zipped(files("2019/cat/1.png", "2019/dog/2.png", "2020/cat/3.png", "2020/dog/4.png"))
    bring(tab, server, "A ZIP or TAR file")
    tab.locator(".st-key-data-file input[type=file]").set_input_files(
        {"name": "years.zip", "mimeType": "application/zip", "buffer": years}
    )
    tab.get_by_text("Say above how it is meant").wait_for()

    tab.get_by_text("Neither: the classes are inside").click()
    tab.locator(".st-key-data-own-add button:enabled").click()

    tab.get_by_text("years is added: 4 pictures of 2 classes").wait_for()


def test_the_camera_is_held_on_two_things(server, tab):
    bring(tab, server, "Single pictures or the camera")
    for place in (0, 1):
        card = tab.locator(CARD).nth(place)
        card.get_by_text("Use the camera").click()
        recorded(tab, card, by_mouse)
        card.get_by_text(re.compile(r"^[1-9]\d* pictures?$")).wait_for()

    tab.locator(".st-key-data-classes-add button:enabled").click()

    tab.get_by_text(re.compile("is added: .* of 2 classes")).wait_for()
