"""Small parts stay small: a long file is two files, and most functions fit in a glance."""

import ast
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "app.py", *sorted((ROOT / "mlcore").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
LONGEST_FILE = 350
MEDIAN_FUNCTION = 10


def functions(path: Path):
    """The lengths of a file's functions in lines, without the docstring."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            prose = node.body[0] if ast.get_docstring(node) else None
            yield node.end_lineno - node.lineno + 1 - (prose.end_lineno - prose.lineno + 1 if prose else 0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_too_long_to_read(path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("part", ["mlcore", "pages"])
def test_most_functions_fit_in_a_glance(part):
    lengths = [length for path in FILES if path.relative_to(ROOT).parts[0] == part for length in functions(path)]

    assert median(lengths) < MEDIAN_FUNCTION


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text()))
