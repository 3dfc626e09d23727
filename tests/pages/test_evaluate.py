"""Evaluate: the honest report, and the pictures behind each number."""

import re

import pytest

from mlcore import evaluation, library
from pages.parts import formatting
from pages.parts.desk import desk
from pages.parts.pick import stamp


@pytest.fixture
def page(open_page, tiny_model):
    return open_page("evaluate", model=tiny_model)


@pytest.fixture
def report(tiny_model):
    return evaluation.load(library.folder(tiny_model), "test")


def test_the_accuracy_comes_with_its_interval(page, report):
    metric = page.metric[0]

    assert metric.value == f"{report.accuracy.value * 100:.1f}\u00a0%"
    assert metric.delta == f"{report.accuracy.low * 100:.1f} to {report.accuracy.high * 100:.1f}\u00a0%"


def test_every_class_has_its_row(page, report):
    table = page.dataframe[0].value

    assert list(table["Class"]) == list(report.classes)
    assert list(table["Pictures"]) == [each.n for each in report.per_class]


def test_both_charts_say_what_they_show(page):
    alts = [chart.proto.alt for chart in page.get("plotly_chart")]

    assert [alt.split(":")[0].split(" of ")[0] for alt in alts] == ["Confusion matrix", "Reliability diagram"]


def test_a_cell_shows_its_pictures(page, check, report):
    index = int(report.answers.truth[0])
    truth = str(index)
    page.selectbox(key="truth").set_value(truth)
    page = check(page.selectbox(key="answer").set_value(truth).run())

    hits = len(evaluation.cell(report.answers, index, index))
    name = report.classes[index]
    noun = "picture" if hits == 1 else "pictures"
    assert any(text.value == f"{hits} {noun} of {name}, answered {name}." for text in page.text)


def test_without_the_data_set_the_page_still_reports(open_page, check, tiny_model):
    from mlcore import data

    data.remove("shapes")

    assert check(open_page("evaluate", model=tiny_model)).metric


def test_without_the_data_set_of_a_starter_its_mistakes_and_some_of_each_wrong_cell_are_shown(open_page, check, home):
    page = open_page("evaluate")
    page.selectbox(key="model").set_value("handwritten-digits").run()
    page.selectbox(key="truth").set_value("9")
    page = check(page.selectbox(key="answer").set_value("4").run())
    assert len(page.get("image")) == 7 + 12  # all mistakes of the digits are here

    page = check(page.selectbox(key="answer").set_value("9").run())
    told = " ".join(each.value.replace("\\", "") for each in page.caption)
    assert re.search(r"(29|30) of these [\d,]+ pictures came along", told)
    assert len(page.get("image")) == 9 + 12


def test_a_model_that_was_never_measured_can_be_measured(open_page, check, tiny_model):
    (library.folder(tiny_model) / "evaluations" / "test.json").unlink()
    page = open_page("evaluate", model=tiny_model)
    assert not page.metric

    page = check(page.toggle(key="evaluate.now").set_value(True).run())
    assert page.metric[0].label == "Right (accuracy)"


def test_a_model_that_cannot_be_measured_here_says_why_and_what_can_be_done(open_page, check, tiny_model):
    from mlcore import data

    (library.folder(tiny_model) / "evaluations" / "test.json").unlink()
    data.remove("shapes")
    page = check(open_page("evaluate", model=tiny_model))

    assert "its data set, shapes, can't be had" in page.info[0].value.replace("\\", "")
    assert any(f"evaluate {tiny_model} --data NAME" in each.value for each in page.markdown)
    assert not page.metric


def test_after_a_reload_the_measuring_is_found_again(open_page, check, tiny_model, report):
    (library.folder(tiny_model) / "evaluations" / "test.json").unlink()
    desk().ask(("evaluate", stamp(tiny_model)), "Measuring", lambda tell: report)
    page = check(open_page("evaluate", model=tiny_model))

    assert page.toggle(key="evaluate.now").value
    assert page.metric[0].label == "Right (accuracy)"


def test_pictures_of_another_data_set_of_that_name_stay_out(open_page, check, tiny_model, tmp_path, shapes_folder):
    from mlcore import data

    data.remove("shapes")
    data.add(shapes_folder, "shapes", size=8)
    page = check(open_page("evaluate", model=tiny_model))

    assert not page.get("image")
    assert any("isn't the one that was measured" in caption.value for caption in page.caption)


def test_after_an_edit_the_version_that_was_measured_is_told_and_its_pictures_shown(open_page, check, tiny_model):
    from mlcore import data

    before = len(check(open_page("evaluate", model=tiny_model)).get("image"))
    data.edit("shapes", [data.Drop([0])])
    page = check(open_page("evaluate", model=tiny_model))

    assert any("This is version 1 of the data set" in each.value for each in page.info)
    assert len(page.get("image")) == before > 0


def test_what_was_measured_of_each_confidence_is_shown_with_what_it_rests_on(page, tiny_model, report):
    card = library.card_of(tiny_model)
    table = page.dataframe[-1].value

    assert list(table["Answers"]) == [level.n for level in reversed(report.certainty.levels)]
    assert any(f"fitted on {card.calibrated_on} pictures" in each.value for each in page.caption)
    assert any("calling an answer sure takes 35" in each.value for each in page.caption)


def test_a_model_with_sets_says_how_often_they_held(open_page, check, home):
    page = check(open_page("evaluate", model="animals-and-vehicles"))
    sets = library.card_of("animals-and-vehicles").certainty.unsure_sets

    text = " ".join(each.value for each in page.markdown).replace("\\", "")
    assert f"that aren't sure the truth was among the classes named in {formatting.interval(sets.share)}" in text
    assert f"{sets.size:.2f} classes" in text
