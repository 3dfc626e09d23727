"""A home with damaged folders in it: every page and verb opens, lists the whole ones and names the others."""

import json
import os
import sys
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mlcore import cli, data, jobs, library
from mlcore.jobs import sweeps
from mlcore.teach import drafts
from pages.parts.shell import PAGES
from tests import damaged_home

ROOT = Path(__file__).parents[2]
QUICK = ("data", "teach", "train", "runs")
VERBS = (["runs"], ["models"], ["data", "list"], ["sweep", "--show", "all"], ["doctor"], ["list", "methods"])


def listed() -> dict[str, set[str]]:
    """What is listed of each kind, by name."""
    return {
        "runs": {run.id for run in jobs.all()},
        "models": {card.id for card in library.all()},
        "data": {summary.name for summary in data.all()},
        "drafts": {draft.id for draft in drafts.all()},
        "sweeps": {sweep.id for sweep in sweeps.all()},
    }


def named() -> dict[str, set[str]]:
    """What is named as unreadable of each kind; of sweeps by their files."""
    odd = {each.name for each in jobs.unreadable()}
    sets, sheets = {each.name for each in data.unreadable()}, {each.name for each in drafts.unreadable()}
    return {
        "runs": odd,
        "models": odd,
        "data": sets,
        "drafts": sheets,
        "sweeps": {each.name.removesuffix(".json") for each in sweeps.unreadable()},
    }


def visit(name: str) -> AppTest:
    """A page as a person opens it, without an exception; an error on it may tell of the folder that was picked."""
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    page.run()
    if name != "home":
        page.switch_page(f"pages/{name}.py").run()
    assert not page.exception, page.exception
    return page


def _lists(page: AppTest, name: str, built: damaged_home.Made) -> None:
    """The tables of a page hold every whole thing, and a fold names those that can't be read."""
    column, kinds = {"runs": ("Run", ("runs", "models")), "data": ("Data set", ("data",))}.get(name, ("", ()))
    for kind in kinds:
        assert set(built.good[kind]) <= set(page.dataframe[0].value[column])
    if name in QUICK:
        assert [fold.label for fold in page.expander if "can't be read" in fold.label]


def exam(built: damaged_home.Made, folder: Path, pages, capsys) -> dict[str, float]:
    """Look at a home by every page and verb; gives the seconds of each."""
    there, odd = listed(), named()
    for kind in damaged_home.KINDS:
        assert set(built.good[kind]) <= there[kind], kind
        assert not set(built.good[kind]) & odd[kind], kind
        left = {name for name in built.bad[kind] if (folder / damaged_home.FOLDER.get(kind, kind)).exists()}
        silent = left - there[kind] - odd[kind] - there["runs"] - there["models"]
        assert {name for name in silent if kind != "sweeps" or (folder / kind / f"{name}.json").exists()} == set(), kind
    seconds = {}
    for name in pages:
        begun = time.perf_counter()
        page = visit(name)
        told = [error.value for error in page.error]
        _lists(page, name, built)
        assert not [text for text in told if "our fault" in text], (name, told)
        seconds[name] = time.perf_counter() - begun
    for words in VERBS:
        begun = time.perf_counter()
        assert cli.main([*words, "--json"]) == 0
        seconds[" ".join(words)] = time.perf_counter() - begun
        json.loads(capsys.readouterr().out)
    return seconds


def age(folder: Path) -> None:
    """Make every folder of runs older than the moment in which a new one is still being written."""
    for each in (folder / "models").iterdir():
        os.utime(each, (1.7e9, 1.7e9), follow_symlinks=False)


@pytest.mark.parametrize("seed", range(2))
def test_a_small_home_with_damaged_folders_is_shown_and_its_odd_ones_named(home, capsys, seed):
    built = damaged_home.build(home, good=5, bad=20, seed=seed)
    age(home)

    exam(built, home, QUICK, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_home_of_three_hundred_folders_is_shown_and_its_odd_ones_named(home, capsys, seed):
    built = damaged_home.build(home, good=100, bad=200, seed=100 + seed)
    age(home)

    seconds = exam(built, home, PAGES, capsys)
    with capsys.disabled():
        sys.stdout.write("\n" + ", ".join(f"{name} {took:.1f} s" for name, took in seconds.items()) + "\n")


def test_what_cant_be_read_is_deleted_from_the_page(home, open_page):
    folder = home / "models" / "odd"
    folder.mkdir(parents=True)
    (folder / "status.json").write_text("[")
    page = open_page("runs")

    assert [each.name for each in jobs.unreadable()] == ["odd"]
    assert page
