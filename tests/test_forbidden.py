"""Some ways of doing things never come in: they run foreign code, trust foreign markup or leave the machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = [ROOT / "app.py", *sorted((ROOT / "mlcore").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]

FORBIDDEN = {
    "runs code hidden in data": r"\b(pickle|marshal|dill|joblib|shelve)\b|yaml\.load|allow_pickle\s*=\s*True",
    "runs text as code": r"(?<![.\w])(eval|exec|compile)\(|shell\s*=\s*True|os\.(system|popen)\(",
    "trusts a model file": r"load_model\(|safe_mode\s*=\s*False|enable_unsafe_deserialization|saved_model\.load",
    "trusts an archive's paths": r"extractall|\.extract\(|unpack_archive",
    "trusts text as markup": r"unsafe_allow_html|unsafe_allow_javascript|st\.html|components\.v1",
    "keeps foreign objects on disk": r"persist\s*=\s*[\"']disk",
}

# Where a forbidden thing is right after all: file, the line, and the reason.
ALLOWED = {
    (
        "mlcore/library/opened.py",
        "return keras.saving.load_model(path, compile=False)",
    ): "scanned before, safe mode on",
    (
        "pages/parts/style.py",
        'st.html(Path(__file__).with_name("style.css"))',
    ): "a file of ours that nothing is put into",
}


def code_lines(path: Path):
    """The lines of a file that are no comment, with their numbers."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip().startswith("#"):
            yield number, line.strip()


def found(pattern: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line}"
        for path in CODE
        for number, line in code_lines(path)
        if re.search(pattern, line) and (str(path.relative_to(ROOT)), line) not in ALLOWED
    ]


@pytest.mark.parametrize("reason", FORBIDDEN)
def test_nothing_in_the_code(reason):
    assert found(FORBIDDEN[reason]) == []


def test_every_exception_is_still_needed():
    lines = {(str(path.relative_to(ROOT)), line) for path in CODE for _, line in code_lines(path)}

    assert sorted(set(ALLOWED) - lines) == []


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "np.load(path, allow_pickle=True)",
        "x = eval(text)",
        "archive.extractall(folder)",
        "st.markdown(name, unsafe_allow_html=True)",
        "st.html(name)",
        "keras.models.load_model(upload)",
        "subprocess.run(line, shell=True)",
    ],
)
def test_the_patterns_see_what_they_are_for(line):
    assert any(re.search(pattern, line) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize("line", ["np.load(path, allow_pickle=False)", "model.compile(loss)", "re.compile(x)"])
def test_the_patterns_leave_the_rest_alone(line):
    assert not any(re.search(pattern, line) for pattern in FORBIDDEN.values())


def texts(path: Path):
    """The string constants of a file that aren't docstrings, with their lines."""
    tree = ast.parse(path.read_text())
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def test_no_address_of_another_host():
    """The sources of data sets name where a set comes from; nothing else may know a host.

    What a drawing (SVG) says it is looks like an address and is only a name; nobody looks it up.
    """
    addresses = re.compile(r"(https?|ftp|wss?)://(?!localhost|127\.0\.0\.1|www\.w3\.org/2000/svg)")
    others = [path for path in CODE if "mlcore/data/sources" not in str(path)]

    assert [f"{path.name}:{line}" for path in others for line, text in texts(path) if addresses.search(text)] == []


def tracked_texts():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split() or [str(path.relative_to(ROOT)) for path in ROOT.glob("*.*")]
    endings = (".py", ".md", ".toml", ".txt", ".json", ".jsonl", ".yaml", ".yml", "Makefile", ".ci/run")
    return [ROOT / name for name in names if name.endswith(endings) and (ROOT / name).exists()]


def test_no_path_of_somebodys_machine():
    paths = re.compile(r"(?<![\w.~<>{}/)])/(home|Users|root|work|mnt|media)/\w")  # assembled: this line isn't one
    hits = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked_texts()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if paths.search(line)
    ]
    assert hits == []
