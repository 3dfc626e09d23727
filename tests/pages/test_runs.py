"""Runs: all of them, with what can be done to each."""

import pytest

from mlcore import durable, events, jobs, library, training


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
    table = open_page("runs").dataframe(key="runs.table").value

    assert (table["Run"][0], table["State"][0]) == ("Broken *run*", "Failed")
    assert list(table["Run"][1:]) == [card.title for card in library.all()]


def test_a_task_is_listed_with_its_settings_and_without_curves(open_page, monkeypatch, tiny_model):
    monkeypatch.setattr(jobs, "_begin", lambda id: None)
    id = jobs.start_task("evaluate", {"model": "tiny", "data": "shapes"}, "How good?")
    page = open_page("runs", run=id)
    table = page.dataframe(key="runs.table").value

    assert (table["Run"][0], table["State"][0]) == ("How good?", "Waiting, number 1")
    assert (table["Data"][0], table["What"][0]) == ("shapes", "Evaluation")
    assert [button.key for button in page.button if button.key in ("runs.clone", "runs.watch")] == []


def test_curves_of_several_runs_share_a_chart(open_page, failed, tiny_model):
    alts = [chart.proto.alt for chart in open_page("runs").get("plotly_chart")]

    assert len(alts) == 2
    assert all("Broken" in alt and "Tiny" in alt for alt in alts)


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


def test_a_clone_fills_the_form_of_train(open_page, check, failed):
    page = open_page("runs", run=failed).button(key="runs.clone").click().run()
    page = check(page.switch_page("pages/train.py").run())

    assert page.number_input(key="train.training.epochs").value == 7
    assert page.selectbox(key="architecture").value == "mlp"
    assert page.button(key="train.start")


def test_a_finished_run_leads_to_its_model(open_page, tiny_model):
    links = open_page("runs", run=tiny_model).main.get("page_link")

    assert [link.proto.page for link in links] == ["evaluate", "classify", "explain"]
    assert library.card(tiny_model)
