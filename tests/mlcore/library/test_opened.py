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
from mlcore.library import trial
from mlcore.library.classifier import Classifier
from mlcore.library.litert import Runner
from mlcore.library.opened import Opened, load_network, small_copy
from mlcore.repair.repairer import Repairer, all_repairers
from tests.odd_models import keras_file, layer, network


def of_kind(kind: str, id: str = "other", starter: str = "handwritten-digits", **said) -> str:
    """A copy of a model that comes along whose card tells another kind, or something else."""
    folder = home() / "models" / id
    shutil.copytree(library.STARTERS / starter, folder)
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | {"kind": kind, "title": "Other"} | said))
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


@pytest.mark.parametrize("shape", [(2048, 2048, 3), (30, 1024, 1024, 3), (28, 29, 3)])
def test_a_card_that_speaks_of_other_pictures_than_the_network_is_refused_before_any_is_made(shape):
    id = of_kind("classifier", shape=shape)
    said = " x ".join(map(str, shape))

    with pytest.raises(Refused, match=f"card says that it takes {said}, and its network takes 28 x 28 x 3") as refusal:
        library.open(id)
    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_a_card_of_more_classes_than_the_network_tells_apart_is_refused():
    id = of_kind("classifier", classes=[str(number) for number in range(12)])

    with pytest.raises(Refused, match="card says that it tells apart 12 classes, and its network tells apart 10"):
        library.open(id)


def test_a_card_of_clips_that_no_memory_holds_is_no_card():
    id = of_kind("classifier", shape=(1024, 2048, 2048, 3))

    with pytest.raises(Refused):
        library.open(id)


def test_a_small_copy_for_other_pictures_is_not_used(home):
    classifier = library.open_classifier(of_kind("classifier"))
    shutil.copy(library.STARTERS / "animals-and-vehicles" / "model.tflite", classifier.folder)

    assert classifier._runner is None


def fake_litert(monkeypatch, tmp_path, code):
    """A LiteRT whose interpreter runs some code, in child processes alone."""
    package = tmp_path / "fake" / "ai_edge_litert"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "interpreter.py").write_text(f"def Interpreter(*given, **named):\n    {code}\n")
    monkeypatch.setenv("PYTHONPATH", str(package.parent))


@pytest.mark.parametrize("code", ["import os; os.kill(os.getpid(), 11)", "while True: pass", "raise MemoryError"])
def test_a_small_copy_that_ends_or_holds_up_a_process_is_not_run_in_this_one(home, tmp_path, monkeypatch, code):
    monkeypatch.setattr(trial, "SECONDS", 5)
    fake_litert(monkeypatch, tmp_path, code)
    path = tmp_path / "model.tflite"
    path.write_bytes((library.STARTERS / "handwritten-digits" / "model.tflite").read_bytes() + code.encode())

    assert small_copy(tmp_path, lambda runner: pytest.fail("It was run.")) is None


def test_a_small_copy_is_tried_once(home, tmp_path, monkeypatch):
    shutil.copy(library.STARTERS / "handwritten-digits" / "model.tflite", tmp_path)
    asked = []
    monkeypatch.setattr(trial.child, "ask", lambda *given: asked.append(given) or {"held": True})

    assert trial.holds(tmp_path / "model.tflite")
    assert trial.holds(tmp_path / "model.tflite")
    assert len(asked) == 1


def test_a_generators_small_copy_for_other_vectors_is_not_used():
    generator = library.open(of_kind("generator", starter="made-up-digits"))
    generator.noise = 1000

    assert generator._small_copy(generator._first_picture) is None
    with pytest.raises(Refused, match="takes other numbers than its folder says"):
        generator.sample(1)


def test_a_small_copy_that_would_take_gigabytes_is_refused_before_it_does():
    path = library.STARTERS / "repaired-photographs" / "model.tflite"

    with pytest.raises(ValueError, match=r"would take .* GB"):
        Runner(path, size=(40_000, 40_000)).maps(np.zeros((1, 40_000, 40_000, 4), "uint8"))


def test_a_network_that_keras_cannot_load_is_refused(tmp_path):
    odd = network(layer("Activation", name="a", activation=3.5))
    (tmp_path / "model.keras").write_bytes(keras_file(odd))

    with pytest.raises(Refused, match="can't be loaded") as refusal:
        load_network(tmp_path)
    assert refusal.value.kind == Kind.CORRUPT_MODEL
