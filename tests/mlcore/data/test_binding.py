"""A plan finds the version of its data that it was begun with."""

import pytest

from mlcore import data
from mlcore.data.binding import bound, differs, moved_on, refuse_other
from mlcore.errors import Refused
from mlcore.recipe import Recipe


@pytest.fixture
def edited(tiny_data):
    """The data set "shapes" after an edit."""
    return data.edit("shapes", [data.Relabel([0], "disc")])


def test_a_new_plan_takes_the_current_version_and_an_older_one_keeps_its_own(tiny_data, edited):
    plan = Recipe(data="shapes", architecture="mlp")

    assert bound(plan).fingerprint == edited.fingerprint
    older = plan.model_copy(update={"fingerprint": tiny_data.fingerprint})
    assert bound(older).fingerprint == data.open("shapes", seen=older.fingerprint).fingerprint == tiny_data.fingerprint
    refuse_other(older)
    assert not differs("shapes", tiny_data.fingerprint)


def test_what_no_version_has_is_refused_as_before(edited):
    other = Recipe(data="shapes", architecture="mlp", fingerprint="0" * 16)

    with pytest.raises(Refused, match="isn't the one that this was begun with"):
        bound(other)
    assert data.open("shapes", seen="0" * 16).version == 2


def test_both_numbers_are_said(tiny_data, edited):
    words = "This is version 1 of the data set 'shapes'; version 2 is the current one."

    assert moved_on("shapes", tiny_data.fingerprint) == words
    assert moved_on("shapes", edited.fingerprint) == moved_on("shapes", "0" * 16) == moved_on("nothing", "0" * 16) == ""
    assert data.at_hand("shapes", tiny_data.fingerprint).version == 1
