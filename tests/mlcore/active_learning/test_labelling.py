"""The labelling of a data set: what is looked at, guessed and asked for as labels come and go."""

from dataclasses import replace

import numpy as np
import pytest

from mlcore import data
from mlcore.active_learning import UNLABELLED, Labelling, look, looks
from mlcore.data.splits import TEST
from mlcore.errors import Kind, Refused
from mlcore.teach import features


@pytest.fixture
def half(tiny_data):
    """The data set "shapes", of which every second picture outside the test split has lost its class."""
    rows = np.flatnonzero(tiny_data.split_codes != TEST)[::2]
    return data.edit("shapes", [data.Move(rows, "unlabelled")])


def test_test_pictures_are_neither_learned_from_nor_asked_for(half):
    labelling = look(half)

    assert set(labelling.rows) == set(np.flatnonzero(half.split_codes != TEST))
    assert set(labelling.rows[labelling.labels == UNLABELLED]) == set(half.unlabelled)


def test_guesses_are_about_the_unlabelled_rows_and_mostly_right_for_plain_shapes(half, tiny_data):
    guessed = look(half).guesses

    assert sorted(guessed.rows) == sorted(half.unlabelled)
    assert (guessed.classes == tiny_data.labels[guessed.rows]).mean() > 0.6  # one in three by chance


def test_the_most_informative_are_unlabelled_and_the_same_until_a_label_is_given(half):
    labelling = look(half)
    chosen = labelling.informative(6)

    assert len(set(chosen)) == 6
    assert set(chosen) <= set(half.unlabelled)
    np.testing.assert_array_equal(look(half).informative(6), chosen)
    after = look(data.edit("shapes", [data.Relabel(chosen[:1], "circle")]))
    assert chosen[0] not in after.informative(6)


def test_what_was_put_off_is_not_asked_for(half):
    labelling = look(half)
    first = labelling.informative(6)

    assert not set(labelling.informative(6, but=first.tolist())) & set(first)


def test_asking_for_more_than_there_are_gives_all_of_them(half):
    assert len(look(half).informative(1000)) == len(set(half.unlabelled)) - duplicates(half)


def duplicates(dataset) -> int:
    """Unlabelled pictures that are near copies of others, and aren't asked for."""
    labelling = look(dataset)
    groups, unlabelled = labelling.pool.groups, labelling.labels == UNLABELLED
    free = ~np.isin(groups, groups[~unlabelled]) & unlabelled
    return int(unlabelled.sum()) - len(np.unique(groups[free]))


def test_before_any_label_nothing_is_guessed_and_typical_pictures_are_asked_for(tiny_data):
    nothing = look(data.edit("shapes", [data.Move(range(len(tiny_data)), "unlabelled")]))

    assert (len(nothing.guesses), nothing.standard, nothing.labelled) == (0, "typical", 0)
    kinds = tiny_data.labels[nothing.informative(12)]
    assert set(kinds) == {0, 1, 2}
    np.testing.assert_array_equal(nothing.informative(5, "margin"), nothing.informative(5))  # there is no head to ask


def test_a_strategy_that_is_not_on_the_shelf_is_refused(half):
    with pytest.raises(Refused, match="random") as refused:
        look(half).informative(5, "guessing")

    assert refused.value.kind == Kind.UNKNOWN_NAME


def test_no_picture_is_looked_at_twice_whatever_is_labelled(half, monkeypatch):
    first = look(half)
    monkeypatch.setattr(features, "opened", None)  # looking again would fail

    after = look(data.edit("shapes", [data.Relabel(half.unlabelled[:3], "circle"), data.Drop(half.unlabelled[4:6])]))

    assert len(after.rows) <= len(first.rows) - 2  # what the hash made a test picture is gone, too


def test_what_was_seen_before_it_was_called_off_is_kept(half, monkeypatch):
    monkeypatch.setattr(looks, "CHUNK", 10)
    shares = []

    def stop(share, text=""):
        shares.append(share)
        if len(shares) == 2:
            raise Refused(Kind.CANCELLED, "Called off.")

    with pytest.raises(Refused):
        look(half, stop)
    again = []
    look(half, lambda share, text="": again.append(text))

    assert (
        len([text for text in again if text == "Looking at the pictures"])
        == int(np.ceil(len(first_rows(half)) / 10)) - 2
    )


def first_rows(dataset) -> set:
    """The different pictures that are looked at."""
    return {dataset.hashes[row].tobytes() for row in np.flatnonzero(dataset.split_codes != TEST)}


def test_damaged_looks_are_made_again(half, home):
    first = look(half).pool.points
    (path,) = (home / "cache" / "features").glob("shapes-*.npz")
    path.write_bytes(path.read_bytes()[:-20])

    np.testing.assert_array_equal(look(half).pool.points, first)


def test_clips_are_refused(half):
    half.shape = (4, *half.shape)

    with pytest.raises(Refused, match="clips") as refused:
        look(half)

    assert refused.value.kind == Kind.NOT_COMPATIBLE


def test_of_many_pictures_a_part_is_looked_at_the_same_one_in_every_version(half, monkeypatch):
    from mlcore.active_learning import labelling

    monkeypatch.setattr(labelling, "MOST_UNLABELLED", 8)
    asked = look(half).rows[look(half).labels == UNLABELLED]
    after = look(data.edit("shapes", [data.Relabel(asked[:2], "circle")]))

    assert len(asked) == 8
    assert set(asked[2:]) <= set(after.rows[after.labels == UNLABELLED])


@pytest.mark.parametrize("strategy", ["", "k-centre", "typical", "random"])
def test_copies_of_labelled_pictures_are_asked_for_once_nothing_else_is_left(half, strategy):
    labelling = look(half)
    copies = Labelling(
        half, labelling.rows, labelling.labels, replace(labelling.pool, groups=np.zeros(len(labelling.rows), int)), None
    )

    assert set(copies.informative(1000, strategy)) == set(half.unlabelled)
