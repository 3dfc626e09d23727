"""The verbs of runs, for one that hangs or belongs to another machine."""

import json
from dataclasses import replace

import pytest

from mlcore import cli, jobs, training
from mlcore.cli import runs
from mlcore.home import home
from mlcore.jobs import ending, holding

AWAY = {"name": "attic", "boot": "another boot", "pids": "pid:[1]"}


@pytest.fixture
def folder(monkeypatch, tiny_data):
    """The folder of a run that nobody starts."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    return home() / "models" / jobs.start(training.draft("shapes", "mlp", None))


def ask(capsys, *words):
    status = cli.main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_stop_says_how_far_the_ending_is(capsys, folder):
    with holding.hold(folder):
        jobs.change(folder, state="running")
        ending.note(folder, ending.ASKED)
        ending.note(folder, ending.TERM)
        status, told = ask(capsys, "stop", folder.name)

    assert (status, told["state"]) == (0, "stopping")
    assert told["message"] == "Sent SIGTERM, so that it ends."


def test_who_follows_a_run_hears_once_that_it_gives_no_sign_of_life(capsys, folder):
    well = jobs.run(folder.name)
    silent = replace(well, state="running", message="No sign of life for 40 seconds.")
    for before, now in ((well, well), (well, silent), (silent, silent)):
        assert runs._with_a_word_of_trouble(before, now) is now

    assert capsys.readouterr().err == "No sign of life for 40 seconds.\n"


def test_what_another_machine_left_is_named_and_taken_over(capsys, folder):
    jobs.change(folder, machine=AWAY)
    listed = ask(capsys, "runs")[1]["runs"][0]
    assert (listed["elsewhere"], listed["position"]) == ("attic", 0)
    cli.main(["runs"])
    assert "queued on attic" in capsys.readouterr().out

    for verb in ("stop", "remove"):
        status, told = ask(capsys, verb, folder.name)
        assert (status, told["error"]["kind"]) == (2, "not-compatible")
        assert "belongs to the machine 'attic'" in told["error"]["message"]
    status, told = ask(capsys, "take-over", folder.name)
    assert (status, told["state"]) == (0, "queued")
    status, told = ask(capsys, "take-over", folder.name)
    assert status == 2
    assert ask(capsys, "remove", folder.name)[0] == 0
