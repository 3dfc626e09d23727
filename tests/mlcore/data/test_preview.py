"""A preview says what would be stored, asks what is unclear, and writes nothing."""

import io

import numpy as np
import pytest

from mlcore import data, images
from mlcore.archives import Reading
from mlcore.data.preview import DRAWN, preview
from mlcore.errors import Kind, Refused
from tests import motions
from tests.odd_archives import files, picture, saved, zipped


def test_a_preview_promises_what_is_stored(pack, home):
    content = files("train/cat/1.png", "train/dog/2.png", "test/cat/3.png", "test/dog/4.png") | {
        "a.zip": zipped(files())
    }

    seen = preview(pack(content))
    assert not list(home.iterdir())
    stored = data.add(pack(content), "pets")

    assert seen.counts == {"cat": {"train": 1, "test": 1}, "dog": {"train": 1, "test": 1}}
    assert (seen.total, seen.origin, seen.bytes) == (
        4,
        "pets.zip",
        sum(len(content[name]) for name in content if ".png" in name),
    )
    assert seen.size.shape == stored.shape
    assert [one.file for one in seen.skipped] == [one["file"] for one in stored.skipped] == ["a.zip"]
    assert seen.asked is None


def test_pictures_are_shown_as_they_will_be_stored(pack):
    wide = np.random.default_rng(0).integers(0, 256, (100, 300, 3)).astype("uint8")
    content = {f"{name}/{n}.png": saved(wide + np.uint8(n), "PNG") for name in ("cat", "dog") for n in range(3)}

    seen = preview(pack(content), size=32)

    assert [(one.class_name, one.width, one.height) for one in seen.samples] == [("cat", 300, 100)] * 3 + [
        ("dog", 300, 100)
    ] * 3
    np.testing.assert_array_equal(seen.samples[0].pixels, images.fit(wide, 32, 32))


def test_a_split_that_is_not_given_will_be_drawn(pack):
    names = [f"{name}/{n}.png" for name in ("cat", "dog") for n in range(50)]
    seen = preview(pack(files(*names)))
    stored = data.add(pack(files(*names)), "pets")

    assert seen.splits == {DRAWN: 100}
    assert stored.splits == {"train": 81, "val": 9, "test": 10}
    assert seen.set_aside.endswith("every time: about 10 to test with, about 9 to steer by (validation).")


def test_nothing_is_set_aside_for_splits_that_are_given(pack):
    given = [f"{split}/{name}/{n}.png" for split in ("train", "val") for name in ("cat", "dog") for n in range(10)]
    tested = [name.replace("val", "test") for name in given]

    assert preview(pack(files(*given))).set_aside.endswith("every time: about 2 to test with.")
    assert preview(pack(files(*given, *tested))).set_aside == ""


UNCLEAR = files("2019/cat/1.png", "2019/dog/2.png", "2020/cat/3.png", "2020/dog/4.png")


def test_what_is_unclear_is_asked_and_the_answer_is_previewed(pack):
    seen = preview(pack(UNCLEAR))

    assert seen.asked.kind == Kind.UNCLEAR_SPLITS
    assert seen.question.folders == {"2019": "", "2020": ""}
    assert seen.question.classes == ("cat", "dog")
    said = Reading(splits={"2019": "train", "2020": "test"})
    answered = preview(pack(UNCLEAR), reading=said)
    assert answered.counts == {"cat": {"train": 1, "test": 1}, "dog": {"train": 1, "test": 1}}
    assert answered.asked is None


def test_columns_of_which_one_may_be_the_class_are_told(pack):
    content = files("a.png", "b.png", "c.png", "d.png") | {"t.csv": b"id,age,weight\na,1,2\nb,1,3\nc,2,4\nd,2,5\n"}

    seen = preview(pack(content))

    assert seen.asked.kind == Kind.UNCLEAR_LABELS
    assert seen.columns == ("age", "weight")
    assert preview(pack(content), reading=Reading(label="age")).classes == {"1": 2, "2": 2}


def test_classes_in_names_are_offered(pack):
    content = files("train/cat.1.png", "train/dog.2.png", "test/cat.3.png", "test/dog.4.png")

    seen = preview(pack(content))

    assert seen.named == ("cat", "dog")
    assert seen.asked
    assert preview(pack(content), reading=Reading(by_name=True)).splits == {"train": 2, "test": 2}


def test_clips_are_counted_as_clips(pack):
    frames = motions.clip(1, 0)
    content = {
        f"{name}/{n}/{k}.png": saved(frame, "PNG") for name in "ab" for n in "xyz" for k, frame in enumerate(frames)
    }

    seen = preview(pack(content), frames=4)

    assert seen.classes == {"a": 3, "b": 3}
    assert seen.size.shape[0] == 4
    assert not seen.samples


def test_what_cannot_be_added_is_refused_as_by_add(pack):
    with pytest.raises(Refused) as refusal:
        preview(pack({"notes.txt": b"x"}))

    assert refusal.value.kind == Kind.NO_IMAGES


def test_an_upload_can_be_looked_at_and_added_after(pack):
    upload = io.BytesIO(zipped(files()))

    assert preview(upload).classes == {"cat": 3, "dog": 3}
    assert data.add(upload, "pets").class_counts == {"cat": 3, "dog": 3}


def test_the_document_is_plain(pack):
    import json

    seen = preview(pack({**files(), "cat/bad.zip": zipped({"x": picture()})}))

    document = json.loads(json.dumps(seen.document()))
    assert document["classes"] == {"cat": 3, "dog": 3}
    assert document["splits"] == {"drawn": 6}
    assert document["question"] is None
