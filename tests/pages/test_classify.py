"""Classify: one picture, many, an archive; a bad file stops nobody."""

import csv
import io
import zipfile

import numpy as np
import pytest

from mlcore import images, library
from pages.parts.classify import table

GREY = images.png(np.full((20, 30, 3), 128, "uint8"))


class Upload(io.BytesIO):
    def __init__(self, name, content):
        super().__init__(content)
        self.name = name


@pytest.fixture
def classifier(tiny_model):
    return library.open(tiny_model)


def rows(classifier, *uploads, top=2):
    return list(table.classify(classifier, [Upload(*each) for each in uploads], top))


def test_one_picture_gets_the_full_answer(open_page, check, tiny_model):
    page = open_page("classify", model=tiny_model)
    page.file_uploader(key="classify.pictures").upload("a.png", GREY, "image/png")
    page = check(page.run())

    assert len(page.get("plotly_chart")) == 1
    assert not page.dataframe


def test_many_pictures_get_a_table_and_the_bad_one_its_reason(open_page, check, tiny_model):
    page = open_page("classify", model=tiny_model)
    uploader = page.file_uploader(key="classify.pictures")
    for name in ("a.png", "b.png"):
        uploader.upload(name, GREY, "image/png")
    uploader.upload("bad.png", b"nothing", "image/png")
    page = check(page.run())

    assert sorted(page.dataframe[0].value["File"]) == ["a.png", "b.png"]
    assert list(page.dataframe[1].value["File"]) == ["bad.png"]
    assert page.get("download_button")


def test_the_batch_says_what_the_classifier_says(classifier):
    (row,) = rows(classifier, ("a.png", GREY), top=3)

    assert row.top == tuple(classifier.predict(images.decode(GREY)).top(3))


def test_the_pictures_of_an_archive_are_answered_and_its_bad_ones_named(classifier):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("one/a.png", GREY)
        archive.writestr("two/b.png", b"nothing")

    found = rows(classifier, ("pictures.zip", file.getvalue()))

    assert {row.file.split("/")[-1]: bool(row.message) for row in found} == {"a.png": False, "b.png": True}


def test_a_refused_archive_is_one_row_with_its_reason(classifier):
    (row,) = rows(classifier, ("x.zip", b"PK nothing"))

    assert (row.file, bool(row.message)) == ("x.zip", True)


def test_the_csv_can_be_read_back(classifier):
    from mlcore import tables

    found = rows(classifier, ("=cmd.png", GREY), ("bad.png", b"nothing"))
    good, bad = sorted(
        csv.DictReader(io.StringIO(tables.csv(row.plain() for row in found))), key=lambda row: row["message"]
    )

    assert good["file"] == "'=cmd.png"
    assert float(good["probability_1"]) == pytest.approx(
        found[-1].top[0][1] if found[-1].top else found[0].top[0][1], abs=1e-6
    )
    assert bad["file"] == "bad.png"
    assert bad["message"]
