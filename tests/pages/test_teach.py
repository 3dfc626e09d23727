"""Teach: pictures in, an answer at once, and everything is still there after a reload."""

import errno
import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from mlcore import jobs, teach
from mlcore.errors import Refused
from tests.conftest import SHAPES, shape_picture


def png(name, random) -> bytes:
    file = BytesIO()
    Image.fromarray(shape_picture(name, random)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def draft(home):
    """Two classes with eight pictures each."""
    made, random = teach.drafts.new(), np.random.default_rng(0)
    for one, name in zip(made.classes, SHAPES, strict=False):
        made.rename_class(one.key, name)
        for _ in range(8):
            made.add(one.key, png(name, random))
    return made


def key_of(page) -> str:
    """The key of the first class on a page."""
    return page.text_input[0].key.split(".")[1]


def texts(page) -> str:
    return " ".join(str(each.value) for kind in ("markdown", "caption", "subheader") for each in page.get(kind))


def test_a_first_visit_offers_two_classes(open_page):
    page = open_page("teach")

    assert [field.value for field in page.text_input] == ["Class 1", "Class 2"]


def test_dropped_pictures_are_on_disk_and_the_drop_zone_is_empty_again(open_page, check):
    page, random = open_page("teach"), np.random.default_rng(0)
    key = key_of(page)
    page.file_uploader(key=f"teach.{key}.drop.0").upload("a.png", png("disc", random), "image/png")
    check(page.run())

    assert teach.drafts.all()[0].count == 1
    assert page.file_uploader(key=f"teach.{key}.drop.1").value in (None, [])


def test_a_bad_file_is_told_in_its_class(open_page):
    page = open_page("teach")
    key = key_of(page)
    page.file_uploader(key=f"teach.{key}.drop.0").upload("a.png", b"no picture", "image/png")
    page.run()

    assert not page.exception
    assert len(page.error) == 1
    assert "png" in page.error[0].value
    assert teach.drafts.all() == []


def test_names_are_kept_and_a_bad_one_is_refused(open_page, check, draft):
    page = open_page("teach", draft=draft.id)
    first, second = (one.key for one in draft.classes)
    check(page.text_input(key=f"teach.{first}.name").set_value("plus").run())
    assert draft.classes[0].name == "plus"

    page.text_input(key=f"teach.{second}.name").set_value("Plus").run()
    assert len(page.error) == 1
    assert page.text_input(key=f"teach.{second}.name").value == "disc"


def test_learning_answers_and_says_how_far_to_believe_it(open_page, check, draft):
    page = open_page("teach", draft=draft.id, picture="example:horse")
    check(page.button(key="teach.learn").click().run())

    assert [metric.label for metric in page.metric] == ["Right when left out", "Learned in"]
    assert "different pictures" in texts(page)
    assert page.subheader[1].value == "Unlike what it learned from"  # a frog
    assert "then the likeliest is cross" in texts(page) or "then the likeliest is disc" in texts(page)
    assert len(page.get("plotly_chart")) == 1


def test_trying_a_clip_gets_a_sentence(open_page, check, clip_model, draft):
    page = open_page("teach", draft=draft.id, picture="data:motions:test:0")
    check(page.button(key="teach.learn").click().run())

    assert any("single pictures and not on clips" in info.value for info in page.info)


def test_with_too_few_pictures_it_says_what_is_missing(open_page):
    page = open_page("teach")
    page.button(key="teach.learn").click().run()

    assert not page.exception
    assert "different pictures" in page.error[0].value


def test_after_a_reload_the_pictures_are_there(open_page, draft):
    page = open_page("teach", draft=draft.id)

    assert [field.value for field in page.text_input] == ["cross", "disc"]
    assert len([button for button in page.button if button.label == "Delete"]) == 16


def test_a_picture_and_the_whole_draft_can_be_deleted(open_page, check, draft):
    page = open_page("teach", draft=draft.id)
    check(next(button for button in page.button if button.label == "Delete").click().run())
    assert draft.count == 15

    page = open_page("teach", draft=draft.id)
    page.button(key="teach.delete").click().run()
    check(page.button(key="teach.delete.sure").click().run())
    with pytest.raises(Refused):
        teach.drafts.open(draft.id)


def test_pictures_can_be_taken_from_a_data_set(open_page, check, tiny_data):
    page = open_page("teach")
    key = key_of(page)
    check(page.button(key=f"teach.{key}.from.take").click().run())

    assert teach.drafts.all()[0].count == 10


def test_keeping_makes_a_data_set_and_starts_the_task(open_page, check, draft, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "start_task", lambda *given: started.append(given) or "none")
    page = open_page("teach", draft=draft.id)
    page.button(key="teach.learn").click().run()
    check(page.button(key="teach.keep").click().run())

    assert started == [("teach", {"data": "cross-disc"}, "Taught: cross, disc")]


def test_a_new_session_begins_its_own_and_is_offered_what_others_began(open_page, check, draft):
    page = open_page("teach")
    assert [field.value for field in page.text_input] == ["Class 1", "Class 2"]
    assert page.selectbox(key="draft").options == ["New pictures", "cross, disc (16 pictures)"]
    assert teach.drafts.all()[0].id == draft.id  # looking leaves nothing on disk
    assert len(teach.drafts.all()) == 1

    check(page.selectbox(key="draft").select(draft.id).run())
    assert [field.value for field in page.text_input] == ["cross", "disc"]


def test_the_address_names_a_draft_once_something_is_in_it_and_leads_back_to_it(open_page, check, draft):
    page = open_page("teach")
    assert "draft" not in page.query_params
    check(page.button(key="teach.add").click().run())
    own = next(each for each in teach.drafts.all() if each.id != draft.id)
    assert page.query_params["draft"] in (own.id, [own.id])

    again = open_page("teach", draft=own.id)
    assert [field.value for field in again.text_input] == ["Class 1", "Class 2", "Class 3"]


def test_two_sessions_on_one_draft_lose_nothing_and_a_name_changed_meanwhile_stays(open_page, check, draft):
    one, other = (open_page("teach", draft=draft.id) for _ in range(2))
    check(one.button(key="teach.add").click().run())
    check(other.button(key="teach.add").click().run())
    assert [each.name for each in draft.classes] == ["cross", "disc", "Class 1", "Class 2"]

    key = draft.classes[0].key
    check(one.text_input(key=f"teach.{key}.name").set_value("plus").run())
    other.text_input(key=f"teach.{key}.name").set_value("x").run()
    assert "Somebody else has named this class" in other.error[0].value
    assert draft.classes[0].name == "plus"


def test_what_somebody_else_deleted_is_told(open_page, draft):
    page = open_page("teach")
    page.button(key="teach.add").click().run()
    next(each for each in teach.drafts.all() if each.id != draft.id).discard()
    page.run()

    assert "have been deleted" in page.warning[0].value
    assert [field.value for field in page.text_input] == ["Class 1", "Class 2"]


@pytest.mark.parametrize(("number", "words"), [(errno.EROFS, r"can.*t be written"), (errno.ENOSPC, "disk .* is full")])
def test_a_home_that_takes_nothing_is_told_in_words(open_page, monkeypatch, number, words):
    def refuse(*_):
        raise OSError(number, "no", "/somewhere")

    page = open_page("teach")
    monkeypatch.setattr("mlcore.durable.write_bytes", refuse)
    page.file_uploader(key=f"teach.{key_of(page)}.drop.0").upload(
        "a.png", png("disc", np.random.default_rng(0)), "image/png"
    )
    page.run()
    assert not page.exception
    assert re.search(words, page.error[0].value)

    page.button(key="teach.add").click().run()
    assert re.search(words, page.error[0].value)
