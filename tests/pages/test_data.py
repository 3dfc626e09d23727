"""Data: what is here, what can be added, and what it looks like."""

import threading
import zipfile

import pytest
import streamlit as st

from mlcore import data
from pages.parts import background, formatting
from pages.parts.components import picture_grid
from pages.parts.desk import desk
from tests.odd_archives import coded, files, picture, zipped


@pytest.fixture
def archive(shapes_folder, tmp_path):
    path = tmp_path / "My shapes.zip"
    with zipfile.ZipFile(path, "w") as file:
        for picture in sorted(shapes_folder.rglob("*.png")):
            file.write(picture, picture.relative_to(shapes_folder))
    return path.read_bytes()


def labels(page, kind):
    return {element.label: element.value for element in page.get(kind)}


def grid(page) -> dict:
    """What the grid of pictures is given."""
    return page.session_state["tests.grid"]


def operate(page, check, sent):
    """What the browser sends when something was done in the grid."""
    page.session_state["tests.sent"] = sent
    return check(page.run())


@pytest.fixture(autouse=True)
def a_grid_without_a_browser(monkeypatch):
    """What the page gives to the grid is kept, and what a test sends arrives as from a browser, once."""

    def draw(key, data, on_operations_change):
        st.session_state["tests.grid"] = data
        if "tests.sent" in st.session_state:
            st.session_state[key] = {"operations": st.session_state.pop("tests.sent")}
            on_operations_change()
            st.rerun()

    monkeypatch.setattr(picture_grid, "_component", draw)


def test_an_empty_home_offers_every_built_in_set(open_page):
    page = open_page("data")

    offered = {button.key for button in page.button if button.key.startswith("data.add.")}
    assert offered == {f"data.add.{summary.name}" for summary in data.all()}


def test_one_click_adds_the_digits_and_shows_them(open_page, check):
    page = check(open_page("data").button(key="data.add.digits").click().run())

    assert labels(page, "metric")["Classes"] == "10"
    assert page.query_params["data"] == "digits"
    assert grid(page)["alt"] == "60 pictures of 1,797"
    assert grid(page)["keys"] == [str(number) for number in range(1, 10)]


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
    page = open_page("data")
    shown = labels(page, "metric")

    assert any(caption.value.startswith("16 × 16 pixels, version 1.") for caption in page.caption)
    assert {name: shown[f"{formatting.SPLITS[name]} pictures"] for name in tiny_data.splits} == {
        name: str(n) for name, n in tiny_data.splits.items()
    }


def test_pictures_can_be_picked_by_class_split_and_name(open_page, check, tiny_data):
    page = check(open_page("data").selectbox(key="class").set_value(tiny_data.classes[1]).run())
    assert {each["label"] for each in grid(page)["pictures"]} == {tiny_data.classes[1]}

    page = check(page.selectbox(key="split").set_value("val").run())
    assert len(grid(page)["pictures"]) == tiny_data.counts("val")[tiny_data.classes[1]]

    page.selectbox(key="class").set_value("")
    page.selectbox(key="split").set_value("all")
    page = check(page.text_input(key="data.text").set_value("/07").run())
    assert {each["title"] for each in grid(page)["pictures"]} == {f"{name}/07.png" for name in tiny_data.classes}


def test_what_was_done_in_the_grid_is_done_once_and_said(open_page, check, tiny_data):
    done = [
        {"number": 1, "action": "label", "ids": [0, 1], "to": "disc"},
        {"number": 2, "action": "move", "ids": [5, 99], "to": "test"},
        {"number": 3, "action": "look", "ids": [2], "to": ""},
    ]
    page = operate(open_page("data"), check, done)
    assert data.open("shapes").class_counts == {"cross": 18, "disc": 22, "square": 20}
    assert grid(page)["told"] == "2 pictures called 'disc'; 1 picture moved to test (version 2)"
    assert grid(page)["look"]["caption"].startswith("cross/02.png\ncross")
    assert "width: 16\nheight: 16" in grid(page)["look"]["caption"]

    page = operate(page, check, [*done, {"number": 4, "action": "undo", "ids": [], "to": ""}])
    assert (data.open("shapes").version, grid(page)["done"], grid(page)["redo"]) == (1, 4, True)
    page = operate(page, check, [{"number": 5, "action": "undo", "ids": [], "to": ""}])
    assert grid(page)["told"] == "There is nothing to undo: 'shapes' is as it was added."


def test_what_cant_be_done_takes_nothing_else_along(open_page, check, tiny_data):
    """A browser sends what was done in a hurry at once."""
    done = [
        {"number": 1, "action": "label", "ids": [0], "to": "disc"},
        {"number": 2, "action": "label", "ids": [1], "to": "two\nlines"},
        {"number": 3, "action": "drop", "ids": [2], "to": ""},
    ]
    page = operate(open_page("data"), check, done)

    assert data.open("shapes").class_counts == {"cross": 18, "disc": 21, "square": 20}
    assert grid(page)["done"] == 3
    assert "can't be the name of a class" in grid(page)["told"]


def test_a_key_stays_with_its_class_though_another_comes_and_goes(open_page, check, tiny_data):
    page = open_page("data")
    assert grid(page)["keys"] == ["cross", "disc", "square"]
    page = operate(page, check, [{"number": 1, "action": "label", "ids": [0], "to": "ring"}])
    assert grid(page)["keys"] == ["cross", "disc", "square", "ring"]
    page = operate(page, check, [{"number": 2, "action": "label", "ids": [0], "to": "cross"}])
    assert (grid(page)["keys"], data.open("shapes").classes) == (["cross", "disc", "square", "ring"], tiny_data.classes)


def test_what_another_person_changed_meanwhile_stays(open_page, check, tiny_data, monkeypatch):
    page, edit = open_page("data"), data.edit

    def late(name, edits, **options):
        monkeypatch.setattr(data, "edit", edit)
        edit(name, [data.Drop([0, 1])])
        return edit(name, edits, **options)

    monkeypatch.setattr(data, "edit", late)
    operate(page, check, [{"number": 1, "action": "label", "ids": [1, 2], "to": "disc"}])
    assert data.open("shapes").class_counts == {"cross": 17, "disc": 21, "square": 20}


@pytest.mark.parametrize("sent", [None, 5, [{"number": 1}], [{"number": 1, "action": "burn", "ids": []}], "drop"])
def test_what_a_browser_makes_up_does_nothing(open_page, check, tiny_data, sent):
    operate(open_page("data"), check, sent)

    assert data.open("shapes").version == 1


def test_versions_are_listed_and_gone_to(open_page, check, tiny_data):
    data.edit("shapes", [data.Drop([0])], "blurred")
    page = open_page("data", data="shapes", tab="versions")
    assert table(page, "What was done")["What was done"].tolist() == ["blurred", "Added"]

    page = check(page.button(key="data.undo").click().run())
    assert data.open("shapes").version == 1
    page = check(page.button(key="data.redo").click().run())
    assert data.open("shapes").version == 2
    check(page.button(key="data.go").click().run())
    assert data.open("shapes").version == 1


def test_licence_and_note_are_kept_and_a_class_renamed(open_page, check, tiny_data):
    page = open_page("data", data="shapes", tab="about")
    page.text_area(key="data.note.shapes").set_value("Drawn by a script")
    page = check(page.button(key="data.about.save").click().run())
    assert (data.open("shapes").note, data.open("shapes").version) == ("Drawn by a script", 1)

    page.text_input(key="data.rename.new").set_value("box")
    page.selectbox(key="data.rename.old").set_value("square")
    check(page.button(key="data.rename.do").click().run())
    assert data.open("shapes").classes == ("box", "cross", "disc")


def test_a_packed_set_is_read_at_another_size(open_page, check, home, shapes_folder):
    stored = data.add(shapes_folder, "shapes", size=16, store="packed")
    page = open_page("data", data="shapes", tab="about")

    page.number_input(key=f"data.resize.side.{stored.fingerprint}").set_value(24)
    check(page.button(key="data.resize.do").click().run())

    assert (data.open("shapes").shape, data.open("shapes").version) == ((24, 24, 3), 2)
    assert any(each.value.startswith("24 \u00d7 24 pixels, version 2.") for each in page.caption)


def test_the_zip_can_be_had(open_page, check, tiny_data):
    page = open_page("data", data="shapes", tab="about")
    page = check(page.toggle(key="data.export.shapes").set_value(True).run())

    assert page.get("download_button")[0].label.startswith("Download, ")


def table(page, column):
    """The table that has a column of that name."""
    return next(frame.value for frame in page.dataframe if column in frame.value)


def bring(page, content, name="pets.zip"):
    """Put an archive into the drop zone; gives the page with its preview."""
    page.file_uploader(key="data.file").upload(name, content, "application/zip")
    return page.run()


def test_an_uploaded_archive_becomes_a_data_set_once_it_was_seen(open_page, check, archive):
    page = check(bring(open_page("data"), archive, "My shapes.zip"))

    assert labels(page, "metric") == labels(page, "metric") | {"Pictures": "60", "Classes": "3", "Stored as": "16 px"}
    assert table(page, "Class")["Split is drawn"].tolist() == [20, 20, 20]
    assert len(page.get("image")) == 8
    assert not [summary for summary in data.all() if summary.stored]

    page = check(page.button(key="data.own.add").click().run())
    (stored,) = [summary for summary in data.all() if summary.stored]
    assert (stored.name, stored.pictures, len(stored.classes)) == ("my-shapes", 60, 3)
    assert "60 pictures of 3 classes" in page.success[0].value
    assert page.file_uploader(key="data.file.1").value is None


def test_the_language_of_file_names_can_be_chosen(open_page, check):
    words = ("\u043a\u043e\u0448\u043a\u0430", "\u0441\u043e\u0431\u0430\u043a\u0430")
    page = bring(open_page("data"), coded(zipped, words, "cp1251"))
    page = check(page.selectbox(key="data.names").set_value("cp1251").run())
    check(page.button(key="data.own.add").click().run())

    assert data.open("pets").classes == words
    assert any("Cyrillic (Windows)" in one.message for one in data.open("pets").notices)


YEARS = files("2019/cat/1.png", "2019/dog/2.png", "2020/cat/3.png", "2020/dog/4.png")


def folders(page):
    """The question on folders."""
    return next(radio for radio in page.radio if radio.label == "These folders are")


def test_folders_that_may_be_splits_are_asked_about(open_page, check):
    page = bring(open_page("data"), zipped(YEARS))
    assert page.button(key="data.own.add").disabled
    assert "all hold the same folders" in page.warning[0].value

    page = check(folders(page).set_value("inner").run())
    assert table(page, "Class")["Class"].tolist() == ["cat", "dog"]
    page = check(folders(page).set_value("outer").run())
    assert table(page, "Class")["Class"].tolist() == ["2019", "2020"]
    page = folders(page).set_value("splits").run()
    for name, split in (("2019", "train"), ("2020", "test")):
        page = next(box for box in page.selectbox if box.label == name).set_value(split).run()
    check(page.button(key="data.own.add").click().run())

    assert data.open("pets").counts("test") == {"cat": 1, "dog": 1}


def test_folders_that_are_asked_about_are_text_and_no_pictures_of_other_hosts(open_page, check):
    odd = files(*(f"{top}/{name}.png" for top in ("![x](a) 2019", "2020") for name in ("cat/1", "dog/2")))
    page = folders(check(bring(open_page("data"), zipped(odd)))).set_value("splits").run()

    assert next(box.label for box in page.selectbox if "2019" in box.label) == r"\!\[x\]\(a\) 2019"


def test_the_column_of_the_class_is_asked_where_it_is_unclear(open_page, check):
    table = b"id,age,weight\na,1,2\nb,1,3\nc,2,4\nd,2,5\n"
    page = bring(open_page("data"), zipped({**files("a.png", "b.png", "c.png", "d.png"), "t.csv": table}))
    assert page.button(key="data.own.add").disabled

    page = check(next(box for box in page.selectbox if box.label == "Column of the class").set_value("age").run())
    check(page.button(key="data.own.add").click().run())
    assert data.open("pets").class_counts == {"1": 2, "2": 2}


def test_classes_are_taken_from_names_of_files_on_request(open_page, check):
    page = bring(open_page("data"), zipped(files("cat_1.png", "cat_2.png", "dog_3.png", "dog_4.png")))
    page = check(next(toggle for toggle in page.toggle if "cat" in toggle.label).set_value(True).run())
    check(page.button(key="data.own.add").click().run())

    assert data.open("pets").class_counts == {"cat": 2, "dog": 2}


def test_pictures_without_classes_wait_to_be_labelled(open_page, check):
    page = bring(open_page("data"), zipped(files("a.png", "b.png", "c.png")))
    page = check(next(toggle for toggle in page.toggle if "without a class" in toggle.label).set_value(True).run())
    assert labels(page, "metric")["To be labelled"] == "3"
    check(page.button(key="data.own.add").click().run())

    assert len(data.open("pets").unlabelled) == 3


def test_what_is_left_out_is_listed_with_the_reason(open_page, check):
    page = check(bring(open_page("data"), zipped({**files(), "cat/more.zip": zipped(files())})))

    (row,) = table(page, "Why").to_dict("records")
    assert row["File"] == "cat/more.zip"
    assert row["Why"].startswith("An archive inside an archive")


def test_an_upload_that_is_no_archive_is_refused_in_words(open_page):
    page = bring(open_page("data"), b"not an archive", "x.zip")

    assert not page.exception
    assert len(page.error) == 1
    assert not [summary for summary in data.all() if summary.stored]


def test_pictures_dropped_into_classes_become_a_data_set(open_page, check):
    page = check(open_page("data").segmented_control(key="data.way").set_value("classes").run())
    for place in range(2):
        card = [zone for zone in page.file_uploader if zone.label == "Drop pictures of it"][place]
        for number in range(3):
            card.upload(f"{number}.png", picture(number + 10 * place), "image/png")
        page = check(page.run())
    page.text_input(key="data.classes.name").set_value("mine")
    check(page.button(key="data.classes.add").click().run())

    assert data.open("mine").class_counts == {"Class 1": 3, "Class 2": 3}


def test_a_folder_on_the_server_needs_a_setting(open_page, check, shapes_folder, monkeypatch):
    monkeypatch.delenv("VITRINE_FOLDERS", raising=False)
    assert "server" not in open_page("data").segmented_control(key="data.way").options

    monkeypatch.setenv("VITRINE_FOLDERS", str(shapes_folder))
    page = check(open_page("data").segmented_control(key="data.way").set_value("server").run())
    refused = page.text_input(key="data.path").set_value("/etc").run()
    assert "nothing to be read" in refused.error[0].value
    page = check(page.text_input(key="data.path").set_value(str(shapes_folder)).run())
    assert labels(page, "metric")["Pictures"] == "60"


def test_removing_asks_first_and_says_who_needs_it(open_page, check, tiny_model):
    page = check(open_page("data").button(key="data.remove").click().run())
    (warning,) = page.warning
    assert warning.value.startswith("Tiny")

    assert data.open("shapes").name == "shapes"
    page.button(key="data.remove.sure").click().run()
    assert not [summary for summary in data.all() if summary.stored]


def test_larger_sets_are_added_on_the_command_line(open_page):
    assert any("python -m mlcore data add PATH" in caption.value for caption in open_page("data").caption)
