"""The first line of an answer: a class that is sure, else the group that is, else that it isn't sure."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlcore import images, library
from mlcore.intervals import wilson
from mlcore.library.articles import with_article
from mlcore.library.card import Card
from mlcore.library.certainty import NEVER_SURE, Certainty, Coverage, Level
from mlcore.library.classifier import Prediction
from mlcore.library.groups import Group
from pages.parts.answer import trust
from pages.parts.picture import Chosen
from tests import sample_photographs as samples

CLASSES = ("Egyptian cat", "tabby cat", "lynx", "taxi")
CAT = Group("cat", (0, 1))
GROUPS = (Group("animal", (0, 1, 2), (CAT,)), Group("car", (3,)))


def lines(*probabilities, threshold=0.5, groups=GROUPS):
    """Subheader and text that an answer with these probabilities begins with."""

    def page(prediction, chosen, card):
        from pages.parts.answer.answer import _verdict

        _verdict(prediction, chosen, card)

    prediction = Prediction(CLASSES, np.array(probabilities), threshold, groups)
    chosen = Chosen("a.png", images.Picture(np.zeros((4, 4, 3), "uint8")))
    card = library.card_of("handwritten-digits")
    shown = AppTest.from_function(page, args=(prediction, chosen, card), default_timeout=120).run()
    assert not shown.exception, shown.exception
    return shown.subheader[0].value.replace("\\", ""), shown.markdown[0].value.replace("\\", "")


def test_explain_answers_at_the_level_that_is_certain_too():
    from pages.parts.explain.subject import _answered

    card = library.card_of("handwritten-digits")
    told = [_answered(Prediction(CLASSES, np.array(each), 0.5, GROUPS), card).replace("\\", "") for each in SPREAD]

    assert told[0].startswith("The answer is Egyptian cat (70.0\u00a0%).")
    assert told[1].startswith(
        "A cat (88\u00a0%), perhaps an Egyptian cat. The likeliest class is Egyptian cat (45.0\u00a0%)."
    )


SPREAD = ((0.7, 0.2, 0.05, 0.05), (0.45, 0.43, 0.07, 0.05))


@pytest.mark.parametrize(("side", "told"), [(56, True), (57, False), (300, False)])
def test_a_picture_that_was_enlarged_a_lot_is_told(side, told):
    from pages.parts.answer import own_size

    card = library.card_of("handwritten-digits").model_copy(update={"shape": (224, 224, 3)})
    words = own_size.enlarged(card, images.Picture(np.zeros((side, 90, 3), "uint8")))

    assert words == (
        [f"It has only 90 x {side} pixels, enlarged to the 224 x 224 that the network looks at"] if told else []
    )


def test_a_class_that_is_sure_is_the_answer():
    assert lines(0.7, 0.2, 0.05, 0.05)[0] == "Egyptian cat"


def test_where_kin_share_the_probability_the_answer_is_their_group_and_perhaps_a_class():
    first, second = lines(0.45, 0.43, 0.07, 0.05)

    assert first == "A cat (88\u00a0%), perhaps an Egyptian cat"
    assert "Egyptian cat alone has 45.0\u00a0%" in second
    assert "together have 88.0\u00a0%" in second


def test_a_wider_group_answers_where_the_narrow_one_is_not_certain():
    assert lines(0.25, 0.15, 0.45, 0.15)[0] == "An animal (85\u00a0%), perhaps a lynx"


def test_where_no_group_is_certain_it_says_so():
    first, second = lines(0.3, 0.25, 0.05, 0.4, threshold=0.9)

    assert first == "Not sure"
    assert "taxi with 40.0\u00a0%" in second


def test_a_model_without_groups_answers_as_ever():
    assert lines(0.45, 0.43, 0.07, 0.05, groups=())[0] == "Not sure"


def test_no_group_is_certain_to_the_last():
    assert lines(0.49995, 0.49995, 0.0001, 0)[0].startswith("A cat (over 99\u00a0%)")


def verdict(prediction, card):
    """All that an answer begins with: subheaders, texts and captions."""

    def page(prediction, chosen, card):
        from pages.parts.answer.answer import _verdict

        _verdict(prediction, chosen, card)

    chosen = Chosen("a.png", images.Picture(np.zeros((4, 4, 3), "uint8")))
    shown = AppTest.from_function(page, args=(prediction, chosen, card), default_timeout=120).run()
    assert not shown.exception, shown.exception
    parts = [each.value.replace("\\", "") for each in (*shown.subheader, *shown.markdown, *shown.caption)]
    return "\n".join(parts)


def predicted(*probabilities, threshold=0.9, cut=0.2):
    return Prediction(("daisy", "mushroom", "bee"), np.array(probabilities), threshold, set_cut=cut)


def card(**said):
    levels = (Level(low=0, high=0.6, right=176, n=297), Level(low=0.6, high=1, right=940, n=1000))
    sets = Coverage(share=wilson(180, 200), size=2.1)
    worth = Certainty(split="test", levels=levels, unsure_sets=sets)
    usual = {"id": "x", "title": "X", "data": "none", "architecture": "mlp", "shape": (8, 8, 3), "calibrated_on": 500}
    return Card(**usual | {"classes": ("daisy", "mushroom", "bee"), "certainty": worth} | said)


def test_an_answer_tells_how_often_answers_as_sure_were_right():
    text = verdict(predicted(0.55, 0.35, 0.1), card())

    assert text.startswith("Not sure\nThe likeliest answer is daisy with 55.0\u00a0%.")
    assert "Of 297 held-out answers as sure as this (under 60\u00a0%), 59\u00a0% were right (54 to 65)." in text
    assert "One of: daisy, mushroom (90\u00a0%)" in text
    assert (
        "Of 200 held-out answers that weren't sure, 90\u00a0% had the truth among the classes named so (85 to 93)."
        in text
    )


def test_a_sure_answer_tells_it_too_and_names_one_class():
    text = verdict(predicted(0.95, 0.04, 0.01), card())

    assert text.startswith(
        "daisy\nThe model gives this 95.0\u00a0%. Of 1,000 held-out answers as sure as this (60\u00a0% and over)"
    )
    assert "One of" not in text


def test_where_few_pictures_were_measured_no_answer_is_plain_and_their_number_stands_beside_it():
    text = verdict(predicted(0.97, 0.02, 0.01, threshold=NEVER_SURE), card(calibrated_on=20, threshold=NEVER_SURE))

    assert text.startswith("Perhaps daisy\n")
    assert "measured on 20 pictures only: calling an answer sure takes 35" in text


def test_a_model_that_was_measured_and_never_good_enough_says_so():
    text = verdict(predicted(0.97, 0.02, 0.01, threshold=NEVER_SURE), card(threshold=NEVER_SURE))

    assert text.startswith("Not sure\n")
    assert "No answer of this model was right often enough" in text


def test_what_was_not_measured_is_said_in_words_beside_sure_answers_too():
    text = verdict(predicted(0.97, 0.02, 0.01, threshold=0.5, cut=None), card(certainty=None, calibrated_on=None))

    assert text == "daisy\nThe model gives this 97.0\u00a0%. How far that can be believed wasn't measured."


def test_all_classes_and_too_few_answers_for_a_set_are_told_as_that():
    assert "Any of its 3 classes (90\u00a0%)" in verdict(predicted(0.4, 0.3, 0.3), card())
    assert "Too few held-out answers" in verdict(predicted(0.4, 0.3, 0.3, cut=None), card())


def test_of_many_classes_the_likeliest_are_named():
    assert trust.one_of(tuple("abcdefgh"), 1000) == "One of: a, b, c, d, e, f and 2 more"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cat", "a cat"),
        ("Egyptian cat", "an Egyptian cat"),
        ("unicycle", "a unicycle"),
        ("umbrella", "an umbrella"),
        ("hourglass", "an hourglass"),
        ("binoculars", "binoculars"),
        ("pair of glasses", "a pair of glasses"),
        ("chest of drawers", "a chest of drawers"),
        ("triceratops", "a triceratops"),
        ("platypus", "a platypus"),
        ("praying mantis", "a praying mantis"),
        ("compass", "a compass"),
        ("ice cream", "ice cream"),
        ("food or drink", "food or drink"),
    ],
)
def test_a_name_gets_the_article_that_a_person_would_use(name, text):
    assert with_article(name) == text


def test_a_persons_photograph_is_answered_by_its_group(open_page, check, photographs):
    page = open_page("home", model=photographs)
    page.file_uploader(key="home.drop").upload("chelsea.png", samples.path("chelsea").read_bytes(), "image/png")
    check(page.run())

    assert "A cat \\(88\u00a0%\\), perhaps an Egyptian cat" in [line.value for line in page.subheader]


def test_a_persons_photograph_is_shown_whole_and_says_what_the_network_sees_of_it(open_page, check, tiny_model):
    page = open_page("home", model=tiny_model)
    page.file_uploader(key="home.drop").upload("china.jpg", samples.path("china").read_bytes(), "image/jpeg")
    page = check(page.run())
    [picture] = [each.proto.imgs[0].alt for each in page.get("image") if each.proto.imgs[0].alt.startswith("china")]
    assert picture.endswith("The network sees the framed part at 16 x 16 pixels.")

    page = check(page.toggle(key="home.answer.as_seen").set_value(True).run())
    [picture] = [each.proto.imgs[0].alt for each in page.get("image") if each.proto.imgs[0].alt.startswith("china")]
    assert "framed" not in picture


def test_what_is_drawn_is_the_picture_in_its_own_size_under_its_heat(tiny_model):
    from pages.parts.answer.answer import _drawn

    classifier, pixels = library.open(tiny_model), samples.pixels("china")
    view = images.view(pixels, (16, 16))
    whole = _drawn(classifier, images.Picture(pixels), view, None)
    warm = _drawn(classifier, images.Picture(pixels), view, np.eye(16))

    assert whole.shape == warm.shape == pixels.shape
    assert (whole != warm).any()
    left = round(view.box[1] * pixels.shape[1])
    np.testing.assert_array_equal(whole[:, : left - 4], warm[:, : left - 4])
    assert _drawn(classifier, images.Picture(pixels), None, None).shape == (320, 320, 3)


def test_the_training_pictures_most_like_it_are_shown_when_asked_for(open_page, check, tiny_model):
    from tests.pages.test_classify import GREY

    page = open_page("classify", model=tiny_model)
    page.file_uploader(key="classify.pictures").upload("a.png", GREY, "image/png")
    page = check(page.run())
    before = len(page.get("image"))
    page = check(page.toggle(key="classify.answer.alike").set_value(True).run())

    assert len(page.get("image")) == before + 5
    likeness = [
        float(each.value.replace("\\", "").split(",")[1])
        for each in page.caption
        if re.search(r", [01]\\?\.\d\d$", each.value)
    ]
    assert likeness == sorted(likeness, reverse=True)


def test_without_the_training_pictures_nothing_is_offered(open_page, check, tiny_model):
    from mlcore import data
    from tests.pages.test_classify import GREY

    data.remove("shapes")
    page = open_page("classify", model=tiny_model)
    page.file_uploader(key="classify.pictures").upload("a.png", GREY, "image/png")

    assert "classify.answer.alike" not in {each.key for each in check(page.run()).toggle}
