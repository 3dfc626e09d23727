"""Each check finds what was planted, and nothing where nothing was."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from mlcore import data, findings
from mlcore.archives import Skipped
from mlcore.data import Move, Relabel
from mlcore.errors import Kind
from mlcore.findings import crops
from mlcore.findings.checks.mislabelled import issues
from mlcore.findings.checks.mixed_sources import coded, shares_elsewhere
from mlcore.findings.checks.outlier import neighbour_distances
from mlcore.findings.ranking import auroc
from tests.mlcore.findings.conftest import scenes

QUICK = [entry.name for entry in findings.checks.all() if "backbone" not in entry.traits]


def only(dataset, kind):
    """The one finding of a kind."""
    (found,) = findings.check(dataset, kinds=[kind])
    return found


def test_nothing_is_found_where_nothing_is_wrong(clean):
    assert findings.quick(clean) == []


@pytest.mark.parametrize("name", QUICK)
def test_no_check_minds_a_set_of_clips_or_of_one_class(stored, name):
    pictures = np.random.default_rng(0).integers(0, 256, (6, 3, 16, 16, 3), "uint8")

    assert findings.check(stored(pictures, [0, 1] * 3, name="clips"), kinds=[name]) == []
    assert findings.check(stored(scenes(6), [0] * 6, name="one", classes=("a",)), kinds=[name]) == []


ALIKE = {
    "all the same": [np.full((8, 8, 3), 7)] * 48,
    "one border": [np.pad(each, ((2, 2), (2, 2), (0, 0))) for each in scenes(48, side=4)],
    "a pixel": scenes(48, side=4)[:, :1, :1],
}


@pytest.mark.parametrize("pictures", ALIKE.values(), ids=ALIKE)
@pytest.mark.parametrize("labelled", [48, 1, 0])
def test_every_check_has_an_answer_where_pictures_are_alike_or_have_no_class(stored, pictures, labelled):
    dataset = stored(pictures, np.arange(48) % 2)
    if labelled < 48:
        dataset = data.edit("planted", [data.Move(range(labelled, 48), "unlabelled")])

    assert isinstance(findings.quick(dataset), list)


def test_near_and_equal_copies_of_a_split_are_told_apart(stored):
    pictures = scenes(60)
    pictures[1], pictures[3] = pictures[0], pictures[2][:, ::-1]
    dataset = stored(pictures, np.arange(60) // 30, ["train"] * 40 + ["test"] * 20)

    exact, near = only(dataset, "exact-duplicates"), only(dataset, "near-duplicates")

    assert set(exact.rows) == {0, 1}
    assert set(near.rows) == {2, 3}
    assert [list(edit.rows) for edit in near.remedies[0].edits] == [[3]]


def test_a_leak_goes_once_it_is_moved(stored):
    pictures = scenes(60)
    pictures[50:55] = np.clip(
        pictures[:5].astype(int) + np.random.default_rng(1).integers(-9, 9, pictures[:5].shape), 0, 255
    )
    pictures[55] = pictures[5]
    dataset = stored(pictures, np.arange(60) % 2, ["train"] * 40 + ["test"] * 20)
    leak = only(dataset, "train-test-near-leak")

    assert leak.severity == "serious"
    assert leak.rows[0] == 55
    assert set(leak.rows) == set(range(50, 56))
    assert "6 of 20 test pictures are near copies of one in train or val, 1 of them equal" in leak.message
    assert all(isinstance(edit, Move) for edit in leak.remedies[0].edits)
    mended = data.edit(dataset.name, leak.remedies[0].edits)
    assert findings.check(mended, kinds=["train-test-near-leak"]) == []
    assert mended.splits["test"] == 14


def test_copies_in_two_classes_are_called_as_most_of_them(stored):
    pictures = scenes(60)
    pictures[:3] = np.clip(pictures[0].astype(int) + np.arange(3)[:, None, None, None], 0, 255)
    labels = np.arange(60) // 30
    labels[2] = 1
    conflict = only(stored(pictures, labels), "label-conflict")

    assert set(conflict.rows) == {0, 1, 2}
    assert conflict.captions == ("a", "a", "b")
    assert conflict.remedies[0].edits == (Relabel((2,), "a"),)


def test_odd_looks_are_found(stored):
    pictures = scenes(100)
    pictures[0] = pictures[0] // 8
    pictures[1] = 120
    pictures[2] = np.asarray(Image.fromarray(pictures[2]).filter(ImageFilter.GaussianBlur(4)))
    pictures[3] = pictures[3].mean(axis=2, keepdims=True)
    pictures[4] = pictures[4] // 64 * 64
    dataset = stored(pictures, np.arange(100) % 2)

    found = {kind: only(dataset, kind).rows.tolist() for kind in ("dark", "flat", "blurry", "grey", "few-levels")}

    assert found == {"dark": [0], "flat": [1], "blurry": [2], "grey": [1, 3], "few-levels": [4]}


def test_a_set_of_nothing_but_grey_pictures_is_no_finding(stored):
    grey = scenes(60).mean(axis=3, keepdims=True).repeat(3, axis=3)

    assert findings.check(stored(grey, np.arange(60) % 2), kinds=["grey"]) == []


def test_small_and_long_files_are_found(stored):
    sizes = [{"width": 40.0, "height": 32.0}] * 60
    sizes[7], sizes[9] = {"width": 12.0, "height": 12.0}, {"width": 32.0, "height": 320.0}
    dataset = stored(scenes(60), np.arange(60) % 2, attributes=sizes)

    assert only(dataset, "tiny").rows.tolist() == [7]
    assert only(dataset, "odd-aspect").rows.tolist() == [9]


@pytest.mark.parametrize("way", ["frame", "watermark", "colour"])
def test_a_class_that_is_given_away_is_told(stored, way):
    pictures, labels = scenes(150), np.arange(150) % 3
    if way == "frame":
        pictures[labels == 1, :2] = 255
    if way == "watermark":
        pictures[labels == 1, -4:, -4:] = (250, 250, 0)
    if way == "colour":
        pictures[labels == 1, ..., 2] //= 4

    found = findings.check(stored(pictures, labels, classes=("a", "b", "c")), kinds=["shortcut"])

    assert found
    assert all("'b'" in each.message for each in found)
    assert all((labels[each.rows] == 1).all() for each in found)


def test_files_that_tell_the_class_are_told(stored):
    labels = np.arange(120) % 2
    files = [{"camera": "A" if label else "B", "bytes": 1000.0 + number} for number, label in enumerate(labels)]

    found = findings.check(stored(scenes(120), labels, attributes=files), kinds=["mixed-sources"])

    assert [each.message.split(":")[0] for each in found] == [
        f"{name!r} is told from the other classes by the camera of the file" for name in ("a", "b")
    ]


def test_private_facts_are_told(stored):
    facts = [{"gps": "yes"} if number < 5 else {"private": "yes"} if number < 7 else {} for number in range(60)]

    found = only(stored(scenes(60), np.arange(60) % 2, attributes=facts), "private-metadata")

    assert found.rows.tolist() == list(range(7))
    assert found.message == "Of 60 files, 5 told where they were taken and 2 told a name or a serial number."


def test_what_is_uneven_missing_or_unreadable_is_told(stored):
    labels = np.repeat([0, 1], [90, 9])
    splits = ["train"] * 80 + ["test"] * 10 + ["train"] * 9
    left_out = [Skipped("broken.jpg", Kind.TRUNCATED_OR_CORRUPT, "It ends too early.")]
    dataset = stored(scenes(99), labels, splits, skipped=left_out)

    assert "10.0 times as many" in only(dataset, "imbalance").message
    assert "'b' is in test" in " ".join(
        each.message for each in findings.check(dataset, kinds=["class-missing-in-split"])
    )
    assert (
        "1 file left out, since it couldn't be read: broken.jpg: It ends too early."
        in only(dataset, "unreadable").message
    )


def test_confident_learning_finds_planted_errors():
    """Well separated classes with 5 of 100 labels changed: those and no others."""
    truth = np.arange(100) % 2
    probabilities = np.where(truth[:, None] == np.arange(2), 0.9, 0.1)
    labels = truth.copy()
    labels[:5] = 1 - labels[:5]

    wrong, suggested = issues(labels, probabilities)

    assert wrong.tolist() == [0, 1, 2, 3, 4]
    assert suggested.tolist() == truth[:5].tolist()


def test_unsure_answers_are_no_errors():
    probabilities = np.tile([0.55, 0.45], (50, 1))

    assert len(issues(np.arange(50) % 2, probabilities)[0]) == 0


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order():
    random = np.random.default_rng(0)
    scores, own = random.integers(0, 5, 60), random.random(60) < 0.4

    pairs = np.sign(scores[own][:, None] - scores[~own][None])

    assert auroc(scores, own) == pytest.approx((pairs.mean() + 1) / 2)


def test_a_value_says_nothing_of_a_class_that_it_has_no_part_in():
    """2,000 pictures with a text at random: 0.5, with a standard error of 0.013."""
    random = np.random.default_rng(0)
    values, own = random.integers(0, 4, 2000), random.random(2000) < 0.5

    assert abs(auroc(shares_elsewhere(values, own), own) - 0.5) < 0.05


def test_numbers_become_ranges_and_unknown_is_one_of_them():
    column = data.attributes.Attribute(np.array([1, 2, 3, np.nan, 100], "float32"))

    values = coded(column, np.arange(5))

    assert values[3] == 0
    assert (np.diff(values[[0, 1, 2, 4]]) > 0).all()


def test_the_one_far_away_is_the_furthest_from_its_neighbours():
    features = np.random.default_rng(0).normal(0, 0.05, (60, 8)) + 1
    features[17] = [1, -1, 1, -1, 1, -1, 1, -1]

    distances = neighbour_distances(features)

    assert distances.argmax() == 17
    assert distances[17] > 5 * np.median(distances)


def test_a_part_of_a_picture_fits_into_it_and_no_other_does():
    whole = scenes(12, seed=5, side=48)
    part = np.asarray(Image.fromarray(whole[0][3:46, 2:45]).resize((48, 48), Image.Resampling.BICUBIC))[:, ::-1]

    fits = [crops.aligned(part, each) for each in whole]

    assert fits[0] > crops.ALIGNED
    assert max(fits[1:]) < 0.8
    assert crops.aligned(whole[0], part) == pytest.approx(fits[0])


def test_each_suggests_its_nearest_and_a_pair_stands_once():
    features = np.eye(4)[np.repeat(np.arange(4), 2)] + np.random.default_rng(0).normal(0, 0.02, (8, 4)) + 0.2

    pairs = crops.neighbours(features)

    assert {(0, 1), (2, 3), (4, 5), (6, 7)} <= set(map(tuple, pairs.tolist()))
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert len(np.unique(pairs, axis=0)) == len(pairs)
