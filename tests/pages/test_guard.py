"""Every page goes through the shell first, and says what each of its widgets is for."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("[!_]*.py"))
SCREEN = sorted((ROOT / "pages").rglob("*.py"))
WIDGETS = {"button", "download_button", "form_submit_button", "toggle", "checkbox", "selectbox", "multiselect"}
WIDGETS |= {"pills", "segmented_control", "radio", "slider", "number_input", "text_input", "text_area", "pagination"}
WIDGETS |= {"file_uploader", "camera_input", "plotly_chart", "dataframe", "expander", "popover"}
SEEN = {"image", "plotly_chart", "dataframe"}


def statements(path):
    """The statements of a file that aren't imports or its docstring."""
    body = ast.parse(path.read_text()).body
    return [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom) and node is not body[0]]


def calls(path):
    """(name, call) of every call of a method such as st.button."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


def given(call) -> set:
    return {keyword.arg for keyword in call.keywords}


def test_there_is_a_page_for_every_entry_of_the_navigation():
    from pages.parts import shell

    assert {path.stem for path in PAGES} == set(shell.PAGES)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_first_statement_is_the_guard(path):
    assert ast.unparse(statements(path)[0]) == "shell.require()"


@pytest.mark.parametrize("path", SCREEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_widget_has_a_key(path):
    keyless = [
        f"{path.name}:{call.lineno} {name}"
        for name, call in calls(path)
        if name in WIDGETS and not given(call) & {"key", None}
    ]

    assert keyless == []


@pytest.mark.parametrize("path", SCREEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_to_be_seen_says_what_it_shows(path):
    silent = [
        f"{path.name}:{call.lineno} {name}"
        for name, call in calls(path)
        if name in SEEN and "alt" not in given(call) and None not in given(call)
    ]

    assert silent == []
