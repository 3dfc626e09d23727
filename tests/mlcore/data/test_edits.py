"""What each edit makes of labels, splits, rows and classes."""

from dataclasses import replace

import numpy as np
import pytest

from mlcore import data
from mlcore.data import splits as split
from mlcore.data.edits import Content, applied, words
from mlcore.data.splits import UNLABELLED
from mlcore.errors import Kind, Refused


def content(labels, splits, classes=("a", "b"), hashes=None, seed=0):
    count = len(labels)
    hashes = np.random.default_rng(seed).integers(0, 256, (count, 16), "uint8") if hashes is None else hashes
    arrays = (np.array(labels, "int32"), np.array(splits, "uint8"), hashes, np.arange(count), np.ones(count, bool))
    return Content(classes, *arrays)


def after(before, *edits):
    return applied(before, edits)


@pytest.fixture
def six():
    return content([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2])


def test_a_relabelled_picture_keeps_its_split(six):
    new = after(six, data.Relabel([2, 0], "b"))

    assert (new.labels.tolist(), new.splits.tolist(), new.classes) == (
        [1, 0, 1, 1, 1, 1],
        [0, 1, 2, 0, 1, 2],
        ("a", "b"),
    )


def test_a_new_name_makes_a_class_and_an_empty_class_goes(six):
    new = after(six, data.Relabel([0, 1, 2], "c"))

    assert (new.classes, new.labels.tolist()) == (("b", "c"), [1, 1, 1, 0, 0, 0])


def test_classes_that_were_in_the_order_of_their_names_stay_so(six):
    ordered = after(content([0, 1, 2], [0, 1, 2], ("1", "2", "10")), data.Relabel([0], "3"))
    assert (ordered.classes, ordered.labels.tolist()) == (("2", "3", "10"), [1, 0, 2])
    kept = after(content([0, 1, 1], [0, 1, 2], ("shirt", "coat")), data.Relabel([2], "bag"))
    assert (kept.classes, kept.labels.tolist()) == (("shirt", "coat", "bag"), [0, 1, 2])


def test_rows_are_those_of_the_edited_version_whatever_was_dropped_before(six):
    new = after(six, data.Drop([0]), data.Relabel([5], "a"), data.Move([4], "train"))

    assert new.rows.tolist() == [1, 2, 3, 4, 5]
    assert (new.labels.tolist(), new.splits.tolist()) == ([0, 0, 1, 1, 0], [1, 2, 0, 0, 2])


def test_without_a_class_means_label_zero_and_back_by_a_label(six):
    without = after(six, data.Move([3, 4], "unlabelled"))
    again = after(without, data.Relabel([3], "b"))

    assert (without.labels.tolist(), without.splits.tolist()) == ([0, 0, 0, 0, 0, 1], [0, 1, 2, 3, 3, 2])
    assert again.labels[3] == 1
    assert again.splits[3] in (0, 1, 2)
    assert again.splits[4] == UNLABELLED


def test_when_nothing_is_labelled_the_names_stay(six):
    new = after(six, data.Move(range(6), "unlabelled"))

    assert (new.classes, set(new.splits.tolist())) == (("a", "b"), {UNLABELLED})
    assert after(new, data.Relabel([1], "c")).classes == ("c",)


def test_a_class_renamed_to_another_is_one_with_it(six):
    renamed = after(six, data.RenameClass("a", "z"))
    assert (renamed.classes, renamed.labels.tolist()) == (("b", "z"), [1, 1, 1, 0, 0, 0])
    merged = after(six, data.RenameClass("a", "b"))
    assert (merged.classes, merged.labels.tolist()) == (("b",), [0] * 6)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (data.Relabel([6], "a"), "no picture number 6 in this version: it has 6, from 0 to 5"),
        (data.Relabel([-1], "a"), "no picture number -1"),
        (data.Relabel([], "a"), "No picture is named"),
        (data.Relabel([0.5], "a"), "No picture is named"),
        (data.Relabel([0], " "), "can't be the name of a class"),
        (data.Relabel([0], "x" * 201), "can't be the name of a class: it has 201 characters; allowed are 200"),
        (data.Relabel([0], "two\nlines"), "can't be the name of a class: it holds control characters"),
        (data.Relabel([0], "\u202ebackwards"), "can't be the name of a class"),
        (data.Relabel([0], "half \ud800"), "can't be the name of a class"),
        (data.Move([0], "validation"), "allowed are train, val, test, unlabelled"),
        (data.RenameClass("c", "d"), "no class 'c': known are a, b"),
        (data.Drop(range(6)), "No picture would be left"),
    ],
)
def test_what_cant_be_done_is_refused_in_words(six, edit, words):
    with pytest.raises(Refused, match=words) as refused:
        after(six, edit)
    assert refused.value.kind == Kind.BAD_SETTING


@pytest.mark.parametrize("name", [" led by a blank", "می‌خواهم", "👨‍👩‍👧", "a\xa0b", "\x7f", "x" * 300])
def test_pictures_can_have_any_class_that_is_there(name):
    """Folders are called so; a name that no new class could have isn't changed and makes no second one."""
    before = content([0, 0, 1], [0, 0, 0], ("a", name))

    now = after(before, data.Relabel([0], name))

    assert now.classes == before.classes
    assert now.labels.tolist() == [1, 0, 1]


def test_a_new_class_may_join_letters_as_languages_do(six):
    assert "می‌خواهم" in after(six, data.Relabel([0], " می‌خواهم ")).classes


def test_a_picture_without_a_class_cant_be_moved_into_a_split(six):
    without = after(six, data.Move([0], "unlabelled"))

    with pytest.raises(Refused, match="label it first"):
        after(without, data.Move([0, 1], "test"))


def test_the_order_of_labelling_chooses_no_split():
    """One in ten each, by the pictures' own hashes: 2,000 draws, three standard deviations are 40 (seed 3)."""
    both = content([0] * 2100, [0, 1, 2] * 33 + [0] + [UNLABELLED] * 2000, ("a",), seed=3)
    forward = after(both, *(data.Relabel(range(start, start + 500), "a") for start in (100, 600, 1100, 1600)))
    backward = after(both, *(data.Relabel(range(start, start + 500), "a") for start in (1600, 1100, 600, 100)))

    np.testing.assert_array_equal(forward.splits, backward.splits)
    counts = np.bincount(forward.splits[100:], minlength=4)
    assert abs(counts[:3] - [1600, 200, 200]).max() < 40
    assert counts[UNLABELLED] == 0


def test_a_copy_goes_to_the_split_of_its_like():
    hashes = np.repeat(np.random.default_rng(1).integers(0, 256, (200, 16), "uint8"), 2, axis=0)
    splits = np.tile([0, UNLABELLED], 200)
    splits[0:400:4], splits[2:400:8] = 2, 1
    new = after(content([0] * 400, splits, ("a",), hashes), data.Relabel(range(1, 400, 2), "a"))

    np.testing.assert_array_equal(new.splits[1::2], new.splits[::2])


def test_what_belongs_together_gets_one_side():
    """Frames of 40 videos, half of them labelled before; what is in no group draws by itself."""
    groups, splits = np.arange(400) // 10, np.full(400, UNLABELLED)
    splits[:200:10] = np.arange(20) % 3
    groups[390:] = -1
    before = replace(content([0] * 400, splits, ("a",)), groups=groups)
    new = after(before, data.Relabel(np.flatnonzero(splits == UNLABELLED), "a"))

    per_video = [set(new.splits[groups == number].tolist()) for number in range(39)]
    assert [len(sides) for sides in per_video] == [1] * 39
    assert [sides.pop() for sides in per_video[:20]] == [number % 3 for number in range(20)]


def test_a_set_that_is_labelled_at_once_has_all_three_splits():
    new = after(
        content([0] * 12, [UNLABELLED] * 12, ("?",)), data.Relabel(range(6), "a"), data.Relabel(range(6, 12), "b")
    )

    assert {0, 1, 2} == set(new.splits.tolist())
    assert new.classes == ("a", "b")


def test_shares_are_those_of_a_set_that_is_added():
    assert [share for _, share, _ in split.SHARES] == [0.1, 0.1]


def test_edits_say_what_they_do():
    edits = [data.Relabel([1], "cat"), data.Move([1, 2], "test"), data.Drop(range(1000)), data.RenameClass("a", "b")]

    assert words(edits) == "1 picture called 'cat'; 2 pictures moved to test; 1,000 pictures left out; 1 more"
    moves = [data.Move([1], "val"), data.Move([2, 3], "unlabelled")]
    assert words(moves) == "1 picture moved to validation; the class of 2 pictures taken away"
