"""Sweeps: members are queued, told from other runs, compared, and the sweep goes on by itself."""

import json

import pytest

from mlcore import data, durable, events, jobs, training
from mlcore.errors import Refused
from mlcore.home import home
from mlcore.jobs import sweeps

VARY = ["training.learning_rate=0.001,0.01", "settings.hidden=[8],[8,8]"]


@pytest.fixture(autouse=True)
def parked(monkeypatch, tiny_data):
    """No process is started: for what sweep and queue alone decide."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)


def base(*assignments):
    return training.draft("shapes", "mlp", None, ["training.epochs=2", *assignments])


def finish(run, *accuracies):
    """Let a run end with these validation accuracies, one for each epoch."""
    folder = home() / "models" / run.id
    for epoch, accuracy in enumerate(accuracies, 1):
        ended = events.EpochEnded(epoch, epoch, 0.5, 0.5, 0.5, accuracy, 0.001, 1.0, 1.0)
        events.append(folder / "events.jsonl", ended)
    jobs.change(folder, state="done")


def test_a_grid_is_queued_as_a_whole():
    sweep = sweeps.begin(base(), VARY, "grid")
    found = sweeps.members(sweep)

    assert sweep.runs == len(found) == 4
    assert [member.values["settings.hidden"] for member in found] == [[8], [8, 8], [8], [8, 8]]
    assert [member.run.recipe.training.learning_rate for member in found] == [0.001, 0.001, 0.01, 0.01]
    assert all(member.run.state == "queued" for member in found)
    assert sweeps.find(sweep.id) == sweep == sweeps.all()[0]


def test_members_that_learn_from_others_come_one_by_one():
    sweep = sweeps.begin(base(), ["training.learning_rate=0.001..0.1:log"], "tpe", runs=3)
    for count in (1, 2, 3):
        found = sweeps.members(sweep)

        assert len(found) == count
        finish(found[-1].run, 0.5 + count / 10)
        sweeps.advance_all()
    assert len(sweeps.members(sweep)) == 3
    assert sweeps.best(sweeps.members(sweep)).score == pytest.approx(0.8)


def test_the_best_is_judged_by_the_weights_that_were_kept():
    """Without early stopping the last epoch counts, with it the best one."""
    plain = sweeps.begin(base(), ["training.learning_rate=0.001,0.01"], "grid")
    early = sweeps.begin(base("training.early_stopping=5"), ["training.learning_rate=0.001,0.01"], "grid")
    for sweep in (plain, early):
        first, second = sweeps.members(sweep)
        finish(first.run, 0.9, 0.6)
        finish(second.run, 0.5, 0.7)

    assert sweeps.best(sweeps.members(plain)).values == {"training.learning_rate": 0.01}
    assert sweeps.best(sweeps.members(early)).values == {"training.learning_rate": 0.001}


def test_a_stopped_sweep_starts_no_more():
    sweep = sweeps.begin(base(), ["training.learning_rate=0.001..0.1:log"], "tpe", runs=5)
    sweeps.stop(sweep.id)
    sweeps.advance_all()

    assert [member.run.state for member in sweeps.members(sweep)] == ["stopped"]
    assert sweeps.best(sweeps.members(sweep)) is None


@pytest.mark.parametrize(
    ("vary", "method", "runs"),
    [
        ([], "grid", None),
        (["training.learning_rate=0.001,100"], "grid", None),
        (["training.colour=1,2"], "random", 2),
        (["training.seed=0..1000:100", "training.batch_size=1..99:50"], "grid", None),
        (["training.learning_rate=0.001,0.01"], "random", 9999),
    ],
)
def test_what_cant_be_is_refused_before_anything_is_queued(vary, method, runs):
    with pytest.raises(Refused):
        sweeps.begin(base(), vary, method, runs)

    assert jobs.all() == []
    assert sweeps.all() == []


def test_a_damaged_sweep_takes_only_itself_away():
    good = sweeps.begin(base(), VARY, "random", runs=1)
    durable.write_text(home() / "sweeps" / "bad.json", '{"axes": 3}')

    assert sweeps.all() == [good]
    with pytest.raises(Refused, match="nobody"):
        sweeps.find("nobody")


def test_the_best_of_several_is_said_to_be_flattered_by_the_choice():
    sweep = sweeps.begin(base(), ["training.learning_rate=0.001,0.01"], "grid")
    first, second = sweeps.members(sweep)
    finish(first.run, 0.8)
    assert sweeps.caveat(sweeps.members(sweep)) == ""

    finish(second.run, 0.9)
    assert "The best of 2 looks better than it is" in sweeps.caveat(sweeps.members(sweep))


def test_a_sweep_goes_no_further_on_other_data_of_that_name(shapes_folder):
    sweep = sweeps.begin(base(), ["training.learning_rate=0.001..0.1:log"], "tpe", runs=3)
    assert sweeps.halted(sweep) == ""
    data.remove("shapes")
    data.add(shapes_folder, "shapes", seed=1)

    finish(sweeps.members(sweep)[0].run, 0.5)
    sweeps.advance_all()

    assert len(sweeps.members(sweep)) == 1
    assert "'shapes' isn't the one that this sweep began with" in sweeps.halted(sweep)


def test_a_sweep_goes_on_with_the_version_that_it_began_with():
    sweep = sweeps.begin(base(), ["training.learning_rate=0.001..0.1:log"], "tpe", runs=3)
    data.edit("shapes", [data.Relabel([0], "disc")])

    finish(sweeps.members(sweep)[0].run, 0.5)
    sweeps.advance_all()

    assert sweeps.halted(sweep) == ""
    assert {each.run.recipe.fingerprint for each in sweeps.members(sweep)} == {sweep.recipe.fingerprint}
    assert len(sweeps.members(sweep)) > 1


def test_a_sweep_that_was_copied_in_begins_nothing_and_says_so():
    whole = sweeps.begin(base(), VARY, "grid")
    copy = whole.model_copy(update={"id": "copied", "ticket": f"{whole.ticket}0"})
    durable.write_json(home() / "sweeps" / "copied.json", copy.model_dump(mode="json"))
    sweeps.advance_all()

    assert sweeps.members(sweeps.find("copied")) == []
    assert "another folder" in sweeps.halted(sweeps.find("copied"))
    assert sweeps.halted(whole) == ""


def test_what_isnt_a_sweep_is_named_with_its_reason_and_can_be_removed():
    sweep = sweeps.begin(base(), VARY, "grid")
    values = sweep.model_dump(mode="json")
    others = {
        "half": "{",
        "other-name": json.dumps(values),
        "none": json.dumps({**values, "id": "none", "recipe": None}),
        "newer": json.dumps({**values, "id": "newer", "colour": 1}),
    }
    for name, text in others.items():
        (home() / "sweeps" / f"{name}.json").write_text(text)
    reasons = {each.name: each for each in sweeps.unreadable()}

    assert {each.id for each in sweeps.all()} == {sweep.id, "newer"}
    assert sorted(reasons) == sorted(f"{name}.json" for name in others)
    assert reasons["newer.json"].listed
    assert "colour" in reasons["newer.json"].reason
    for name in ("half", "other-name", "none"):
        sweeps.remove_unreadable(f"{name}.json")
    with pytest.raises(Refused):
        sweeps.remove_unreadable("newer.json")
    assert sorted(path.name for path in (home() / "sweeps").glob("*.json")) == sorted(
        ["newer.json", f"{sweep.id}.json"]
    )
