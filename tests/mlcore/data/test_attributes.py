"""Attributes come back with the picture they belong to; what isn't known of it stays unknown."""

import math

import numpy as np
import pytest

from mlcore import data
from mlcore.data import attributes
from mlcore.data.attributes import Attribute, Columns
from mlcore.errors import Kind, Refused


def columns(*facts):
    found = Columns()
    for each in facts:
        found.add(each)
    return found


def kept(folder, *facts):
    columns(*facts).save(folder)
    return attributes.read(folder, len(facts))


def rows(attribute):
    return [attribute.at(row) for row in range(len(attribute))]


def test_what_is_kept_comes_back_and_the_rest_is_unknown(tmp_path):
    found = kept(tmp_path, {"age": 34.0}, {}, {"age": 7.5, "camera": "Canon"}, {"camera": "Ricoh"}, {"camera": "Canon"})

    assert rows(found["age"]) == [34.0, None, 7.5, None, None]
    assert rows(found["camera"]) == [None, None, "Canon", "Ricoh", "Canon"]
    assert found["camera"].texts == ("Canon", "Ricoh")
    assert found["age"].known.tolist() == [True, False, True, False, False]
    assert found["camera"].known.tolist() == [False, False, True, True, True]
    assert not found["age"].is_text


def test_the_first_value_says_what_a_column_holds(tmp_path):
    found = kept(tmp_path, {"a": 1.0, "b": "x"}, {"a": "one", "b": 2.0})

    assert rows(found["a"]) == [1.0, None]
    assert rows(found["b"]) == ["x", None]


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_text_is_unknown(tmp_path, text):
    assert rows(kept(tmp_path, {"note": text})["note"]) == [None]


def test_texts_of_any_letters_are_one_line_of_at_most_200(tmp_path):
    found = kept(tmp_path, {"note": "två\nrader\x85猫"}, {"note": "x" * 500}, {"note": "half \ud800"})

    assert rows(found["note"]) == ["två rader 猫", "x" * 200, "half ?"]


def test_no_attributes_leave_no_file(tmp_path):
    assert kept(tmp_path, {}, {}) == {}
    assert not list(tmp_path.iterdir())


def test_so_many_columns_and_no_more(tmp_path):
    found = kept(tmp_path, {f"column {number}": 1.0 for number in range(200)})

    assert len(found) == attributes.MOST_COLUMNS


def test_rows_can_be_taken_and_parts_joined():
    first = {
        "age": Attribute(np.array([1, math.nan], "float32")),
        "zoo": Attribute(np.array([0, -1], "int32"), ("Köln",)),
    }
    second = {"zoo": Attribute(np.array([1, 0], "int32"), ("Bern", "Köln")), "age": Attribute(np.array([0]), ("old",))}

    found = attributes.joined([(2, first), (1, {}), (2, second)])

    assert rows(found["zoo"]) == ["Köln", None, None, "Köln", "Bern"]
    assert rows(found["age"]) == [1.0, None, None, None, None]
    assert rows(found["zoo"].of(np.array([4, 0]))) == ["Bern", "Köln"]


def test_a_data_set_without_them_has_none(keep, noise):
    assert keep([(pixels, number % 2, None) for number, pixels in enumerate(noise(4))]).attributes == {}


def test_the_file_of_a_picture_tells_them(shapes_folder):
    found = data.add(shapes_folder, "named").attributes

    assert {name: found[name].at(0) for name in ("width", "height", "format")} == {
        "width": 16.0,
        "height": 16.0,
        "format": "PNG",
    }
    first = data.open("named")
    assert first.attributes["bytes"].at(0) == (shapes_folder / first.names[0]).stat().st_size


def damaged(folder, **arrays):
    np.savez(folder / attributes.FILE, **arrays)


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"names": np.frombuffer(b"age", "uint8")},
        {"names": np.frombuffer(b"age", "uint8"), "0.values": np.zeros(3, "float32")},
        {"names": np.frombuffer(b"age", "uint8"), "0.values": np.zeros(2, "float64")},
        {"names": np.frombuffer(b"a", "uint8"), "0.values": np.array([0, 1], "int32"), "0.texts": np.zeros(1, "uint8")},
        {"names": np.array(["age"]), "0.values": np.zeros(2, "float32")},
    ],
    ids=["nothing", "no values", "another length", "another type", "no such text", "texts for bytes"],
)
def test_a_file_that_does_not_go_with_the_pictures_is_refused(tmp_path, arrays):
    damaged(tmp_path, **arrays)

    with pytest.raises(Refused) as refusal:
        attributes.read(tmp_path, 2)

    assert refusal.value.kind == Kind.UNREADABLE_FILE
