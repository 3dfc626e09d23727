"""The evaluation in the background is the evaluation in the foreground."""

import pytest

from mlcore import evaluation, library
from mlcore.errors import Kind, Refused
from mlcore.events import PartsDone, StageStarted
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
    assert [type(event) for event in happened] == [StageStarted, PartsDone]
    assert happened[-1].done == happened[-1].total == len(tiny_data.split("train"))


def test_it_stops_when_asked_and_leaves_nothing_behind(tiny_model, tmp_path):
    with pytest.raises(Refused) as ended:
        run(tmp_path, lambda: True, model="tiny", split="train")

    assert ended.value.kind == Kind.CANCELLED
    assert "train" not in evaluation.names(library.folder("tiny"))
