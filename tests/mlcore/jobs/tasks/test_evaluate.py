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


def test_it_stops_when_asked_and_leaves_nothing_behind(tiny_model, tmp_path):
    with pytest.raises(Refused) as ended:
        run(tmp_path, lambda: True, model="tiny", split="train")

    assert ended.value.kind == Kind.CANCELLED
    assert "train" not in evaluation.names(library.folder("tiny"))
