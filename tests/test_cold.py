"""Looking is cheap: what a page needs to list, choose and read a card loads no TensorFlow, Keras or JAX."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ["tensorflow", "keras", "jax", "torch", "sklearn", "skimage", "scipy"]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("[!_]*.py"))

LOOKING = [
    "from mlcore import library; library.all()",
    "from mlcore import jobs; jobs.all()",
    "from mlcore import data; data.all()",
    "from mlcore import data; assert data.sources.names()",
    "from mlcore.recipe import Recipe; Recipe(data='digits', architecture='mlp').id",
    "from mlcore import architectures; assert architectures.shelf.names()",
    "from mlcore import explanation; assert explanation.methods.names()",
    "from mlcore import training; assert training.presets; training.draft('digits', 'mlp')",
    "from mlcore import evaluation",
    "from mlcore import images, archives, modelfiles, intake",
    "from mlcore.library import classifier, litert; from mlcore import doctor",
    "from mlcore import cli; cli.parser()",
]
SHOWING = "app = AppTest.from_file('app.py', default_timeout=120).run(); assert not app.exception, app.exception"
TURNING = "app.switch_page('pages/{page}.py').run(); assert not app.exception, app.exception"


def loads(steps: list[str]) -> dict[str, list[str]]:
    """The steps that loaded a heavy package, each with what it loaded; they run in one fresh process."""
    program = f"""
import json, sys
loads, before = {{}}, set()
for step in {steps!r}:
    exec(step)
    now = set({HEAVY!r}) & set(sys.modules)
    if now - before:
        loads[step] = sorted(now - before)
    before = now
print(json.dumps(loads))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_probe_sees_what_is_loaded_and_by_whom():
    assert loads(["import json", "import scipy", "import scipy.fft"]) == {"import scipy": ["scipy"]}


def test_looking_loads_nothing_heavy():
    assert loads(LOOKING) == {}


def test_showing_every_page_on_an_empty_home_loads_nothing_heavy():
    turning = [TURNING.format(page=page) for page in PAGES if page != "home"]

    assert loads(["from streamlit.testing.v1 import AppTest", SHOWING, *turning]) == {}


def test_home_asks_no_task_while_there_is_no_run():
    program = f"""
import sys
from streamlit.testing.v1 import AppTest
{SHOWING}
print("mlcore.jobs.tasks" in sys.modules, sorted(name for name in sys.modules if name.startswith("mlcore.jobs.tasks.")))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["True []"]), done.stderr[-2000:]


def test_a_starter_answers_and_says_where_it_looked_without_a_backend(all_starters):
    answer = (
        "c = library.open({id!r}); x = np.zeros((20, 30, 3), 'uint8'); c.predict(x); assert c.class_map(x) is not None"
    )
    if not all_starters:
        pytest.fail("no starter model came along")
    steps = (answer.format(id=id) for id in all_starters)
    assert loads(["import numpy as np; from mlcore import library", *steps]) == {}


def test_the_first_page_shows_its_heading_before_charts_are_loaded():
    program = """
import runpy, sys
import streamlit as st

def title(*_, **__):
    print(sorted({"pandas", "pages.parts.charts"} & set(sys.modules)))
    raise SystemExit

st.session_state["_shell"] = True
st.title = title
runpy.run_path("pages/home.py")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr[-2000:]
