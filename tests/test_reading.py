"""One reader for everything in the home: nothing else in the core opens, unpacks or parses files by hand."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = {
    path.relative_to(ROOT / "mlcore").as_posix(): path
    for path in sorted((ROOT / "mlcore").rglob("*.py"))
    if "reader" not in path.relative_to(ROOT / "mlcore").parts[:1]
}
# Calls that read a file or what was in one, by how they end. `open` is told apart below.
READING = {"read_text", "read_bytes", "json.load", "json.loads", "np.load", "np.fromfile", "np.memmap", "os.open"}
READING |= {"model_validate_json", "ZipFile", "tomllib.load", "pickle.load", "io.open", "Image.open"}
# Files that read something else than the home, or that write, each with the calls that it may have and why.
ALLOWED = {
    "archives/door.py": ({"open"}, "the door of archives"),
    "archives/folders.py": ({"open", "os.open"}, "the door of folders"),
    "archives/words.py": ({"read_text"}, "what came along"),
    "archives/zips.py": ({"ZipFile"}, "the door of archives"),
    "architectures/outline.py": ({"json.load"}, "what its own parent wrote to a process"),
    "backbones/own.py": ({"ZipFile"}, "a part of a Keras file that the reader opened"),
    "data/augmentation/changes/jpeg.py": ({"Image.open"}, "what it wrote itself a moment before"),
    "data/excerpt.py": ({"json.loads", "ZipFile"}, "what came along"),
    "data/export.py": ({"ZipFile"}, "writes"),
    "data/flat_writer.py": ({"open"}, "writes"),
    "data/ingest.py": ({"open"}, "a lock"),
    "data/packed_writer.py": ({"open"}, "writes"),
    "data/writer.py": ({"open"}, "writes"),
    "durable.py": ({"os.open", "open"}, "writes; a lock"),
    "events.py": ({"os.open"}, "writes"),
    "explanation/render/html.py": ({"ZipFile"}, "writes"),
    "generation/render/gif.py": ({"ZipFile"}, "writes"),
    "images/opening.py": ({"Image.open"}, "the door of pictures"),
    "jobs/__init__.py": ({"open"}, "a lock"),
    "jobs/ending.py": ({"os.open"}, "writes"),
    "jobs/holding.py": ({"os.open"}, "a lock, without waiting"),
    "jobs/machines.py": ({"read_text"}, "asks the system about processes"),
    "jobs/process.py": ({"open"}, "writes"),
    "jobs/record.py": ({"os.open"}, "a lock"),
    "jobs/standby_worker.py": ({"json.loads", "open"}, "what its own parent wrote to a process; writes"),
    "jobs/sweeps/__init__.py": ({"open"}, "a lock"),
    "library/publish.py": ({"read_bytes"}, "what it wrote itself a moment before"),
    "library/trial.py": ({"json.load"}, "what its own parent wrote to a process"),
    "machine/child.py": ({"json.loads"}, "what a process of our own answers"),
    "machine/memory.py": ({"read_text"}, "asks the system about memory"),
    "modelfiles/scan.py": ({"json.loads", "ZipFile"}, "the door of model files"),
    "pretrained.py": ({"json.load", "read_bytes"}, "what an installed package brought"),
    "settings.py": ({"json.loads"}, "copies values of its own"),
}


def calls(path: Path) -> set[str]:
    """The calls of a file that read, such as json.loads; `open` is the builtin one."""
    names = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}
    names = {name for name in names if "\n" not in name}
    ends = {end for end in READING for name in names if name == end or name.endswith(f".{end}")}
    return ends | {"open" for name in names if name in ("open", "builtins.open")}


def own_open(path: Path) -> bool:
    """Whether a file calls a function of its own `open`."""
    return any(isinstance(node, ast.FunctionDef) and node.name == "open" for node in ast.parse(path.read_text()).body)


@pytest.mark.parametrize("name", FILES)
def test_only_the_reader_reads(name):
    allowed = ALLOWED.get(name, (set(), ""))[0] | ({"open"} if own_open(FILES[name]) else set())

    assert sorted(calls(FILES[name]) - allowed) == [], "read it by mlcore.reader"


@pytest.mark.parametrize("name", ALLOWED)
def test_every_exception_is_still_needed(name):
    assert sorted(ALLOWED[name][0] - calls(FILES[name])) == []


def test_the_guard_sees_what_it_looks_for(tmp_path):
    code = "import json, numpy as np\njson.loads(x)\npath.read_text()\nnp.load(path)\nopen(path)\nself.open(path)\n"
    (tmp_path / "one.py").write_text(code)

    assert calls(tmp_path / "one.py") == {"json.loads", "read_text", "np.load", "open"}
