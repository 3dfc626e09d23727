"""A wrong answer on Classify is one click from the next training set."""

from mlcore import data
from tests.pages.test_classify import GREY


def answered(open_page, check, model):
    page = open_page("classify", model=model)
    page.file_uploader(key="classify.pictures").upload("a.png", GREY, "image/png")
    return check(page.run())


def opened(page, check):
    page.session_state["classify.answer.correct"] = True
    return check(page.run())


def test_the_picture_joins_the_models_own_data_under_the_class_that_is_named(open_page, check, tiny_model):
    page = opened(answered(open_page, check, tiny_model), check)
    assert page.selectbox(key="classify.answer.correct.data").value == "shapes"

    page.selectbox(key="classify.answer.correct.class").set_value("disc")
    page = check(page.run().button(key="classify.answer.correct.add").click().run())

    after = data.open("shapes")
    assert (after.version, after.classes[after.labels[-1]], after.names[60]) == (2, "disc", "a.png")
    assert "Added to" in page.success[0].value
    assert "version 2" in page.success[0].value


def test_without_a_class_there_is_nothing_to_add(open_page, check, tiny_model):
    page = opened(answered(open_page, check, tiny_model), check)

    assert page.button(key="classify.answer.correct.add").disabled


def test_without_a_data_set_it_says_where_to_get_one(open_page, check, tiny_model):
    data.remove("shapes")
    page = opened(answered(open_page, check, tiny_model), check)

    assert any("could take the picture" in each.value for each in page.caption)
