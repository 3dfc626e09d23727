"""Explanations to take along."""

import io
import re
import zipfile

import numpy as np
import pytest

from mlcore import images
from mlcore.errors import Kind, Refused
from mlcore.explanation import explain
from mlcore.explanation.render import html
from mlcore.explanation.render.html import archive, explain_many, page

EVIL = "<script>alert('x')</script>\"&"


@pytest.fixture
def found(classifiers, photo):
    return explain("gradient", classifiers["square"], photo(classifiers["square"]), target=1)


def png(seed: int) -> io.BytesIO:
    return io.BytesIO(images.png(np.random.default_rng(seed).integers(0, 256, (20, 30, 3), "uint8")))


@pytest.fixture
def classifier(classifiers):
    """The square one, answering as those of the library do."""
    from mlcore.library.classifier import Prediction

    one = classifiers["square"]
    one.predict = lambda picture: Prediction(one.card.classes, np.array([0.2, 0.7, 0.1], "float32"))
    return one


def test_a_page_needs_no_other_host_and_runs_no_script(found):
    text = page(EVIL, [found], {"Picture": EVIL, EVIL: "1"})

    assert "<script" not in text
    assert text.count("&lt;script&gt;") == 4  # title twice, value, name
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", text)
    assert "default-src 'none'" in text


def test_the_picture_of_a_page_can_be_read_back(found):
    import base64

    (data,) = re.findall(r"base64,([^\"]+)", page("x", [found], {}))

    assert images.decode(base64.b64decode(data)).pixels.shape == (224, 224, 3)


def test_an_archive_holds_picture_numbers_and_page_of_each(classifier):
    rows = explain_many(classifier, [("a/b é.png", png(0)), ("..\\b.png", png(1))], "gradient")
    target = io.BytesIO()

    count = archive(target, rows, "Two", {"Model": EVIL})

    with zipfile.ZipFile(target) as file:
        assert file.namelist() == ["00001-b.png", "00001-b.npy", "00002-b.png", "00002-b.npy", "index.html"]
        heat = np.load(io.BytesIO(file.read("00001-b.npy")))
        index = file.read("index.html").decode()
    by_hand = explain("gradient", classifier, images.decode(png(0).getvalue()))
    np.testing.assert_array_equal(heat, by_hand.heat)
    assert count == 2
    assert index.count("<figure>") == 2
    assert "a/b é.png: bee" in index
    assert EVIL not in index


def test_what_cannot_be_read_is_told_and_stops_nobody(classifier):
    rows = explain_many(classifier, [("bad.png", io.BytesIO(b"no picture")), ("good.png", png(0))], "gradient")
    target = io.BytesIO()

    assert archive(target, rows, "x", {}) == 1
    assert "bad.png" in zipfile.ZipFile(target).read("index.html").decode()


def test_nothing_readable_is_refused(classifier):
    rows = explain_many(classifier, [("bad.png", io.BytesIO(b"no picture"))], "gradient")

    with pytest.raises(Refused) as refusal:
        archive(io.BytesIO(), rows, "x", {})
    assert refusal.value.kind == Kind.NO_IMAGES


def test_pictures_inside_an_archive_are_explained_each(classifier):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("one.png", png(0).getvalue())
        file.writestr("two.png", png(1).getvalue())

    heard = []

    def progress(share, text=""):
        heard.append((share, text))

    rows = list(explain_many(classifier, [("all.zip", packed)], "gradient", progress=progress))

    assert [row.file for row in rows] == ["all.zip/one.png", "all.zip/two.png"]
    assert heard == [(0, "all.zip/one.png"), (1 / 11, "all.zip/two.png")]  # ten more are thought to follow


def test_many_can_be_ended_in_the_middle_of_a_slow_picture(classifier):
    heard = []

    def end_within_the_first(share, file=""):
        heard.append(share)
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(
            explain_many(
                classifier, [("one.png", png(0)), ("two.png", png(1))], "occlusion", progress=end_within_the_first
            )
        )
    assert 0 == heard[0] < heard[1] <= 1 / 10
    assert len(heard) == 2


@pytest.mark.parametrize("name", ["../../etc/passwd", "CON", "a" * 300 + ".png", "\x00", "ü/ö.png", "x.png/y.tar.gz"])
def test_names_inside_an_archive_are_harmless(name):
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", html._safe(name))
