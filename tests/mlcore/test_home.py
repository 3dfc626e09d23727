"""Where things live, and which names may become folders."""

import ast
from pathlib import Path

import pytest

import mlcore
from mlcore import library
from mlcore.errors import Kind, Refused
from mlcore.home import FOLDERS, MODEL_FILES, checked_name, home, in_home

ROOT = Path(mlcore.__file__).parents[1]
MODULES = [path for part in ("mlcore", "pages") for path in sorted((ROOT / part).rglob("*.py"))]


def test_the_environment_decides(tmp_path, monkeypatch):
    monkeypatch.setenv("MLCORE_HOME", str(tmp_path))

    assert home() == tmp_path


def test_without_it_home_is_the_workspace_beside_the_app(monkeypatch):
    monkeypatch.delenv("MLCORE_HOME")

    assert home() == Path(mlcore.__file__).parents[1] / "workspace"


def test_without_a_checkout_home_is_the_persons_data_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("MLCORE_HOME")
    monkeypatch.setattr("mlcore.home.ROOT", tmp_path / "site-packages")
    monkeypatch.setattr("mlcore.home.user_data_path", lambda name, appauthor: tmp_path / "own" / name)

    assert home() == tmp_path / "own" / "vitrine"


def test_a_relative_home_means_the_same_after_a_change_of_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLCORE_HOME", "studio")

    assert home() == tmp_path / "studio"
    assert home().is_absolute()


def test_a_tilde_is_the_persons_own_folder(monkeypatch):
    monkeypatch.setenv("MLCORE_HOME", "~/studio")

    assert home() == Path.home() / "studio"


def test_a_folder_that_the_table_names_is_in_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("MLCORE_HOME", str(tmp_path))

    assert in_home("cache/features") == tmp_path / "cache" / "features"


def test_a_folder_that_the_table_doesnt_name_isnt_given():
    with pytest.raises(KeyError, match="leftovers"):
        in_home("leftovers")


def calls(path: Path, name: str) -> list[ast.Call]:
    """The calls of a function of that name in a file."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [node for node in nodes if ast.unparse(node.func).split(".")[-1] == name]


def test_only_few_ask_for_the_whole_home():
    """A module that wants a folder asks for it by its name in the table.

    The reader keeps links within the home, and the pages name a home that can't be written.
    """
    askers = {str(path.relative_to(ROOT)) for path in MODULES if calls(path, "home")}

    core = {"mlcore/home.py", "mlcore/jobs/process.py", "mlcore/doctor.py", "mlcore/reader/files.py"}
    assert askers == core | {"pages/parts/trouble.py"}


def joins(path: Path) -> list[str]:
    """What a file joins to home(), as written."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.BinOp)]
    return [ast.unparse(node) for node in nodes if ast.unparse(node.left).endswith("home()")]


def test_no_module_but_home_joins_a_name_to_the_home():
    written = {str(path.relative_to(ROOT)): joins(path) for path in MODULES if joins(path)}

    assert written == {"mlcore/home.py": ["home() / name"]}


def test_every_folder_of_the_table_is_used():
    named = [call.args[0] for path in MODULES for call in calls(path, "in_home")]

    assert {node.value for node in named if isinstance(node, ast.Constant)} == set(FOLDERS)
    assert [ast.unparse(node) for node in named if not isinstance(node, ast.Constant)] == ["name"]  # the reader


def test_what_a_model_that_came_along_brings_is_in_the_table():
    paths = [path for card in library.all() for path in library.folder(card.id).iterdir()]

    assert paths
    assert {path.name + "/" * path.is_dir() for path in paths} <= set(MODEL_FILES)


@pytest.mark.parametrize("name", ["a", "0", "cnn-2_b", "x" * 64])
def test_plain_names_pass(name):
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "-a", "_a", "A", "a b", "a/b", "..", ".", "a.b", "a\n", "\x00", "é", "a%2fb", "a#b", "a?b", "x" * 65, None, 3],
)
def test_no_other_name_becomes_a_folder(name):
    with pytest.raises(Refused) as refusal:
        checked_name(name, "data set name")

    assert refusal.value.kind == Kind.BAD_SETTING
    assert "data set name" in refusal.value.message
