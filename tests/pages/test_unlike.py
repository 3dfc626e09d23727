"""A picture unlike those learned from is told before its answer; how well that works stands on Evaluate."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlcore import images, library, teach
from mlcore.evaluation import out_of_distribution
from mlcore.intervals import wilson
from mlcore.library.card import Noticing
from mlcore.library.classifier import Prediction
from mlcore.library.out_of_distribution import Detector, Unlike
from pages.parts.answer import unlike
from pages.parts.classify.table import Line

NOISE = images.png(np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8))


def prediction(**unlike):
    told = Unlike(**unlike) if unlike else None
    return Prediction(("a_b", "cat"), np.array([0.2, 0.8]), 0.5, unlike=told)


def texts(page) -> list[str]:
    return [each.value.replace("\\", "") for kind in ("subheader", "markdown", "caption") for each in page.get(kind)]


def test_noise_is_told_before_the_answer_which_stands_in_second_place(open_page, check):
    page = open_page("home", model="animals-and-vehicles")
    page.file_uploader(key="home.drop").upload("noise.png", NOISE, "image/png")
    check(page.run())

    assert page.subheader[0].value == "Unlike what it learned from"
    (line,) = (text for text in texts(page) if text.startswith("This picture is unlike"))
    assert "further away than all 2,500 pictures of their kind" in line
    assert "one of the model's 10 classes after all, then the likeliest is" in line


def test_a_known_picture_is_answered_first_and_what_it_cannot_tell_last(open_page):
    page = open_page("home", model="animals-and-vehicles", picture="example:horse")

    assert page.subheader[0].value == "horse"
    assert any(text.startswith("It always answers with one of its 10 classes. Pictures of") for text in texts(page))


def test_explain_says_it_too(open_page, check):
    page = open_page("home", model="animals-and-vehicles")
    page.file_uploader(key="home.drop").upload("noise.png", NOISE, "image/png")
    check(page.run())
    page.switch_page("pages/explain.py")
    check(page.run())

    assert any(text.startswith("This picture is unlike") for text in texts(page))


def test_a_model_of_which_it_was_not_measured_says_so(open_page, tiny_model):
    page = open_page("home", model=tiny_model, picture="example:horse")

    assert any("wasn't measured" in text and "one of its 3 classes" in text for text in texts(page))


@pytest.mark.parametrize(
    ("told", "answer", "columns"),
    [
        ({"score": 0.99, "flagged": True, "held_out": 100}, "unlike what it learned from", ("yes", 0.99)),
        ({"score": 0.5, "flagged": False, "held_out": 100}, "cat", ("no", 0.5)),
        ({}, "cat", ("", "")),
    ],
)
def test_the_table_tells_it_in_place_of_the_answer(told, answer, columns):
    line = Line("a.png", (("cat", 0.8),), True, "cat", unlike=Unlike(**told) if told else None)

    assert line.answer == answer
    assert (line.plain()["unlike"], line.plain()["unlike_score"]) == columns


def test_the_sentence_bears_any_name():
    told = Prediction(("a_*b*", "c"), np.array([0.8, 0.2]), unlike=Unlike(0.99, True, 200))

    assert "a\\_\\*b\\*" in unlike.sentence(told)


def test_what_it_was_compared_with_is_told():
    told = Prediction(("a", "b"), np.array([0.8, 0.2]), unlike=Unlike(0.99, True, 245))

    assert "99 of 100 pictures of ants. If" in unlike.sentence(told, Noticing(held_out=245, basis="of ants"))
    assert "99 of 100 pictures of their kind" in unlike.sentence(told, Noticing(held_out=245))


@pytest.mark.parametrize(("count", "words"), [(38, "all 38 pictures"), (39, "nearly all 39 pictures")])
def test_with_few_pictures_only_what_is_beyond_all_of_them_is_flagged(count, words):
    threshold = Detector(np.arange(float(count)), np.zeros(0), np.zeros((0, 0))).threshold

    assert Noticing(held_out=count).beyond.startswith(words)
    assert (threshold == count - 1) == words.startswith("all")


def test_the_hardest_probe_is_named():
    noticing = Noticing(held_out=100, caught={"noise": wilson(99, 100), "faces": wilson(5, 100)})

    assert "hardest was faces, noticed in 5" in unlike.notices(noticing).replace("\\", "")
    assert "noticed all that were tried (noise)" in unlike.notices(
        Noticing(held_out=100, caught={"noise": wilson(9, 9)})
    ).replace("\\", "")
    assert "wasn't measured" in unlike.notices(None)


def test_evaluate_shows_the_rates_of_a_starter(open_page):
    page = open_page("evaluate", model="animals-and-vehicles")
    (table,) = (frame.value for frame in page.dataframe if "Flagged" in frame.value)
    card = library.card_of("animals-and-vehicles")

    assert list(table["Pictures"]) == ["Its own test pictures", *card.unlike.caught]
    assert table["Flagged"][0] == pytest.approx(100 * card.unlike.own.value)
    assert any("further away than nearly all 2,500 pictures of its own data" in text for text in texts(page))


def test_an_older_model_is_measured_on_demand(open_page, check, tiny_model, monkeypatch):
    monkeypatch.setattr(out_of_distribution, "FEWEST", 3)
    monkeypatch.setattr(library.out_of_distribution, "FEWEST", 3)
    page = open_page("evaluate", model=tiny_model)
    page = check(page.toggle(key="evaluate.unlike.now").set_value(True).run())

    assert library.card_of(tiny_model).unlike is not None
    assert any("They are few" in text for text in texts(check(page.run())))


def test_with_too_few_pictures_that_is_said(open_page, check, tiny_model):
    page = open_page("evaluate", model=tiny_model)
    page = check(page.toggle(key="evaluate.unlike.now").set_value(True).run())

    assert any("too few pictures" in text for text in texts(page))
    assert library.card_of(tiny_model).unlike is None


def lesson(count: int):
    rng = np.random.default_rng(0)
    dark, light = (rng.integers(low, low + 60, (count, 32, 32, 3), dtype=np.uint8) for low in (0, 190))
    return teach.learn({"dark": list(dark // 4 * 4), "light": list(light)})


def test_a_lesson_tells_a_picture_unlike_its_own():
    taught = lesson(10)
    ramp = np.tile(np.linspace(0, 255, 32, dtype="uint8")[:, None, None], (1, 32, 3))

    assert len(taught.detector.own) == 20
    assert taught.predict(ramp).unlike.flagged
    assert lesson(4).detector is None


def test_the_trial_of_a_lesson_begins_with_it():
    def page(taught):
        from pages.parts.teach import lesson

        lesson.trial(taught)

    taught = lesson(10)
    shown = AppTest.from_function(page, args=(taught,), default_timeout=120)
    shown.session_state["picture"] = "example:horse"
    shown.query_params["picture"] = "example:horse"
    shown.run()

    assert not shown.exception, shown.exception
    assert shown.subheader[1].value == "Unlike what it learned from"
    assert any(text.startswith("It always answers with one of the classes above") for text in texts(shown))
