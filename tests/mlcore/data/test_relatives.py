"""What belongs together stays on one side of a split that is made here, and what doesn't is told."""

import numpy as np
import pytest

from mlcore import data
from mlcore.data import ingest
from mlcore.data.relatives import source
from mlcore.data.sources import Example, Incoming
from mlcore.errors import Kind


def scenes(count, seed=0, side=32):
    """Coarse random patterns, made of 4 x 4 fields."""
    fields = np.random.default_rng(seed).integers(0, 256, (count, 4, 4, 3), dtype="uint8")
    return fields.repeat(side // 4, axis=1).repeat(side // 4, axis=2)


def bursts(objects, shots, seed=0):
    """Noisy shots of objects, every other one mirrored: uint8 (objects * shots, 32, 32, 3)."""
    shown = scenes(objects, seed).repeat(shots, axis=0)
    shown[1::2] = shown[1::2, :, ::-1]
    noise = np.random.default_rng(seed + 1).normal(0, 5, shown.shape)
    return np.clip(shown + noise, 0, 255).astype("uint8")


@pytest.fixture
def stored():
    """Store examples as two classes and open the data set."""

    def store(examples, name="set"):
        facts = {"title": name, "description": "", "source": "folder", "license": ""}
        incoming = Incoming(("a", "b"), len(examples), examples)
        return data.Dataset(ingest.store(incoming, name, facts, None, 0))

    return store


def examples(pictures, labels, split=None, name="{}.png", attributes=None):
    of = attributes or [{}] * len(pictures)
    rows = zip(pictures, labels, of, strict=True)
    return [
        Example(each, int(label), split, name.format(n), attributes=facts)
        for n, (each, label, facts) in enumerate(rows)
    ]


def kinds(dataset):
    return {str(notice.kind) for notice in dataset.notices}


def test_near_copies_stay_on_one_side(stored):
    """480 shots of 60 objects whose class is chance: what teaches says nothing of what judges."""
    labels = np.random.default_rng(5).integers(0, 2, 60).repeat(8)

    dataset = stored(examples(bursts(60, 8), labels))

    objects = np.array([int(name.split(".")[0]) for name in dataset.names]) // 8
    assert all(len(set(dataset.split_codes[objects == number])) == 1 for number in range(60))
    assert dataset.splits["test"] in range(40, 57)
    assert Kind.NEAR_DUPLICATES in kinds(dataset)
    assert Kind.TRAIN_TEST_NEAR_LEAK not in kinds(dataset)


def test_a_leak_between_given_splits_is_told_and_stays(stored):
    shots = bursts(20, 2)
    given = examples(shots[::2], np.arange(20) % 2, "train") + examples(shots[1::2], np.arange(20) % 2, "test")

    dataset = stored(given + examples(scenes(20, seed=9), np.arange(20) % 2, "test"))

    told = next(each.message for each in dataset.notices if each.kind == Kind.TRAIN_TEST_NEAR_LEAK)
    assert dataset.splits["test"] == 40
    assert told.startswith("20 of 40 test pictures look almost like one in train or val: up to 50.0 %")


def test_near_copies_that_disagree_on_the_class_stay_in_train(stored):
    pictures = np.concatenate([bursts(10, 2)[::2].repeat(2, axis=0), scenes(60, seed=3)])
    pictures[:20:2] = np.clip(pictures[:20:2].astype(int) + 3, 0, 255)

    dataset = stored(examples(pictures, np.arange(80) % 2))

    assert (dataset.split_codes[:20] == 0).all()
    assert dataset.splits["test"] >= 6
    assert Kind.NEAR_LABEL_CONFLICT in kinds(dataset)


def test_a_mirrored_picture_of_another_class_is_no_conflict(stored):
    arrows = scenes(40)
    mirrored = arrows[:, :, ::-1]

    dataset = stored(examples([*arrows, *mirrored], [0] * 40 + [1] * 40))

    assert Kind.NEAR_LABEL_CONFLICT not in kinds(dataset)
    assert (dataset.split_codes[:40] == dataset.split_codes[40:]).all()


@pytest.mark.parametrize("way", ["attribute", "name"])
def test_groups_stay_on_one_side(stored, way):
    groups = np.arange(120) // 6
    facts = [{"group": f"patient {group}"} for group in groups] if way == "attribute" else None
    given = examples(scenes(120), np.arange(120) % 2, attributes=facts)
    if way == "name":
        given = [each._replace(name=f"clip{groups[n]}_frame{n}.png") for n, each in enumerate(given)]

    dataset = stored(given)

    assert all(len(set(dataset.split_codes[groups == group])) == 1 for group in range(20))
    assert 0 < dataset.splits["test"] <= 18
    assert Kind.KEPT_TOGETHER in kinds(dataset)


def test_a_class_that_gets_no_place_in_a_split_is_told(stored):
    one_thing = np.clip(scenes(1)[0] + np.random.default_rng(0).normal(0, 5, (30, 32, 32, 3)), 0, 255).astype("uint8")

    dataset = stored(examples([*scenes(60, seed=2), *one_thing], [0] * 60 + [1] * 30))

    told = next(each.message for each in dataset.notices if each.kind == Kind.CLASS_NOT_IN_SPLIT)
    assert dataset.counts("train")["b"] == 30
    assert told.startswith("No picture of the class b in val and of the class b in test:")


def test_pictures_that_have_nothing_to_do_with_each_other_are_split_as_before(stored):
    dataset = stored(examples(scenes(200), np.arange(200) % 2))

    assert dataset.splits == {"train": 162, "val": 18, "test": 20}
    assert kinds(dataset) == set()


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("cats/walk_frame12.png", "cats/walk"),
        ("walk-frame-0001.jpg", "walk"),
        ("IMG_1_jpg.rf.0123456789abcdef0123456789abcdef.jpg", "IMG_1_jpg"),
        ("cat_001_aug3.jpg", "cat_001"),
        ("cat_001-flipped.jpg", "cat_001"),
        ("cat (copy 2).jpg", "cat"),
        ("cat_001.jpg", None),
        ("frame.png", None),
        ("photocopy 3.png", None),
    ],
)
def test_a_file_name_tells_its_source(name, shared):
    assert source(name) == ((shared, True) if shared else (name.rpartition(".")[0], False))
