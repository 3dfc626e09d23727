"""How often the test pictures were looked at is counted for each version."""

import pytest

from mlcore import data, evaluation, library
from mlcore.data import looks
from mlcore.data.looks import Looks


def test_each_evaluation_of_the_test_pictures_counts(tiny_model):
    classifier, dataset = library.open_classifier(tiny_model), data.open("shapes")
    before = looks.of(dataset).times
    for split in ("test", "val", "test"):
        evaluation.evaluate(classifier, dataset.split(split))

    assert looks.of(dataset) == Looks(before + 2, ("tiny",))
    edited = data.edit("shapes", [data.Move([0], "test")])
    assert looks.of(edited) == Looks()
    looks.record(edited, "other")
    assert (looks.of(edited), looks.of(dataset).times) == (Looks(1, ("other",)), before + 2)


@pytest.mark.parametrize("damage", ["[]", "{", '{"FP": 3}', '{"FP": {"times": "x", "models": []}}'])
def test_a_damaged_count_begins_anew(tiny_data, damage):
    (tiny_data.folder / looks.FILE).write_text(damage.replace("FP", tiny_data.fingerprint))

    assert looks.of(tiny_data) == Looks()
    looks.record(tiny_data, "one")
    assert looks.of(tiny_data).times == 1


def test_it_is_said_in_words():
    assert Looks().sentence() == ""
    assert Looks(1, ("a",)).sentence() == "The test pictures were looked at once, for 1 model."
    told = Looks(3, ("a", "b")).sentence()
    assert told.startswith(
        "The test pictures were looked at 3 times, for 2 models. Whoever chooses among models by them"
    )
