"""A run in the background makes room."""

import subprocess
import sys
from pathlib import Path

import pytest

from mlcore.priority import GROUP, NICE

TELL = "import os; from mlcore.priority import step_back; {steps}; print(os.nice(0)); print({group})"
READ = f"open('{GROUP}').read()"


def told(steps: str, group: str = "0", own_session: bool = True) -> list[str]:
    command = [sys.executable, "-c", TELL.format(steps=steps, group=group)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2], start_new_session=own_session
    )
    return done.stdout.splitlines()


def test_a_process_is_nice_once_however_often_it_steps_back():
    assert told("step_back(); step_back()")[0] == told("os.nice(max(0, 10 - os.nice(0)))")[0]


@pytest.mark.skipif(not GROUP.exists(), reason="this kernel doesn't group by session")
def test_a_session_of_its_own_steps_back_as_a_whole_and_nobody_elses_does():
    before = GROUP.read_text()

    assert told("step_back()", READ)[1].endswith(f"nice {NICE}")
    told("step_back()", READ, own_session=False)
    assert GROUP.read_text() == before
