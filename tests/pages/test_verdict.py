"""A verdict on a page: its reasons in words, its curves on demand, and the report of a model."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlcore import jobs, library
from mlcore.explanation.judge import Asked, Grade, Report
from mlcore.explanation.judge.benchmark import ranked
from mlcore.explanation.judge.faithfulness import Curve
from mlcore.explanation.judge.likeness import Likeness
from mlcore.explanation.judge.store import folder, network, save
from mlcore.intervals import Interval


def curve_of(area, random):
    band = (0.9, 0.5, 0.1)
    noise = Interval(0.5, 0.4, 0.6, 9)
    return Curve((0.0, 0.5, 1.0), (0.9, area, 0.1), area, tuple(random), band, band, band, noise, True)


def grade_of(deletion=0.1, randomisation=0.2):
    alike = Likeness(randomisation, randomisation, randomisation, 4)
    curves = curve_of(deletion, np.linspace(0.3, 0.7, 39)), curve_of(0.8, np.linspace(0.3, 0.5, 39))
    return Grade("gradient", 0, "a <b>cat</b>", *curves, Interval(0.4, 0.2, 0.6, 128), randomisation=alike)


def show(work, part: str = "verdict") -> AppTest:
    """A page that holds nothing but what `work(part)` draws, a part of the page Explain."""

    def page(work, part):
        from importlib import import_module

        work(import_module(f"pages.parts.explain.{part}"))

    shown = AppTest.from_function(page, kwargs={"work": work, "part": part}, default_timeout=120).run()
    assert not shown.exception, shown.exception
    return shown


def texts(page) -> str:
    return " ".join(each.value for kind in ("markdown", "caption") for each in getattr(page, kind))


@pytest.mark.parametrize(
    ("grade", "label"),
    [
        (grade_of(), "Believe it"),
        (grade_of(deletion=0.9), "Unclear"),
        (grade_of(randomisation=0.9), "Looks nice, no more"),
    ],
    ids=["believe", "unclear", "looks nice"],
)
def test_a_badge_gives_the_verdict_and_its_reasons(grade, label):
    page = show(lambda verdict: verdict.badge(grade))

    assert label in texts(page)
    assert grade.reasons.split(".")[0] in texts(page).replace("\\", "")


def test_behind_the_badge_are_both_curves_and_every_check():
    grade = grade_of()
    page = show(lambda verdict: verdict.badge(grade))

    alts = [chart.proto.alt for chart in page.get("plotly_chart")]
    assert len(alts) == 2
    assert "away" in alts[0]
    assert "10.0\u00a0% on average for this map" in alts[0]
    assert page.dataframe[0].value["Passed"].tolist() == [True, True]
    assert "correlate by 0.40 (0.20 to 0.60)" in texts(page).replace("\\", "")


def test_two_badges_fit_on_one_page():
    page = show(lambda verdict: [verdict.badge(grade_of(), key) for key in ("one", "two")])

    assert len(page.dataframe) == 2


def report_of(classifier, gain=0.3):
    rng = np.random.default_rng(0)
    numbers = [
        {"deletion": 0.2, "insertion": 0.6, "deletion_gain": each, "insertion_gain": each, "seconds": 0.1}
        for each in rng.normal(gain, 0.1, 30)
    ]
    rows = ranked({"gradient": numbers, "centre": numbers}, [Asked("gradient"), Asked("centre")])
    return Report("tiny", "Tiny", "shapes", "test", "", network(classifier), 30, rows, {"grad-cam": "No convolution."})


def test_the_report_shows_every_method_with_its_interval(tiny_model):
    found = report_of(library.open(tiny_model))
    page = show(lambda report: report.report_table(found), "report")

    table = page.dataframe[0].value
    assert table["Method"].tolist() == ["Gradient", "Middle of the picture"]
    assert table["In words"].tolist() == ["Beats random maps at deletion and at insertion.", "Never saw the network."]
    assert "beats random maps both" in texts(page)
    assert "was left out" in texts(page)
    assert len(page.get("plotly_chart")) == 1


def test_a_report_is_started_in_the_background(tiny_model, monkeypatch):
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    page = show(lambda report: report.report_section(library.card_of(tiny_model)), "report")
    page.number_input(key="report.pictures").set_value(20)
    page.button(key="report.start").click().run()

    (run,) = [run for run in jobs.all() if run.kind == "explanation-report"]
    assert run.settings["model"] == tiny_model
    assert (run.settings["pictures"], run.settings["slow_pictures"]) == (20, 5)
    assert "report.start" not in {button.key for button in page.button}


def test_a_report_of_an_older_network_says_so(tiny_model):
    classifier = library.open(tiny_model)
    save(folder(classifier), report_of(classifier))
    assert not show(lambda report: report.report_section(library.card_of(tiny_model)), "report").warning

    with open(classifier.folder / "model.keras", "ab") as file:
        file.write(b"changed")
    (warning,) = show(lambda report: report.report_section(library.card_of(tiny_model)), "report").warning
    assert "changed since" in warning.value
