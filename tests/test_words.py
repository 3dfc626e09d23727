"""What people read is words: no raw names, no exponents, no 1 pictures, no number apart from its percent sign."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from mlcore import architectures, explanation, generation, jobs, settings
from mlcore.data import sources
from mlcore.errors import Kind
from mlcore.jobs import tasks
from mlcore.recipe import Augmentation, Distillation, Training
from tests.pages.conftest import check, no_measuring, nothing_ahead, open_page  # noqa: F401 - fixtures

COUNTED = "picture|run|epoch|step|class|classe|second|minute|model|network|answer|sample|frame|parameter|row"
LEGAL = {"cross-entropy", "non-saturating"}  # written so in books, too
# Kind of slip: what it looks like in a text.
SLIPS = {
    "a number apart from its percent sign": re.compile(r"\d %"),
    "an exponent": re.compile(r"\d[eE][+-]?\d"),
    "a plural of one": re.compile(rf"(?<![\d.,])1 ({COUNTED})s\b"),
    "a setting as a program writes it": re.compile(r"\b[a-z]+_[a-z0-9_]+\b"),
}
TEXTS = ("title", "header", "subheader", "markdown", "text", "caption", "info", "warning", "success", "error")
WIDGETS = ("button", "toggle", "selectbox", "multiselect", "number_input", "text_input", "slider", "select_slider")
PAGES = {
    "data": {"data": "shapes"},
    "data of its findings": {"data": "shapes", "tab": "findings"},
    "data of its versions": {"data": "shapes", "tab": "versions"},
    "data of help": {"data": "shapes", "tab": "suggest"},
    "data of itself": {"data": "shapes", "tab": "about"},
    "train": {"data": "shapes"},
    "train of a run": {"run": "tiny"},
    "runs": {"run": "tiny"},
    "evaluate": {"model": "tiny"},
    "generate": {"do": "train", "data": "digits"},
}


def raw_names() -> set[str]:
    """Every name with a hyphen that programs know a thing by: of shelves, of refusals, and of settings' choices."""
    shelves = architectures.shelf, tasks.shelf, generation.generators, explanation.methods, sources
    entries = [entry for shelf in shelves for entry in shelf.all()]
    declared = [Training, Augmentation, Distillation, generation.settings.GanSettings]
    specs = [spec for each in [*declared, *(entry.settings for entry in entries)] for spec in settings.fields(each)]
    names = {entry.name for entry in entries} | {str(kind) for kind in Kind}
    names |= {str(choice) for spec in specs for choice in spec.choices}
    return {name for name in names if "-" in name} - LEGAL


def slips(text: str, names: set[str]) -> list[str]:
    """What is wrong with a text that somebody reads."""
    plain = text.replace("\\", "")
    found = [f"{kind}: {match.group()}" for kind, pattern in SLIPS.items() if (match := pattern.search(plain))]
    words = set(re.findall(r"(?<![\w/.])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w/])", plain))
    return found + [f"a raw name: {name}" for name in sorted(words & names)]


def texts(page: Any) -> Iterator[str]:
    """Everything on a page that is read: its texts, its labels and options, its numbers and the cells of its tables."""
    for kind in TEXTS:
        yield from (str(each.value) for each in getattr(page, kind))
    for kind in WIDGETS:
        for each in getattr(page, kind):
            yield from (each.label, *map(str, getattr(each, "options", ())))
    for metric in page.metric:
        yield from (metric.label, metric.value, metric.delta)
    for table in page.dataframe:
        yield from map(str, table.value.columns)
        yield from (cell for cell in table.value.to_numpy(dtype=object).ravel() if isinstance(cell, str))
    yield from (chart.proto.alt for chart in page.get("plotly_chart"))


@pytest.mark.parametrize("name", PAGES)
def test_every_text_of_a_page_is_words(open_page, tiny_model, name):  # noqa: F811
    page, names = open_page(name.split()[0], **PAGES[name]), raw_names()

    assert [(slip, text[:120]) for text in texts(page) for slip in slips(text, names)] == []


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("93.4 %", "a number apart from its percent sign: 4 %"),
        ("difference 1e-06", "an exponent: 1e-0"),
        ("1 pictures", "a plural of one: 1 pictures"),
        ("Layer: stronger_view_1", "a setting as a program writes it: stronger_view_1"),
        ("The schedule is one-cycle.", "a raw name: one-cycle"),
        ("Refused: not-an-image", "a raw name: not-an-image"),
    ],
)
def test_the_guard_sees_each_kind_of_slip(text, slip):
    assert slip in slips(text, raw_names())


@pytest.mark.parametrize(
    "text", ["93.4\u00a0%", "0.000001", "1 picture", "21 pictures", "0.1 seconds", "One cycle", "a well-known face"]
)
def test_the_guard_lets_words_pass(text):
    assert slips(text, raw_names()) == []


def test_what_a_run_notices_is_said_in_words(open_page, tiny_model):  # noqa: F811
    """Sentences of the core reach the page through `plain`, which keeps a number and its percent sign together."""
    assert jobs.run(tiny_model).state == "done"
    captions = [caption.value for caption in open_page("train", run=tiny_model).caption]

    assert any("no probability differs by more than 0.01\u00a0%" in caption.replace("\\", "") for caption in captions)
