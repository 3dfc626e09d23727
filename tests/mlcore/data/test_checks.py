"""Notices count what was measured and stay silent otherwise."""

from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.data import checks
from mlcore.errors import Kind

CLASSES = ("ant", "bee", "cat")


def kinds(labels, splits, same, skipped=()):
    return [one.kind for one in checks.notices(CLASSES, np.array(labels), np.array(splits), np.array(same), skipped)]


def test_a_clean_set_gives_no_notice():
    assert kinds([0, 1, 2] * 3, [0] * 3 + [1] * 3 + [2] * 3, range(9)) == []


def test_equal_hashes_share_a_group():
    hashes = np.random.default_rng(0).integers(0, 256, (50, 16), dtype="uint8")
    twice = np.concatenate([hashes, hashes[::-1]])

    groups = checks.groups(twice)

    np.testing.assert_array_equal(groups[:50], groups[50:][::-1])
    assert len(np.unique(groups)) == 50
    assert checks.groups(np.empty((0, 16), "uint8")).shape == (0,)


def test_a_small_class_is_named_with_its_size():
    notice = checks.class_too_small(CLASSES, np.array([0] * 9 + [1] * 3 + [2]))

    assert notice.kind == Kind.CLASS_TOO_SMALL
    assert "cat (1)" in notice.message
    assert "bee" not in notice.message


def test_a_conflict_counts_the_pictures_and_names_the_classes():
    notice = checks.label_conflict(CLASSES, np.array([0, 2, 1, 1]), np.array([5, 5, 0, 0]))

    assert notice.kind == Kind.LABEL_CONFLICT
    assert notice.message.startswith("2 pictures")
    assert "'ant' and 'cat'" in notice.message


@pytest.mark.parametrize(
    ("splits", "leaked"),
    [([0, 2, 2], "1 of 2 test"), ([1, 2, 2], "1 of 2 test"), ([0, 1, 2], "1 of 1 val"), ([2, 2, 0], None)],
)
def test_a_leak_counts_judging_pictures_that_training_saw(splits, leaked):
    found = checks.notices(CLASSES[:1], np.zeros(3, int), np.array(splits), np.array([7, 7, 1]))

    assert [one.message.startswith(leaked) for one in found if one.kind == Kind.TRAIN_TEST_LEAK] == [True] * bool(
        leaked
    )


def test_skipped_files_are_named_up_to_three():
    skipped = [SimpleNamespace(file=f"{number}.png", kind="not-an-image", message="It is text.") for number in range(5)]

    message = checks.skipped_files(skipped).message

    assert message.startswith("5 files are left out")
    assert "2.png and 2 more" in message
    assert "not-an-image" not in message
    assert "3.png" not in message
    assert message.endswith("The first is '0.png': It is text.")


def test_imbalance_is_largest_over_smallest():
    assert checks.imbalance([30, 10, 20]) == 3.0
    assert checks.imbalance([5, 5]) == 1.0
