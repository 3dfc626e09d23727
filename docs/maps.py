"""The two maps in docs/architecture.md: the house, floor by floor, and the home on disk."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from docs.floors import FLOORS
from mlcore.home import FOLDERS, MODEL_FILES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"


def architecture() -> str:
    """The page with both maps as the code has them; the text around the markers stays as it is."""
    return _between("on disk", _disk(), _between("house", _house(), PAGE.read_text()))


def _between(name: str, block: str, page: str) -> str:
    before, begin, rest = page.partition(f"<!-- {name}: written by `make docs` -->\n")
    _, end, after = rest.partition(f"<!-- end of {name} -->")
    return "".join([before, begin, block, end, after])


def _house() -> str:
    """A row for each room with its first line, the screen on top."""
    rows = [("", f"`{name}`", line) for name, line in _rooms(ROOT, ["app.py", "pages"])]
    for floor in reversed(range(len(FLOORS))):
        rooms = list(_rooms(ROOT / "mlcore", FLOORS[floor]))
        rows += [("" if at else str(floor), f"`{name}`", line) for at, (name, line) in enumerate(rooms)]
    return "".join(f"| {' | '.join(row)} |\n" for row in [("floor", "room", "what it is"), ("---",) * 3, *rows])


def _rooms(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name and first line of modules and packages; the packages inside one follow it."""
    for name in names:
        path = folder / name
        if not path.is_dir():
            yield name, _first_line(path.with_suffix(".py"))
            continue
        for room in sorted(path.rglob("__init__.py")):
            yield f"{room.parent.relative_to(folder)}/", _first_line(room)


def _first_line(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    return docstring.partition("\n")[0].replace("|", "\\|")


def _disk() -> str:
    """The tables of mlcore.home as a tree."""
    width = max(map(len, [*FOLDERS, *MODEL_FILES])) + 4
    lines = ["<home>/"]
    for name, words in FOLDERS.items():
        lines.append(f"  {name + '/':{width}}{words}")
        if name == "models":
            lines += [f"    {file:{width - 2}}{use}" for file, use in MODEL_FILES.items()]
    return "\n".join(["```text", *lines, "```", ""])
