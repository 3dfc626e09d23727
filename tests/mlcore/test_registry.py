"""A shelf fills itself: one new file is one new entry."""

import sys

import pytest

from mlcore.errors import Kind, Refused
from mlcore.registry import Registry

MODULE = '''
from {package} import shelf

@shelf.add("{name}-b", "B of {name}")
def b(settings):
    """The first sentence.

    More."""

@shelf.add("{name}-a", "A of {name}", traits=["quick"])
def a(settings):
    return 1
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of its own with the modules `late` and `early`."""
    folder = tmp_path / "shelf_in_test"
    folder.mkdir()
    (folder / "__init__.py").write_text("from mlcore.registry import Registry\nshelf = Registry('thing', __name__)\n")
    for name in ("late", "early"):
        (folder / f"{name}.py").write_text(MODULE.format(package=folder.name, name=name))
    monkeypatch.syspath_prepend(tmp_path)
    yield folder.name
    for module in [module for module in sys.modules if module.startswith(folder.name)]:
        del sys.modules[module]


def shelf_of(package):
    return __import__(package).shelf


def test_every_file_of_the_package_is_on_the_shelf_in_order(package):
    assert shelf_of(package).names() == ["early-b", "early-a", "late-b", "late-a"]


def test_the_order_doesnt_depend_on_who_was_imported_first(package):
    __import__(f"{package}.late")

    assert shelf_of(package).names() == ["early-b", "early-a", "late-b", "late-a"]


def test_nothing_is_imported_before_somebody_asks(package):
    shelf_of(package)

    assert f"{package}.late" not in sys.modules


def test_an_entry_says_what_it_is(package):
    entry = shelf_of(package).get("late-b")

    assert (entry.title, entry.summary, entry.traits) == ("B of late", "The first sentence.", frozenset())
    assert shelf_of(package).get("early-a").traits == {"quick"}
    assert shelf_of(package).get("early-a").run(None) == 1


def test_an_unknown_name_is_refused(package):
    with pytest.raises(Refused, match="There is no thing called 'lat-b'") as refusal:
        shelf_of(package).get("lat-b")

    assert refusal.value.kind == Kind.UNKNOWN_NAME


def test_two_entries_cant_share_a_name():
    shelf = Registry("thing", "nowhere")
    shelf.add("a", "A")(print)

    with pytest.raises(ValueError, match="Two thing entries are called 'a'"):
        shelf.add("a", "A again")(print)


def test_a_broken_file_isnt_passed_over(package, tmp_path):
    (tmp_path / package / "broken.py").write_text("import nothing_of_that_name")

    with pytest.raises(ModuleNotFoundError):
        shelf_of(package).all()
