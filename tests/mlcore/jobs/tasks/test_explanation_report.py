"""The report in the background: kept beside the model, stopped and gone on with."""

import pytest

from mlcore import library
from mlcore.errors import Kind, Refused
from mlcore.events import PartsDone, StageStarted
from mlcore.explanation import judge
from mlcore.explanation.judge.store import PROGRESS, folder
from mlcore.jobs import tasks
from mlcore.settings import read

QUICK = {"model": "tiny", "pictures": 3, "slow_pictures": 2, "methods": "gradient, occlusion"}


def run(folder, should_stop=lambda: False, **settings):
    entry, happened = tasks.shelf.get("explanation-report"), []
    return entry.run(read(entry.settings, {**QUICK, **settings}), folder, happened.append, should_stop), happened


def test_the_report_lies_beside_the_model(tiny_model, tiny_data, tmp_path):
    outcome, happened = run(tmp_path)
    found = judge.load(library.open("tiny"))

    assert outcome is None
    assert {row.method: row.gain.n for row in found.rows} == {"gradient": 3, "occlusion": 2, "centre": 3, "edges": 3}
    assert (found.data, found.split, found.fingerprint) == ("shapes", "test", tiny_data.fingerprint)
    assert {type(event) for event in happened} == {StageStarted, PartsDone}
    assert {event.total for event in happened if isinstance(event, PartsDone)} == {3 + 2 + 3 + 3}


def test_it_stops_when_asked_and_goes_on_later(tiny_model, tmp_path):
    asked = iter(range(1000))
    classifier = library.open("tiny")

    with pytest.raises(Refused) as ended:
        run(tmp_path, lambda: next(asked) > 20)
    assert ended.value.kind == Kind.CANCELLED
    assert judge.load(classifier) is None
    assert (folder(classifier) / PROGRESS).exists()

    assert run(tmp_path)[0] is None
    assert judge.load(classifier).pictures == 3
