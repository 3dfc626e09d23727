"""A draft keeps every picture at once, on disk, under names that can do no harm."""

import multiprocessing
import threading
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from mlcore.errors import Refused
from mlcore.teach import drafts


def png(value=0, side=20) -> bytes:
    file = BytesIO()
    Image.fromarray(np.full((side, side, 3), value, "uint8")).save(file, "PNG")
    return file.getvalue()


def test_a_new_draft_has_two_empty_classes(home):
    assert [(one.name, one.pictures) for one in drafts.new().classes] == [("Class 1", ()), ("Class 2", ())]


def test_another_process_sees_what_was_put_in(home):
    draft = drafts.new()
    key = draft.classes[0].key
    draft.rename_class(key, "cup")
    for value in (1, 2, 3):
        draft.add(key, png(value))

    (again,) = drafts.all()
    assert again.id == draft.id
    assert [(one.name, len(one.pictures)) for one in again.classes] == [("cup", 3), ("Class 2", 0)]
    assert [int(pixels.mean()) for pixels in drafts.open(draft.id).pixels()["cup"]] == [1, 2, 3]


def test_a_picture_is_looked_for_without_opening_the_others(home, monkeypatch):
    draft = drafts.new()
    key = draft.classes[0].key
    for value in (1, 2, 3):
        draft.add(key, png(value))
    (name, *_), opened = draft.classes[0].pictures, []
    monkeypatch.setattr(drafts.reader, "opened", opened.append)

    assert draft.file(key, name).name == f"{name}.png"
    assert draft.count == 3
    assert not opened


def test_the_same_picture_twice_is_kept_once(home):
    draft = drafts.new()
    key = draft.classes[0].key

    assert [draft.add(key, png(5)), draft.add(key, png(5))] == [True, False]
    assert draft.count == 1


def test_large_pictures_are_made_smaller(home):
    draft = drafts.new()
    draft.add(draft.classes[0].key, png(side=1200))

    assert draft.pixels()["Class 1"][0].shape == (drafts.SIDE, drafts.SIDE, 3)


def test_what_is_no_picture_is_refused_and_leaves_nothing(home):
    draft = drafts.new()

    with pytest.raises(Refused):
        draft.add(draft.classes[0].key, b"no picture")
    assert draft.count == 0


def test_pictures_classes_and_drafts_can_be_deleted(home):
    draft = drafts.new()
    first, second = (one.key for one in draft.classes)
    for value in (1, 2):
        draft.add(first, png(value))

    draft.remove(first, draft.classes[0].pictures[0])
    assert draft.count == 1
    draft.remove_class(second)
    assert [one.name for one in draft.classes] == ["Class 1"]
    draft.discard()
    assert drafts.all() == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "class 2", "CLASS  2"])
def test_a_name_is_short_and_there_only_once(home, name):
    draft = drafts.new()

    with pytest.raises(Refused):
        draft.rename_class(draft.classes[0].key, name)
    assert [one.name for one in draft.classes] == ["Class 1", "Class 2"]


@pytest.mark.parametrize("name", ["../../out", "a/b", "%00", "<b>*bold*</b>"])
def test_a_name_never_becomes_a_path(home, name):
    draft = drafts.new()
    draft.rename_class(draft.classes[0].key, name)
    draft.add(draft.classes[0].key, png())

    assert draft.classes[0].name == name
    assert all(path.is_relative_to(drafts.folder()) for path in home.rglob("*.png"))


@pytest.mark.parametrize("key", ["../x", "class-00000000", ""])
def test_a_class_that_isnt_there_takes_no_picture(home, key):
    with pytest.raises(Refused, match="deleted"):
        drafts.new().add(key, png())


def test_a_draft_that_isnt_there_is_refused(home):
    with pytest.raises(Refused, match="no draft"):
        drafts.open("../models")


def test_a_draft_that_only_begins_leaves_nothing_on_disk(home):
    draft = drafts.new()
    assert (draft.is_kept, draft.begins, drafts.all()) == (False, True, [])

    draft.rename_class(draft.classes[1].key, "cup")
    assert [each.id for each in drafts.all()] == [draft.id]
    assert [one.name for one in drafts.open(draft.id).classes] == ["Class 1", "cup"]


def add_five(id: str, who: str) -> None:
    for number in range(5):
        drafts.open(id).add_class(f"{who}-{number}")


def test_four_people_who_add_five_classes_each_at_once_keep_all_twenty(home):
    """In processes, as a command line and a server are, and in threads, as sessions are."""
    draft = drafts.new()
    draft.add_class("first")
    context = multiprocessing.get_context("fork")
    people = [context.Process(target=add_five, args=(draft.id, who)) for who in "ab"]
    people += [threading.Thread(target=add_five, args=(draft.id, who)) for who in "cd"]
    for each in people:
        each.start()
    for each in people:
        each.join(60)

    names = {one.name for one in draft.classes}
    assert {f"{who}-{number}" for who in "abcd" for number in range(5)} <= names
    assert len(names) == 23


def test_a_class_without_a_name_gets_the_next_free_one(home):
    draft = drafts.new()
    draft.rename_class(draft.classes[0].key, "class 3")
    for _ in range(2):
        draft.add_class()

    assert [one.name for one in draft.classes] == ["class 3", "Class 2", "Class 1", "Class 4"]


def test_what_changed_meanwhile_is_refused_in_words(home):
    draft, other = drafts.new(), None
    key, second = (one.key for one in draft.classes)
    draft.rename_class(key, "cup", was="Class 1")
    other = drafts.open(draft.id)
    with pytest.raises(Refused, match="named this class 'cup' meanwhile"):
        other.rename_class(key, "mug", was="Class 1")

    draft.remove_class(second)
    for change in (lambda: other.add(second, png()), lambda: other.rename_class(second, "x")):
        with pytest.raises(Refused, match="class was deleted"):
            change()
    draft.discard()
    for change in (lambda: other.add(key, png()), other.add_class):
        with pytest.raises(Refused, match="deleted meanwhile"):
            change()
    assert drafts.all() == []
