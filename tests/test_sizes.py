"""Small parts stay small: a long file is two files, and most functions fit in a glance."""

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "app.py", *sorted((ROOT / "mlcore").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
LONGEST_FILE = 350
MEDIAN_FUNCTION, NINE_IN_TEN, LONGEST_FUNCTION = 5, 15, 40  # lines


def functions(path: Path):
    """The functions of a file with their lengths in lines, without the docstring."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            prose = node.body[0] if ast.get_docstring(node) else None
            yield node.name, node.end_lineno - node.lineno + 1 - (prose.end_lineno - prose.lineno + 1 if prose else 0)


def lengths(part: str) -> list[int]:
    return [length for path in FILES if path.relative_to(ROOT).parts[0] == part for _, length in functions(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_too_long_to_read(path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("part", ["mlcore", "pages"])
def test_most_functions_fit_in_a_glance(part):
    assert median(lengths(part)) < 10


def test_half_of_the_cores_functions_are_a_few_lines():
    assert median(lengths("mlcore")) <= MEDIAN_FUNCTION


def test_nine_in_ten_of_the_cores_functions_are_short():
    assert quantiles(lengths("mlcore"), n=10)[-1] <= NINE_IN_TEN


def test_no_function_is_longer_than_a_screen():
    long = {f"{path.relative_to(ROOT)}:{name}": length for path in FILES for name, length in functions(path)}

    assert {name: length for name, length in long.items() if length > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text()))
