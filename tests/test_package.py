"""The package that `pip install .` makes: built, installed into a fresh environment, and at work there."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

import mlcore

ROOT = Path(__file__).parents[1]
GOES_IN = ["mlcore", "pages", ".streamlit", "app.py"]
BUILDS = ["pyproject.toml", "setup.py", "MANIFEST.in", "requirements.txt", "README.md", "LICENSE"]
TESTS_ONLY = {"pytest", "pytest-xdist", "setuptools"}
EXAMPLE = ROOT / "mlcore/starters/examples/horse.png"
BY_ACCIDENT = shutil.ignore_patterns("__pycache__", "secrets.toml")


def run(*words: str | Path, **settings) -> str:
    """What a command prints, which has to succeed."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=300, **settings)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout, built from a copy without a network."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in GOES_IN + BUILDS:
        copy = shutil.copy if (ROOT / name).is_file() else lambda *ends: shutil.copytree(*ends, ignore=BY_ACCIDENT)
        copy(ROOT / name, source / name)
    offline = ["--no-deps", "--no-index", "--no-build-isolation"]
    run(sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", target, source)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def fresh(tmp_path_factory, wheel) -> Path:
    """The programs of an environment that holds the wheel, and sees the dependencies that are installed here."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(path for path in sys.path if "site-packages" in path))
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    return folder / "bin"


@pytest.fixture
def elsewhere(tmp_path) -> dict:
    """How a program is started outside of the checkout, by a person who has set nothing up."""
    strange = {"MLCORE_HOME", "PYTHONPATH", "XDG_DATA_HOME"}
    env = {name: value for name, value in os.environ.items() if name not in strange} | {"HOME": str(tmp_path)}
    return {"cwd": tmp_path, "env": env}


def test_the_wheel_holds_core_pages_starters_and_settings_and_nothing_else(wheel):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = {path.relative_to(ROOT) for name in GOES_IN for path in [ROOT / name, *(ROOT / name).rglob("*")]}
    wanted = {path for path in files if (ROOT / path).is_file() and path.suffix != ".pyc" and path.stem != "secrets"}

    assert held == {str(path if path.parts[0] == "mlcore" else "vitrine" / path) for path in wanted}


def test_the_wheel_asks_for_what_it_takes_to_run(wheel):
    facts = f"vitrine-{mlcore.__version__}.dist-info"
    described = message_from_bytes(zipfile.ZipFile(wheel).read(f"{facts}/METADATA"))
    listed = re.findall(r"^([a-z0-9-]+)>=", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    asked = {re.match(r"[A-Za-z0-9-]+", line)[0] for line in described.get_all("Requires-Dist")}

    assert (described["Name"], described["Version"]) == ("vitrine", mlcore.__version__)
    assert asked == set(listed) - TESTS_ONLY
    assert b"vitrine = mlcore.cli:main" in zipfile.ZipFile(wheel).read(f"{facts}/entry_points.txt")


def test_an_installed_vitrine_classifies_an_example(fresh, elsewhere):
    answer = json.loads(run(fresh / "vitrine", "classify", "animals-and-vehicles", EXAMPLE, "--json", **elsewhere))

    assert answer["pictures"][0]["top"][0]["class"] == "horse"


def test_an_installed_vitrine_lives_in_the_persons_own_folder(fresh, elsewhere, tmp_path):
    told = json.loads(run(fresh / "vitrine", "doctor", "--json", **elsewhere))
    (home,) = [Path(finding["value"]) for finding in told["checks"] if finding["name"] == "home"]

    assert home.name == "vitrine"
    assert home.is_relative_to(tmp_path)


def test_an_installed_vitrine_shows_its_first_page(fresh, elsewhere):
    (app,) = fresh.parent.glob("lib/python*/site-packages/vitrine/app.py")
    look = "from streamlit.testing.v1 import AppTest; app = AppTest.from_file('app.py', default_timeout=120).run()"
    told = "print([*app.exception], app.title[0].value)"

    assert (
        run(fresh / "python", "-c", f"{look}; {told}", **elsewhere | {"cwd": app.parent})
        == "[] What is in this picture?\n"
    )


def test_an_installed_vitrine_serves_with_the_settings_that_came_along(fresh, elsewhere, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log.txt"
    with log.open("w") as file:
        server = subprocess.Popen([fresh / "vitrine", "app", "--server.port", str(port)], stdout=file, **elsewhere)
    try:
        assert reached(f"http://127.0.0.1:{port}/_stcore/health") == b"ok"
        assert f"http://127.0.0.1:{port}" in log.read_text()  # by default it would listen to the whole network
    finally:
        server.terminate()
        server.wait(20)


def reached(address: str, seconds: float = 60) -> bytes:
    """What a server answers as soon as it does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(address, timeout=5).read()  # noqa: S310 - our own address
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
