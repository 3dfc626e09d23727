"""The first line of an answer: a class that is sure, else the group that is, else that it isn't sure."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mlcore import images, library
from mlcore.library.articles import with_article
from mlcore.library.classifier import Prediction
from mlcore.library.groups import Group
from pages.parts.picture import Chosen
from tests import sample_photographs as samples

CLASSES = ("Egyptian cat", "tabby cat", "lynx", "taxi")
CAT = Group("cat", (0, 1))
GROUPS = (Group("animal", (0, 1, 2), (CAT,)), Group("car", (3,)))


def lines(*probabilities, threshold=0.5, groups=GROUPS):
    """Subheader and text that an answer with these probabilities begins with."""

    def page(prediction, chosen, card):
        from pages.parts.answer import _verdict

        _verdict(prediction, chosen, card)

    prediction = Prediction(CLASSES, np.array(probabilities), threshold, groups)
    chosen = Chosen("a.png", images.Picture(np.zeros((4, 4, 3), "uint8")))
    card = library.card_of("handwritten-digits")
    shown = AppTest.from_function(page, args=(prediction, chosen, card)).run()
    assert not shown.exception, shown.exception
    return shown.subheader[0].value.replace("\\", ""), shown.markdown[0].value.replace("\\", "")


def test_a_class_that_is_sure_is_the_answer():
    assert lines(0.7, 0.2, 0.05, 0.05)[0] == "Egyptian cat"


def test_where_kin_share_the_probability_the_answer_is_their_group_and_perhaps_a_class():
    first, second = lines(0.45, 0.43, 0.07, 0.05)

    assert first == "A cat (88 %), perhaps an Egyptian cat"
    assert "Egyptian cat alone has 45.0 %" in second
    assert "together have 88.0 %" in second


def test_a_wider_group_answers_where_the_narrow_one_is_not_certain():
    assert lines(0.25, 0.15, 0.45, 0.15)[0] == "An animal (85 %), perhaps a lynx"


def test_where_no_group_is_certain_it_says_so():
    first, second = lines(0.3, 0.25, 0.05, 0.4, threshold=0.9)

    assert first == "Not sure"
    assert "taxi with 40.0 %" in second


def test_a_model_without_groups_answers_as_ever():
    assert lines(0.45, 0.43, 0.07, 0.05, groups=())[0] == "Not sure"


def test_no_group_is_certain_to_the_last():
    assert lines(0.49995, 0.49995, 0.0001, 0)[0].startswith("A cat (over 99 %)")


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

    assert "A cat \\(88 %\\), perhaps an Egyptian cat" in [line.value for line in page.subheader]


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
    from pages.parts.answer import _drawn

    classifier, pixels = library.open(tiny_model), samples.pixels("china")
    view = images.view(pixels, (16, 16))
    whole = _drawn(classifier, images.Picture(pixels), view, None)
    warm = _drawn(classifier, images.Picture(pixels), view, np.eye(16))

    assert whole.shape == warm.shape == pixels.shape
    assert (whole != warm).any()
    left = round(view.box[1] * pixels.shape[1])
    np.testing.assert_array_equal(whole[:, : left - 4], warm[:, : left - 4])
    assert _drawn(classifier, images.Picture(pixels), None, None).shape == (320, 320, 3)
