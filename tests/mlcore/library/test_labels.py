"""What a person writes on models stays with them, and never in the way of reading them."""

import pytest

from mlcore import library
from mlcore.errors import Kind, Refused
from mlcore.home import in_home
from mlcore.library import labels


def test_a_renamed_tagged_and_pinned_model_is_listed_so_and_stands_first(tiny_model):
    before = [card.id for card in library.all()]
    labels.write("handwritten-digits", labels.checked(" My  digits ", "demo, team ,demo,", pinned=True))
    after = library.all()

    assert before[0] == tiny_model
    assert [card.id for card in after] == ["handwritten-digits", *[id for id in before if id != "handwritten-digits"]]
    assert (after[0].title, after[0].tags, after[0].pinned) == ("My digits", ("demo", "team"), True)
    assert library.card_of("handwritten-digits") == after[0]


def test_an_empty_label_takes_it_off(tiny_model):
    plain = library.card_of(tiny_model)
    labels.write(tiny_model, labels.checked("Other"))
    labels.write(tiny_model, labels.checked())

    assert library.card_of(tiny_model) == plain
    assert list(in_home("labels").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b"\xff", b'{"title": 3}', b'{"colour": "red"}'])
def test_a_label_that_cannot_be_read_hides_no_model_and_harms_no_other(tiny_model, content):
    labels.write("handwritten-digits", labels.checked("Mine"))
    (in_home("labels") / f"{tiny_model}.json").write_bytes(content)
    plain = library.card_of(tiny_model)
    labels.write("animals-and-vehicles", labels.checked(pinned=True))

    assert plain.title
    assert library.card_of("handwritten-digits").title == "Mine"


@pytest.mark.parametrize(
    "given", [{"title": "x" * 81}, {"tags": "a," * 20 + ",".join("bcdefghij")}, {"tags": "x" * 31}]
)
def test_what_is_too_long_is_refused(given):
    with pytest.raises(Refused) as refusal:
        labels.checked(**given)
    assert refusal.value.kind == Kind.BAD_SETTING


def test_a_model_that_is_removed_takes_its_label_along(tiny_model):
    labels.write(tiny_model, labels.checked("Other"))
    library.remove(tiny_model)

    assert labels.of(tiny_model) == labels.Label()
