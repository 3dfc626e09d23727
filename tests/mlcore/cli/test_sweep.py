"""The verb of sweeps, and what `train` says to a recipe that it has seen."""

import json
import time

import pytest

from mlcore import jobs
from mlcore.cli import main
from mlcore.jobs import sweeps

SMALL = ["--data", "shapes", "--architecture", "mlp", "--set", "settings.hidden=[8]", "--set", "training.epochs=1"]


def told(capsys, *words):
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.fixture
def parked(monkeypatch):
    monkeypatch.setattr(jobs, "_begin", lambda id: None)


def test_a_sweep_can_be_started_shown_listed_and_stopped(capsys, parked, tiny_data):
    vary = ["--vary", "training.learning_rate=0.001..0.1:log:4", "--method", "grid", "--detach"]
    status, begun = told(capsys, "sweep", *SMALL, *vary)
    _, shown = told(capsys, "sweep", "--show", begun["id"])
    _, listed = told(capsys, "sweep", "--show", "all")
    _, stopped = told(capsys, "sweep", "--stop", begun["id"])

    assert status == 0
    assert [row["values"]["training.learning_rate"] for row in shown["members"]] == [0.001, 0.00464159, 0.0215443, 0.1]
    assert [row["id"] for row in listed["sweeps"]] == [begun["id"]]
    assert {row["state"] for row in stopped["members"]} == {"stopped"}


def test_without_anything_to_vary_it_says_so(capsys, tiny_data):
    assert main(["sweep", *SMALL]) == 2
    assert "something to vary" in capsys.readouterr().err
    assert sweeps.all() == []


@pytest.mark.slow
def test_a_sweep_trains_its_members_and_names_the_best(capsys, tiny_data):
    vary = ["--vary", "training.learning_rate=1e-6,0.01", "--method", "grid"]
    status, document = told(capsys, "sweep", *SMALL[:-1], "training.epochs=5", *vary)

    assert status == 0
    assert [row["state"] for row in document["members"]] == ["done", "done"]
    best = next(row for row in document["members"] if row["id"] == document["best"])
    assert best["values"] == {"training.learning_rate": 0.01}


def test_the_very_same_recipe_gives_the_model_that_is_there(capsys, parked, home, tiny_model):
    jobs.change(home / "models" / tiny_model, created=time.time())  # the fixture's is of 1970, older than its data
    recipe = jobs.run(tiny_model).recipe
    assignments = ["--set", "training.epochs=2", "--set", "training.batch_size=16"]
    words = ["train", "--data", recipe.data, "--architecture", recipe.architecture, *assignments]
    status, document = told(capsys, *words)
    _, again = told(capsys, *words, "--again", "--detach")

    assert (status, document["id"], document["trained_before"]) == (0, tiny_model, True)
    assert again["id"] != tiny_model


def test_data_that_are_younger_than_the_model_are_trained_on_anew(tiny_model):
    """By its status the model is of 1970."""
    assert jobs.finished_twin(jobs.run(tiny_model).recipe) is None
