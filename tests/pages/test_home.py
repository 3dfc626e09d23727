"""Home: a picture in, an answer out."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mlcore import images, library
from mlcore.library import labels
from mlcore.library.publish import write_card
from pages.parts import formatting, picture
from pages.parts.shell import PAGES

EXAMPLES = [row["name"] for row in picture.examples()]
FLOW = """
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("app.py", default_timeout=120).run()
page.button(key="home.example.{name}").click().run()
assert not page.exception and not page.error, (page.exception, page.error)
assert page.get("plotly_chart"), "no answer"
print(sorted({{"tensorflow", "keras", "jax", "sklearn"}} & set(sys.modules)))
"""


def png(pixels) -> bytes:
    return images.png(np.asarray(pixels, "uint8"))


def test_there_is_one_drop_zone_and_the_camera_waits(open_page):
    page = open_page("home")

    assert len(page.file_uploader) == 1
    assert not page.camera_input
    assert page.toggle(key="home.camera_on").value is False


def test_the_examples_are_photographs_and_two_small_pictures_each_with_its_source_and_licence():
    rows = picture.examples()

    assert [row["model"] for row in rows] == ["photographs"] * 6 + ["animals-and-vehicles", "handwritten-digits"]
    assert all(row["source"] and row["licence"] and row["title"] for row in rows)
    for row in rows:
        file = picture.EXAMPLES / row["file"]
        assert file.stat().st_size < 80_000
        assert max(picture.example_picture(row["name"]).pixels.shape) <= 640
    assert {row["file"] for row in rows} | {"examples.json"} == {file.name for file in picture.EXAMPLES.iterdir()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_one_click_on_an_example_gives_an_answer_with_its_next_steps(open_page, check, name, photographs):
    page = check(open_page("home").button(key=f"home.example.{name}").click().run())

    (chart,) = page.get("plotly_chart")
    assert chart.proto.alt.startswith("Bar chart of the most likely classes")
    labels = {link.proto.label for link in page.main.get("page_link")}
    assert {"See why", "Train your own", "Classify many"} <= labels
    assert page.query_params["picture"] == f"example:{name}"


def test_one_example_is_of_no_known_class_and_the_answer_says_so(open_page, check, photographs):
    page = check(open_page("home").button(key="home.example.flower").click().run())

    assert page.subheader[0].value == "Unlike what it learned from"


def test_a_persons_own_picture_is_answered_by_the_model_that_knows_most(open_page, check, photographs):
    page = open_page("home")
    assert page.selectbox(key="model").value == "photographs"
    page = check(page.button(key="home.example.seven").click().run())
    assert page.selectbox(key="model").value == "handwritten-digits"

    page.file_uploader(key="home.drop").upload("own.png", png(np.zeros((300, 300, 3))), "image/png")
    assert check(page.run()).selectbox(key="model").value == "photographs"


def test_a_pinned_model_answers_and_the_newest_does_not(open_page, tiny_model):
    usual = open_page("home").selectbox(key="model")
    labels.write(tiny_model, labels.checked(tags="demo", pinned=True))
    pinned = open_page("home").selectbox(key="model")

    assert library.card_of(usual.value).starter
    assert usual.options[-1].endswith("came along")
    assert pinned.value == tiny_model
    assert pinned.options[0].endswith("demo")


def test_without_the_package_of_photographs_the_small_examples_are_left(open_page, monkeypatch):
    monkeypatch.setattr("mlcore.library.on_demand.installed", lambda weights: None)
    page = open_page("home")

    assert [each.key for each in page.button if "example" in each.key] == ["home.example.horse", "home.example.seven"]
    assert page.selectbox(key="model").value == "animals-and-vehicles"


def test_before_the_first_answer_nothing_loads_a_backend(photographs):
    done = subprocess.run([sys.executable, "-c", FLOW.format(name=EXAMPLES[0])], capture_output=True, text=True)

    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr


def test_a_dropped_picture_is_answered(open_page, check, tiny_model):
    page = open_page("home", model=tiny_model)
    page.file_uploader(key="home.drop").upload("disc.png", png(np.zeros((16, 16, 3))), "image/png")
    page = check(page.run())

    assert len(page.get("plotly_chart")) == 1
    classes = library.card_of(tiny_model).classes
    assert page.subheader[0].value in {"Not sure", *classes, *(f"Perhaps {name}" for name in classes)}


def test_a_file_that_is_no_picture_is_refused_in_one_sentence(open_page, tiny_model):
    page = open_page("home")
    page.file_uploader(key="home.drop").upload("x.png", b"not a picture", "image/png")
    page.run()

    assert not page.exception
    assert len(page.error) == 1


def test_an_answer_below_the_threshold_is_not_sure(open_page, check, tiny_model, home):
    card = library.card_of(tiny_model).model_copy(update={"threshold": 1.0, "calibrated_on": 200})
    write_card(library.folder(tiny_model), card)
    page = open_page("home", model=tiny_model)
    page.file_uploader(key="home.drop").upload("grey.png", png(np.full((16, 16, 3), 128)), "image/png")
    page = check(page.run())

    assert page.subheader[0].value == "Not sure"


def test_the_shelf_lists_every_model_that_answers(open_page, tiny_model):
    table = next(each.value for each in open_page("home").markdown if each.value.startswith("| Model |"))

    first_cells = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]]
    assert first_cells == [formatting.plain(card.title) for card in library.classifiers()]
    for card, line in zip(library.classifiers(), table.splitlines()[2:], strict=True):
        assert f"| {formatting.plain(formatting.interval(card.accuracy))} |" in line


def test_a_title_with_a_bar_stays_in_its_cell_and_many_models_are_a_click_away(open_page, monkeypatch):
    odd = library.classifiers()[0].model_copy(update={"title": "dogs | cats"})
    monkeypatch.setattr(library, "classifiers", lambda: [odd] * 21)
    page = open_page("home")
    table = next(each.value for each in page.markdown if each.value.startswith("| Model |"))

    assert len(table.splitlines()) == 2 + 20
    assert table.splitlines()[2].startswith(r"| dogs \| cats |")
    assert "See all 21 models" in [link.proto.label for link in page.get("page_link")]


def test_the_machine_is_described(open_page):
    assert [metric.label for metric in open_page("home").metric] == [
        "Computes on",
        "Free memory",
        "Free disk",
        "Running jobs",
    ]


def test_every_page_is_in_the_navigation():
    files = {file.stem for file in (Path(__file__).parents[2] / "pages").glob("[!_]*.py")}

    assert set(PAGES) == files
    assert next(iter(PAGES)) == "home"


def test_who_answers_follows_the_picture_until_somebody_chooses(open_page, check, photographs):
    page = open_page("home")
    shown = [page.selectbox(key="model").value]
    for side in (28, 300):
        pixels = np.full((side, side, 3), 120, "uint8")
        page.file_uploader(key="home.drop").set_value((f"{side}.png", images.png(pixels), "image/png"))
        shown.append(check(page.run()).selectbox(key="model").value)
    page = check(page.selectbox(key="model").set_value("animals-and-vehicles").run())
    pixels = np.full((29, 29, 3), 120, "uint8")
    page.file_uploader(key="home.drop").set_value(("29.png", images.png(pixels), "image/png"))
    shown.append(check(page.run()).selectbox(key="model").value)

    assert shown == ["photographs", "handwritten-digits", "photographs", "animals-and-vehicles"]
