"""Findings are kept for the next time, can be called off, and their remedies undone."""

import errno

import numpy as np
import pytest

from mlcore import data, durable, findings
from mlcore.errors import Refused
from mlcore.findings import kept
from mlcore.findings.finding import Finding
from tests.mlcore.findings.conftest import scenes


@pytest.fixture
def conflicting(stored):
    pictures = scenes(60)
    pictures[1] = pictures[0]
    return stored(pictures, np.arange(60) % 2, ["train"] * 50 + ["test"] * 10)


def test_a_finding_is_the_same_after_it_was_written_down(conflicting):
    (found,) = findings.check(conflicting, kinds=["label-conflict"])

    again = Finding.from_json(found.to_json())

    assert again.to_json() == found.to_json()
    assert again.remedies == found.remedies


def test_a_second_look_looks_at_nothing(conflicting, monkeypatch):
    before = findings.quick(conflicting)
    monkeypatch.setattr(type(conflicting), "read_rows", lambda *_: pytest.fail("looked at pictures"))

    after = findings.quick(conflicting)

    assert [each.to_json() for each in after] == [each.to_json() for each in before]
    assert findings.kept_findings(conflicting) is None  # the slow ones are still to be made


def test_a_full_disk_keeps_nothing_and_loses_nothing(conflicting, monkeypatch):
    monkeypatch.setattr(durable, "write_json", full)

    found = findings.check(conflicting, kinds=["label-conflict"])

    assert [each.kind for each in found] == ["label-conflict"]
    assert kept.read(conflicting, "label-conflict") is None


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


ODD = {
    "nothing in it": lambda _: {},
    "rows that aren't there": lambda found: found | {"rows": [60, 0]},
    "rows below 0": lambda found: found | {"rows": [-1, 0]},
    "a huge row": lambda found: found | {"rows": [10**30, 0]},
    "another severity": lambda found: found | {"severity": "deadly"},
    "another kind": lambda found: found | {"kind": "rot"},
    "one caption for two": lambda found: found | {"captions": ["a"]},
    "edits of no kind": lambda found: found | {"remedies": [{"title": "x", "edits": [{"edit": "Burn", "rows": [0]}]}]},
}


@pytest.mark.parametrize("damage", ODD.values(), ids=ODD)
def test_a_damaged_file_is_made_again(conflicting, damage):
    (found,) = findings.check(conflicting, kinds=["label-conflict"])
    odd = {"form": 1, "findings": [damage(found.to_json())]}
    durable.write_json(kept._path(conflicting, "label-conflict"), odd)

    (again,) = findings.check(conflicting, kinds=["label-conflict"])

    assert again.to_json() == found.to_json()


def test_other_content_is_checked_anew(conflicting):
    (found,) = findings.check(conflicting, kinds=["label-conflict"])

    mended = data.edit(conflicting.name, found.remedies[0].edits)

    assert findings.check(mended, kinds=["label-conflict"]) == []
    (back,) = findings.check(data.undo(conflicting.name), kinds=["label-conflict"])
    assert back.to_json() == found.to_json()


def test_checking_can_be_called_off(conflicting):
    class Enough(Exception):
        pass

    def progress(share, text="", /):
        if share > 0.2:
            raise Enough

    with pytest.raises(Enough):
        findings.quick(conflicting, progress)


def test_the_most_serious_comes_first(conflicting):
    severities = [each.severity for each in findings.quick(conflicting)]

    assert severities == sorted(severities, key=["serious", "warning", "hint"].index)
    assert severities[0] == "serious"


def test_an_unknown_check_is_refused(conflicting):
    with pytest.raises(Refused, match="blury"):
        findings.check(conflicting, kinds=["blury"])


def test_a_picture_with_the_wrong_class_is_found_by_what_a_network_sees(stored, monkeypatch):
    """Two kinds of pattern, one picture with the wrong class: the backbone that came along finds it.

    Once it has its class, nothing is found any more, and no picture is looked at for the second time.
    """
    random = np.random.default_rng(0)
    stripes = np.zeros((60, 32, 32, 3), "uint8")
    stripes[:30, ::4], stripes[30:, :, ::4] = 220, 220
    pictures = np.clip(stripes + random.normal(40, 25, stripes.shape), 0, 255)
    labels = np.arange(60) // 30
    labels[3] = 1

    dataset = stored(pictures, labels)

    (found,) = findings.check(dataset, kinds=["mislabelled"])

    assert found.rows.tolist() == [3]
    assert found.captions == ("b, more like a",)
    monkeypatch.setattr("mlcore.active_learning.looks._seen", None)
    assert findings.check(data.edit(dataset.name, found.remedies[0].edits), kinds=["mislabelled"]) == []
