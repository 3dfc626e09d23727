"""Every finished model opens as what its card says, by its small copy or by Keras, and loads each once."""

import json
import shutil
import threading

import numpy as np
import pytest

from mlcore import library
from mlcore.errors import Kind, Refused
from mlcore.generation import Generator
from mlcore.home import home
from mlcore.library.classifier import Classifier
from mlcore.library.opened import Opened, small_copy
from mlcore.repair.repairer import Repairer, all_repairers


def of_kind(kind: str, id: str = "other") -> str:
    """A copy of the digits that come along whose card tells another kind."""
    folder = home() / "models" / id
    shutil.copytree(library.STARTERS / "handwritten-digits", folder)
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | {"kind": kind, "title": "Other"}))
    return id


@pytest.mark.parametrize(("id", "kind"), [("handwritten-digits", Classifier), ("made-up-digits", Generator)])
def test_a_model_opens_as_what_its_card_says(id, kind):
    assert type(library.open(id)) is kind
    assert library.open(id).card == library.card_of(id)


def test_a_repair_network_opens_as_one():
    assert type(library.open(of_kind("repairer"))) is Repairer
    assert "other" in [card.id for card in all_repairers()]


def test_a_kind_of_a_later_version_is_refused_and_told():
    with pytest.raises(Refused, match="'Other' is a singer, which this version can't open") as refusal:
        library.open(of_kind("singer"))

    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_who_needs_a_classifier_gets_nothing_else():
    words = "is a generator and can't classify; choose a classifier"
    with pytest.raises(Refused, match=words) as refusal:
        library.open_classifier("made-up-digits")

    assert refusal.value.kind == Kind.NOT_COMPATIBLE
    assert library.open_classifier("handwritten-digits").predict(np.zeros((28, 28, 3), "uint8")).classes[0] == "0"


def test_a_part_is_made_once_however_many_ask(tmp_path):
    shared, parts, together = Opened(None, tmp_path), [], threading.Barrier(4)

    def ask():
        together.wait()
        shared._once("part", lambda: parts.append(1) or len(parts))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert parts == [1]
    assert shared._once("part", lambda: 7) == 1


def test_making_a_part_may_need_another(tmp_path):
    shared = Opened(None, tmp_path)

    assert shared._once("outer", lambda: shared._once("inner", lambda: 3) + 1) == 4


@pytest.mark.parametrize("content", [None, b"", b"no network"])
def test_a_small_copy_that_is_gone_or_damaged_is_none(tmp_path, content):
    if content is not None:
        (tmp_path / "model.tflite").write_bytes(content)

    assert small_copy(tmp_path, lambda runner: runner.logits(np.zeros((1, 28, 28, 3)))) is None


def test_a_small_copy_whose_first_answer_does_not_fit_is_none():
    folder = library.STARTERS / "handwritten-digits"

    def refuse(runner):
        raise ValueError("It doesn't fit.")

    assert small_copy(folder, refuse) is None
    assert small_copy(folder, lambda runner: runner.logits(np.zeros((1, 28, 28, 3)))) is not None
