"""Numbers, times and names in words."""

import pytest

from mlcore.intervals import wilson
from pages.parts import formatting


@pytest.mark.parametrize(
    "name", ["![x](http://a.b/c.png)", "**bold**", "<b>x</b>", "$x$", ":red[x]", "a_b_c.png", "`x`"]
)
def test_every_mark_of_a_file_name_loses_its_meaning(name):
    shown = formatting.plain(name)

    marks = [mark for mark in "*_`[]()<>$!:~#|" if mark in name]
    assert all(shown.count("\\" + mark) == name.count(mark) for mark in marks)


def test_a_name_of_several_lines_becomes_one_line():
    assert formatting.plain("a\n# b") == r"a \# b"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.934, "93.4\u00a0%"),
        (0.9994, "99.9\u00a0%"),
        (0.99996, "over 99.9\u00a0%"),
        (1.0, "over 99.9\u00a0%"),
        (0.0006, "0.1\u00a0%"),
        (0.0004, "under 0.1\u00a0%"),
        (0.0, "under 0.1\u00a0%"),
    ],
)
def test_no_model_is_certain(share, text):
    assert formatting.probability(share) == text


def test_a_chart_label_holds_no_tags():
    assert formatting.label('<a href="x">cat</a> & dog') == '&lt;a href="x"&gt;cat&lt;/a&gt; &amp; dog'


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "under 0.1 s"),
        (0.42, "0.4 s"),
        (12.3, "12 s"),
        (59.7, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (None, "unknown"),
    ],
)
def test_durations_as_a_person_says_them(seconds, text):
    assert formatting.duration(seconds) == text


@pytest.mark.parametrize(("nbytes", "text"), [(12, "12 bytes"), (1500, "1.5 kB"), (4.2e6, "4.2 MB"), (3e12, "3.0 TB")])
def test_sizes_as_a_person_says_them(nbytes, text):
    assert formatting.size(nbytes) == text


def test_an_accuracy_comes_with_its_interval():
    assert formatting.interval(wilson(8060, 10000)) == "80.6\u00a0% (79.8 to 81.4, 10,000 pictures)"
    assert formatting.interval(None) == "not measured"


def test_one_picture_two_pictures():
    assert (formatting.count(1, "picture"), formatting.count(1024, "picture")) == ("1 picture", "1,024 pictures")


def test_what_was_not_measured_is_a_dash():
    assert formatting.percent(None) == "–"
    assert formatting.percent(0.934) == "93.4\u00a0%"


def test_a_picker_shows_a_title_or_the_name_that_has_none():
    shown = formatting.title_in({"mlp": "Dense network"})

    assert [shown("mlp"), shown("gone")] == ["Dense network", "gone"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("one-cycle", "One cycle"), ("r1r2", "R1 and R2"), ("adamw", "AdamW"), ("cosine", "Cosine"), (3, "3")],
)
def test_a_choice_is_read_as_words(value, text):
    assert formatting.choice_words(value) == text


def test_names_of_a_program_are_spelled():
    assert formatting.spelled("8 gelu, 2 relu in stronger_view_1") == "8 GELU, 2 ReLU in stronger view 1"


def test_a_column_has_as_many_digits_as_tell_its_shares_from_all():
    assert formatting.percent_format([0.5, 1.0, None]) == "%.1f\u00a0%%"
    assert formatting.percent_format([0.5, 0.9996]) == "%.2f\u00a0%%"


def test_a_sentence_of_the_core_keeps_a_number_with_its_percent_sign():
    assert formatting.plain("93.4 % of all") == "93\\.4\u00a0% of all"


@pytest.mark.parametrize("text", ["http://evil.example", "HTTPS://a.example/x", "www.evil.example", "me@evil.example"])
def test_an_address_in_foreign_text_has_a_mark_that_parts_it(text):
    shown = formatting.plain(f"see {text} now")

    assert shown.count("\u200b") == 1
    assert shown.replace("\u200b", "").replace("\\", "") == f"see {text} now"


@pytest.mark.parametrize("text", ["top@5", "wwwhat", "http is a protocol", "3 @ 4.5"])
def test_other_text_has_no_such_mark(text):
    assert "\u200b" not in formatting.plain(text)
