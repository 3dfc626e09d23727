"""The evaluation in the background is the evaluation in the foreground."""

import pytest

from mlcore import data, evaluation, library
from mlcore.errors import Kind, Refused
from mlcore.events import NoticeGiven, PartsDone, StageStarted
from mlcore.jobs import tasks
from mlcore.settings import read


def run(folder, should_stop=lambda: False, **settings):
    entry, happened = tasks.shelf.get("evaluate"), []
    return entry.run(read(entry.settings, settings), folder, happened.append, should_stop), happened


def test_the_report_lies_beside_the_model(tiny_model, tiny_data, tmp_path):
    outcome, happened = run(tmp_path, model="tiny", split="train")
    classifier = library.open("tiny")
    kept = evaluation.load(classifier.folder, "train")

    assert outcome is None
    assert kept.accuracy == evaluation.evaluate(classifier, tiny_data.split("train")).accuracy
    assert [type(event) for event in happened] == [StageStarted, PartsDone, NoticeGiven]
    assert happened[1].done == happened[1].total == len(tiny_data.split("train"))


def test_a_report_on_other_data_of_that_name_leaves_the_models_own_alone(
    tiny_model, tiny_data, tmp_path, shapes_folder
):
    data.remove("shapes")
    data.add(shapes_folder, "shapes", seed=1)
    before = evaluation.load(library.folder("tiny"), "test").fingerprint

    _, happened = run(tmp_path, model="tiny")

    assert evaluation.load(library.folder("tiny"), "test").fingerprint == before
    assert evaluation.load(library.folder("tiny"), "test-shapes").left_out > 0
    assert "isn't the one that this model learned from" in happened[-1].message


def test_after_an_edit_the_version_that_the_model_saw_is_measured_and_that_is_said(tiny_model, tiny_data, tmp_path):
    before = evaluation.load(library.folder("tiny"), "test")
    data.edit("shapes", [data.Relabel(tiny_data.split("test").rows, "disc")])

    _, happened = run(tmp_path, model="tiny")
    report = evaluation.load(library.folder("tiny"), "test")

    assert (report.fingerprint, report.accuracy) == (before.fingerprint, before.accuracy)
    assert happened[-1].message == "This is version 1 of the data set 'shapes'; version 2 is the current one."


def test_the_current_version_is_measured_by_its_name_without_what_taught_the_model(tiny_model, tiny_data, tmp_path):
    taught, judging = tiny_data.split("train").rows[:1], tiny_data.split("test").rows
    data.edit("shapes", [data.Relabel(judging[:1], "disc"), data.Move(taught, "test")])

    _, happened = run(tmp_path, model="tiny", data="shapes")
    report = evaluation.load(library.folder("tiny"), "test-shapes")

    assert (report.left_out, report.accuracy.n) == (1, len(judging))
    assert "This is version 2 of the data set 'shapes', and the model learned from version 1." in happened[-1].message


def test_it_stops_when_asked_and_leaves_nothing_behind(tiny_model, tmp_path):
    with pytest.raises(Refused) as ended:
        run(tmp_path, lambda: True, model="tiny", split="train")

    assert ended.value.kind == Kind.CANCELLED
    assert "train" not in evaluation.names(library.folder("tiny"))
