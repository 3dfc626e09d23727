"""A picture that was answered wrong joins a data set under its true class, and can be taken out again."""

import numpy as np
import pytest

from mlcore import data
from mlcore.data.corrections import collect
from mlcore.errors import Kind, Refused

PICTURE = np.full((16, 16, 3), 200, "uint8")


@pytest.mark.parametrize("label", ["disc", "something new"])
def test_it_becomes_one_more_picture_of_its_class(tiny_data, label):
    after = collect("shapes", PICTURE, label, "mine.png")

    assert (len(after), after.version) == (61, 2)
    assert after.classes[after.labels[-1]] == label
    assert after.names[60] == "mine.png"
    np.testing.assert_array_equal(after.read_rows(np.array([60]))[0], PICTURE)
    assert "an answer that was wrong" in data.history("shapes")[-1].why
    assert data.undo("shapes").fingerprint == tiny_data.fingerprint


@pytest.mark.parametrize(
    ("name", "label", "kind"), [("nothing", "disc", Kind.UNKNOWN_DATA), ("shapes", "  ", Kind.BAD_SETTING)]
)
def test_what_cant_be_is_refused_and_changes_nothing(tiny_data, name, label, kind):
    with pytest.raises(Refused) as refused:
        collect(name, PICTURE, label, "mine.png")

    assert refused.value.kind == kind
    assert data.open("shapes").version == 1
