"""Every process takes GPU memory as it needs it, whatever it imports first."""

import os
import subprocess
import sys

import pytest

from mlcore.machine import environment


@pytest.mark.parametrize("first", ["mlcore.library", "mlcore.jobs.worker", "pages.parts.shell"])
def test_whatever_is_imported_first_the_engines_are_told(first):
    clean = {name: value for name, value in os.environ.items() if name not in environment.BEFORE_LOADING}
    told = f"import {first}, os; print(*(os.environ[name] for name in {list(environment.BEFORE_LOADING)!r}))"
    done = subprocess.run([sys.executable, "-c", told], env=clean, capture_output=True, text=True, check=True)

    assert done.stdout.split() == list(environment.BEFORE_LOADING.values())


def test_what_somebody_chose_stays(monkeypatch):
    monkeypatch.setenv("TF_FORCE_GPU_ALLOW_GROWTH", "false")
    environment.prepare()

    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "false"
