"""Runs: all of them, with what can be done to each."""

import errno
import shutil

import pytest

from mlcore import data, durable, events, jobs, library, training
from mlcore.jobs import sweeps
from mlcore.library import labels


@pytest.fixture
def failed(tiny_data, home):
    """A run that failed after two epochs."""
    folder = home / "models" / "broken"
    folder.mkdir(parents=True)
    recipe = training.draft("shapes", "mlp", None, ["training.epochs=7"])
    durable.write_json(folder / "recipe.json", recipe.model_dump(mode="json"))
    status = {"state": "failed", "title": "Broken *run*", "created": 5.0, "message": "The loss stopped being a number."}
    durable.write_json(folder / "status.json", status)
    for epoch in (1, 2):
        ended = events.EpochEnded(epoch, 4 * epoch, 1 / epoch, 0.5, 1 / epoch, 0.4, 0.001, 1.0, 50.0)
        events.append(folder / "events.jsonl", ended)
    (folder / "log.txt").write_text("what the process printed")
    return "broken"


def test_the_table_tells_state_and_title(open_page, failed):
    table = table_with(open_page("runs"), "Progress")

    assert (table["Run"][0], table["State"][0]) == ("Broken *run*", "Failed")
    assert list(table["Run"][1:]) == [card.title for card in library.all()]


def test_a_task_is_listed_with_its_settings_and_without_curves(open_page, monkeypatch, tiny_model):
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    id = jobs.start_task("evaluate", {"model": "tiny", "data": "shapes"}, "How good?")
    page = open_page("runs", run=id)
    table = table_with(page, "Progress")

    assert (table["Run"][0], table["State"][0]) == ("How good?", "Waiting, number 1")
    assert (table["Data"][0], table["What"][0]) == ("shapes", "Evaluation")
    assert [button.key for button in page.button if button.key in ("runs.clone", "runs.watch")] == []


def test_a_model_is_listed_with_the_version_that_it_saw_once_there_is_another(open_page, tiny_model):
    assert table_with(open_page("runs"), "Progress")["Data"][0] == "shapes"
    data.edit("shapes", [data.Drop([0])])

    assert table_with(open_page("runs"), "Progress")["Data"][0] == "shapes, version 1"


def table_with(page, column: str):
    """The table that has a column; only those in which rows can be picked are known by their key."""
    return next(table.value for table in page.dataframe if column in table.value)


@pytest.fixture
def waiting(monkeypatch, tiny_data):
    """Three runs in the queue, and none that starts."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    monkeypatch.setattr(jobs.queue, "assign", lambda *_: {})
    draft = [training.draft("shapes", "mlp", None, [f"training.seed={seed}"]) for seed in range(3)]
    return [jobs.start(recipe, f"Run {seed}") for seed, recipe in enumerate(draft)]


def test_a_waiting_run_can_push_in(open_page, check, waiting):
    page = open_page("runs")
    assert page.button(key=f"queue.up.{waiting[0]}").disabled
    assert page.button(key=f"queue.down.{waiting[2]}").disabled
    check(page.button(key=f"queue.first.{waiting[2]}").click().run())

    assert [jobs.run(id).position for id in waiting] == [2, 3, 1]


def test_a_sweep_shows_its_members_its_best_and_how_to_stop_it(open_page, check, monkeypatch, tiny_data, home):
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    sweep = sweeps.begin(training.draft("shapes", "mlp"), ["training.learning_rate=0.001,0.01,0.1"], "grid")
    for member, accuracy in zip(sweeps.members(sweep)[:2], (0.5, 0.75), strict=True):
        folder = home / "models" / member.run.id
        events.append(folder / "events.jsonl", events.EpochEnded(1, 4, 1.0, 0.5, 1.0, accuracy, 0.001, 1.0, 1.0))
        jobs.change(folder, state="done")
    page = open_page("runs", sweep=sweep.id)
    table = table_with(page, "Learning rate")

    assert next(iter(table["Learning rate"])) == "0.01"
    assert any("Learning rate 0" in success.value for success in page.success)
    assert any("2 runs as lines through Learning rate" in chart.proto.alt for chart in page.get("plotly_chart"))
    check(page.button(key="sweep.stop").click().run())
    assert sweeps.find(sweep.id).stopped


def test_what_a_network_saw_can_be_looked_at_epoch_by_epoch(open_page, check, tiny_model):
    page = open_page("runs", run=tiny_model)
    slider = page.select_slider(key=f"learning.epoch.{tiny_model}")
    check(slider.set_value(1).run())

    assert list(table_with(page, "Picture")["Picture"]) == list(range(1, 6))


def test_curves_of_several_runs_share_a_chart(open_page, failed, tiny_model):
    alts = [chart.proto.alt for chart in open_page("runs").get("plotly_chart")]

    assert len(alts) == 2
    assert all("Broken" in alt and "Tiny" in alt for alt in alts)


def test_runs_of_one_title_keep_a_line_each(open_page, tiny_model, home):
    shutil.copytree(home / "models" / "tiny", home / "models" / "tiny-2")
    alts = [chart.proto.alt for chart in open_page("runs").get("plotly_chart")]

    assert any("Tiny ends" in alt and "Tiny (2) ends" in alt for alt in alts)


def test_a_failure_is_told_in_words(open_page, failed):
    assert any("The loss stopped being a number." in text.value for text in open_page("runs", run=failed).text)


def test_deleting_asks_first(open_page, check, failed):
    page = check(open_page("runs", run=failed).button(key="runs.delete").click().run())

    assert jobs.run(failed).title == "Broken *run*"
    page.button(key="runs.delete.sure").click().run()
    assert jobs.all() == []


def test_what_cant_be_done_is_greyed(open_page, tiny_model):
    page = open_page("runs", run=tiny_model)

    assert page.button(key="runs.stop").disabled
    assert page.button(key="runs.resume").disabled


@pytest.mark.parametrize(
    ("kind", "label"), [("activation-maximisation", "Resume"), ("evaluate", "Start again"), ("gone", "Resume")]
)
def test_a_task_that_cant_go_on_is_offered_anew(open_page, home, kind, label):
    folder = home / "models" / "stopped"
    folder.mkdir(parents=True)
    durable.write_json(folder / "task.json", {"kind": kind, "settings": {}})
    durable.write_json(folder / "status.json", {"state": "stopped", "title": "A task", "created": 5.0})

    assert open_page("runs", run="stopped").button(key="runs.resume").label == label


def test_a_clone_fills_the_form_of_train(open_page, check, failed):
    page = open_page("runs", run=failed).button(key="runs.clone").click().run()
    page = check(page.switch_page("pages/train.py").run())

    assert page.number_input(key="train.training.epochs").value == 7
    assert page.selectbox(key="architecture").value == "mlp"
    assert page.button(key="train.start")


def test_a_finished_run_leads_to_its_model(open_page, tiny_model):
    links = open_page("runs", run=tiny_model).main.get("page_link")

    assert [link.proto.page for link in links] == ["evaluate", "classify", "explain"]
    assert library.card_of(tiny_model)


def test_ticked_rows_stay_ticked_when_another_run_comes_before_them(open_page, check, tiny_model, waiting):
    page = open_page("runs")
    page.session_state["runs.ticked"] = [tiny_model]
    page = check(page.run())
    table = next(table for table in page.dataframe if "Progress" in table.value)

    assert list(table.value["Run"]).index("Tiny") == 3
    assert '"rows": [3]' in table.proto.selection_default


def test_the_lesser_members_of_a_sweep_are_folded_and_last_in_pickers(open_page, check, monkeypatch, tiny_data, home):
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    sweep = sweeps.begin(training.draft("shapes", "mlp"), ["training.learning_rate=0.001,0.01,0.1,0.2"], "grid")
    scores = [0.5, 0.75, 0.5, 0.25]
    for member, accuracy in zip(sweeps.members(sweep), scores, strict=True):
        folder = home / "models" / member.run.id
        events.append(folder / "events.jsonl", events.EpochEnded(1, 4, 1.0, 0.5, 1.0, accuracy, 0.001, 1.0, 1.0))
        jobs.change(folder, state="done")
    page = open_page("runs")
    folded = len(table_with(page, "Progress"))
    shown = check(page.toggle(key="runs.unfolded").set_value(True).run())

    assert sorted(words.split(" in ")[0] for words in sweeps.lesser().values()) == [
        "place 2 (shared) of 4",
        "place 2 (shared) of 4",
        "place 4 of 4",
    ]
    assert len(table_with(shown, "Progress")) == folded + 3


def test_a_model_is_named_tagged_and_pinned_on_the_page(open_page, check, tiny_model):
    page = open_page("runs", run=tiny_model)
    page.selectbox(key="label.model").set_value(tiny_model).run()
    page.text_input(key=f"label.{tiny_model}.title").set_value("Shapes, told apart")
    page.text_input(key=f"label.{tiny_model}.tags").set_value("demo, team")
    page.toggle(key=f"label.{tiny_model}.pinned").set_value(True)
    page = check(page.button(key=f"label.{tiny_model}.write").click().run())
    table = table_with(page, "Progress")

    assert (table["Run"][0], table["Tags"][0]) == ("Shapes, told apart", "pinned, demo, team")
    assert library.card_of(tiny_model).title == "Shapes, told apart"


def test_a_full_disk_is_told_and_leaves_the_label_as_it_was(open_page, monkeypatch, tiny_model):
    labels.write(tiny_model, labels.checked("First"))
    page = open_page("runs", run=tiny_model)
    page.selectbox(key="label.model").set_value(tiny_model).run()
    page.text_input(key=f"label.{tiny_model}.title").set_value("Second")
    monkeypatch.setattr(durable, "_write_new", full)
    page = page.button(key=f"label.{tiny_model}.write").click().run()

    assert "the disk of this machine is full" in page.error[0].value
    assert library.card_of(tiny_model).title == "First"


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")
