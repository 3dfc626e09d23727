"""Work in a child process: its answer, its refusal, and what is said where it gives neither."""

import sys

import pytest

from mlcore.errors import Kind, Refused
from mlcore.machine import child


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A module with that text, which a child process can find."""

    def write(text):
        (tmp_path / "answering.py").write_text(f"import json, os, sys\ntask = json.load(sys.stdin)\n{text}\n")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return "answering"

    return write


def test_the_last_line_is_the_answer(program):
    module = program('print("loading"); print(json.dumps({"twice": 2 * task["n"], "of": os.environ["OWN"]}))')

    assert child.ask(module, {"n": 21}, 60, "Failed", OWN="here") == {"twice": 42, "of": "here"}


def test_its_refusal_is_ours(program):
    module = program('print(json.dumps({"kind": "disk-full", "refused": "No room."}))')

    with pytest.raises(Refused, match="No room") as refused:
        child.ask(module, {}, 60, "Failed")
    assert refused.value.kind == Kind.DISK_FULL


@pytest.mark.parametrize("text", ["sys.exit('broken')", "sys.stderr.write('broken')", "raise OSError('broken')"])
def test_without_an_answer_its_own_words_are_told(program, text):
    with pytest.raises(RuntimeError, match=r"Failed: (.|\n)*broken"):
        child.ask(program(text), {}, 60, "Failed")


def test_it_is_our_own_python(program):
    assert child.ask(program("print(json.dumps({'at': sys.executable}))"), {}, 60, "Failed") == {"at": sys.executable}
