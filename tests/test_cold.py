"""Looking is cheap: what a page needs to list, choose and read a card loads no TensorFlow, Keras or JAX."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = "{'tensorflow', 'keras', 'jax', 'torch', 'sklearn', 'scipy'} & set(sys.modules)"
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


def heavy_after(code: str) -> str:
    """What a fresh process has loaded of the heavy packages after running the code."""
    program = f"import sys\n{code}\nprint('loaded:', sorted({HEAVY}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_the_probe_sees_what_is_loaded():
    assert heavy_after("import scipy") == "loaded: ['scipy']"


@pytest.mark.parametrize(
    "code",
    [
        "from mlcore import library\nlibrary.all()",
        "from mlcore import jobs\njobs.all()",
        "from mlcore import data\ndata.all()",
        "from mlcore import data\ndata.sources.names()",
        "from mlcore.recipe import Recipe\nRecipe(data='digits', architecture='mlp').id",
        "from mlcore import architectures\nassert architectures.shelf.names()",
        "from mlcore import explanation\nassert explanation.methods.names()",
        "from mlcore import training\nassert training.presets",
        "from mlcore import evaluation",
        "from mlcore import images, archives, modelfiles, intake",
        "import mlcore.classifier, mlcore.litert",
        "import mlcore.cli",
        "import app",
    ],
    ids=lambda code: code.replace("from mlcore ", "").replace("\n", "; "),
)
def test_looking_loads_nothing_heavy(code):
    assert heavy_after(code) == "loaded: []"


@pytest.mark.parametrize("page", PAGES)
def test_showing_a_page_on_an_empty_home_loads_nothing_heavy(page):
    code = f"""
from streamlit.testing.v1 import AppTest
test = AppTest.from_file('app.py', default_timeout=60).run()
test = test if '{page}' == 'home' else test.switch_page('pages/{page}.py').run()
assert not test.exception, test.exception
"""
    assert heavy_after(code) == "loaded: []"


def test_a_starter_answers_without_a_backend():
    code = """
import numpy as np
from mlcore import library
for card in library.all():
    if card.starter:
        library.open(card.id).predict(np.zeros((20, 30, 3), 'uint8'))
"""
    assert heavy_after(code) == "loaded: []"
