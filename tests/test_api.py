"""The Python that the documents show runs, and gives what they say."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHOWN = ["docs/api.md", "README.md"]


def example(path: Path) -> doctest.DocTest:
    """The examples of a document as one test; the lines that fence them are no output."""
    text = re.sub(r"^```.*$", "", path.read_text(), flags=re.MULTILINE)
    return doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)


@pytest.mark.parametrize("name", SHOWN)
def test_the_python_that_a_document_shows_gives_what_it_says(name):
    test = example(ROOT / name)
    told: list[str] = []
    failures = doctest.DocTestRunner().run(test, out=told.append).failed

    assert test.examples
    assert failures == 0, "".join(told)


def test_the_page_shows_every_door_of_the_core():
    shown = "".join(example.source for example in example(ROOT / "docs/api.md").examples)
    doors = ["images.decode", "data.open", "library.open", "predict", "explain", "training.train", "evaluate"]

    assert [door for door in doors if f"{door}(" not in shown] == []


def test_an_example_that_gives_something_else_is_noticed():
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", "wrong", 0)

    assert doctest.DocTestRunner(verbose=False).run(test, out=lambda text: None).failed == 1
