"""Runs: queued, started one at a time, stopped, resumed, and never lost by a kill."""

import json
import os
import signal
import time

import numpy as np
import psutil
import pytest
from PIL import Image

from mlcore import data, durable, evaluation, images, jobs, library, training
from mlcore.data.binding import bound
from mlcore.errors import Kind, Refused
from mlcore.events import CheckpointSaved, EpochEnded, TrainingResumed
from mlcore.home import home
from mlcore.jobs import sweeps, worker
from mlcore.recipe import Recipe

LONG = ("training.epochs=1000", "training.batch_size=8")
WAIT_SECONDS = 120


def recipe(*assignments):
    return training.draft("shapes", "mlp", None, ["settings.hidden=[8]", *assignments])


def wait_for(promise):
    """Wait until a promise holds; a run has to load its engine first."""
    end = time.monotonic() + WAIT_SECONDS
    while not promise():
        assert time.monotonic() < end, [(run.id, run.state, run.message) for run in jobs.all()]
        time.sleep(0.1)


def trains(id):
    return lambda: any(isinstance(line.event, EpochEnded) for line in jobs.read_events(id)[0])


def ends(id):
    return lambda: not jobs.run(id).live


@pytest.fixture(autouse=True)
def _nothing_left_running(tiny_data):
    yield
    for run in jobs.all():
        pid = (durable.read_json(home() / "models" / run.id / "status.json") or {}).get("pid")
        if run.live and pid:
            psutil.Process(pid).kill()


def kill(id):
    pid = durable.read_json(home() / "models" / id / "status.json")["pid"]
    os.kill(pid, signal.SIGKILL)
    wait_for(ends(id))


@pytest.fixture
def parked(monkeypatch):
    """No run is started: for what the queue alone decides."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)


def test_a_run_is_a_folder_with_recipe_and_status(parked):
    id = jobs.start(recipe())

    assert jobs.run(id).recipe == bound(recipe())
    assert jobs.run(id).state == "queued"
    files = [path.name for path in (home() / "models" / id).iterdir() if not path.name.startswith(".")]
    assert sorted(files) == ["recipe.json", "status.json"]


def replaced(shapes_folder):
    """Other data under the same name: the same pictures, split by another seed."""
    data.remove("shapes")
    return data.add(shapes_folder, "shapes", seed=1)


@pytest.mark.parametrize("kind", ["train", "repair", "teach"])
def test_a_run_isnt_resumed_with_other_data_of_that_name(parked, shapes_folder, kind):
    small_batch = {"batch_size": 8} if kind == "repair" else {}
    settings = recipe().model_dump(mode="json") if kind == "train" else {"data": "shapes", **small_batch}
    id = jobs.start_task(kind, settings)
    jobs.stop(id)
    replaced(shapes_folder)

    with pytest.raises(Refused, match="'shapes' isn't the one that this was begun with") as refused:
        jobs.resume(id)
    assert refused.value.kind == Kind.NOT_COMPATIBLE
    assert jobs.run(id).state == "stopped"


def test_the_recipe_of_a_run_doesnt_start_on_other_data_of_that_name(parked, shapes_folder):
    before = jobs.run(jobs.start(recipe())).recipe
    replaced(shapes_folder)

    with pytest.raises(Refused, match="isn't the one that this was begun with"):
        jobs.start(before)
    assert jobs.run(jobs.start(recipe())).recipe.fingerprint != before.fingerprint


def test_a_run_goes_on_and_begins_again_with_the_version_that_it_saw(parked):
    id = jobs.start(recipe())
    before = jobs.run(id).recipe
    jobs.stop(id)
    data.edit("shapes", [data.Relabel([0], "disc")])

    assert jobs.resume(id).state == "queued"
    assert jobs.run(jobs.start(before)).recipe.fingerprint == before.fingerprint
    assert jobs.run(jobs.start(recipe())).recipe.fingerprint == data.open("shapes").fingerprint != before.fingerprint


def test_a_waiting_run_doesnt_begin_with_data_that_were_replaced_meanwhile(parked, shapes_folder):
    id = jobs.start(recipe())
    replaced(shapes_folder)

    with pytest.raises(Refused, match="isn't the one that this was begun with"):
        worker._Worker(home() / "models" / id, None)._do()


def test_a_twin_is_one_on_the_same_data(parked, shapes_folder):
    id = jobs.start(recipe())
    jobs.change(home() / "models" / id, state="done")
    (home() / "models" / id / "card.json").write_text("{}")
    assert jobs.finished_twin(recipe()).id == id

    replaced(shapes_folder)
    assert jobs.finished_twin(recipe()) is None


def test_an_older_run_whose_data_arent_known_is_resumed(parked, shapes_folder):
    id = jobs.start(recipe())
    path = home() / "models" / id / "recipe.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "fingerprint": ""}))
    jobs.stop(id)
    replaced(shapes_folder)

    assert jobs.resume(id).state == "queued"


def test_the_same_recipe_twice_gives_two_runs(parked):
    assert jobs.start(recipe()) != jobs.start(recipe())


def test_the_queue_says_who_is_next(parked):
    ids = [jobs.start(recipe(f"training.seed={seed}")) for seed in range(3)]

    assert [jobs.run(id).position for id in ids] == [1, 2, 3]
    jobs.stop(ids[0])
    assert [jobs.run(id).position for id in ids] == [0, 1, 2]
    assert jobs.run(ids[0]).state == "stopped"


def test_a_process_that_is_gone_is_an_interrupted_run_even_if_its_number_lives_on(parked):
    id = jobs.start(recipe())
    jobs.change(home() / "models" / id, state="running", pid=os.getpid(), born="another boot 12345")

    assert jobs.run(id).state == "interrupted"
    assert jobs.run(id).can_resume


ODD = ["", "{", "[]", '{"state": "running", "created": "abc"}', '{"state": "flying"}', '{"state": 1}', "[" * 10_000]


@pytest.mark.parametrize("status", ODD)
def test_a_damaged_status_takes_only_its_own_run_away(parked, status):
    good, bad = jobs.start(recipe()), jobs.start(recipe())
    (home() / "models" / bad / "status.json").write_text(status)

    assert [run.id for run in jobs.all()] == [good]


@pytest.mark.parametrize("pid", [-5, 0, 2**59, "12", None])
def test_an_odd_process_number_is_nobody(parked, pid):
    id = jobs.start(recipe())
    jobs.change(home() / "models" / id, state="running", pid=pid, born=None)

    assert jobs.run(id).state == "interrupted"


def test_two_who_resume_at_once_start_one_process(parked):
    id = jobs.start(recipe())
    jobs.stop(id)
    jobs.resume(id)

    with pytest.raises(Refused):
        jobs.resume(id)


def test_unknown_runs_are_refused():
    for name in ("nobody", "../x", ""):
        with pytest.raises(Refused) as refused:
            jobs.run(name)
        assert refused.value.kind == "unknown-run"


def test_a_run_becomes_a_model(tiny_data):
    id = jobs.start(recipe("training.epochs=2"), title="My first")
    wait_for(ends(id))

    assert jobs.run(id).state == "done", jobs.log(id)
    assert jobs.run(id).progress == 1.0
    assert library.card_of(id).title == "My first"
    assert library.card_of(id).accuracy.n == len(tiny_data.split("test"))


def test_killed_then_resumed_it_goes_on_and_no_event_is_lost(tiny_data):
    id = jobs.start(recipe(*LONG))
    wait_for(trains(id))
    kill(id)
    before = jobs.read_events(id)[0]

    assert jobs.run(id).state == "interrupted"
    assert "Resume" in jobs.run(id).message
    assert library.all() == [card for card in library.all() if card.starter]
    jobs.resume(id)
    wait_for(lambda: any(isinstance(line.event, TrainingResumed) for line in jobs.read_events(id)[0]))
    jobs.stop(id)
    wait_for(ends(id))

    after = jobs.read_events(id)[0]
    assert after[: len(before)] == before
    resumed = next(line.event for line in after if isinstance(line.event, TrainingResumed))
    saved = [line.event.step for line in before if isinstance(line.event, CheckpointSaved)]
    assert resumed.step >= saved[-1] > 0
    assert jobs.run(id).state == "stopped"


def test_one_works_while_the_others_wait_and_each_gets_its_turn(tiny_data):
    first, second = jobs.start(recipe(*LONG)), jobs.start(recipe("training.epochs=1"))
    wait_for(trains(first))

    assert jobs.run(second).state == "queued"
    assert jobs.run(second).position == 1
    with pytest.raises(Refused):
        jobs.remove(first)
    jobs.stop(first)
    wait_for(ends(first))
    wait_for(lambda: jobs.run(second).state == "done")
    jobs.remove(second)
    assert [run.id for run in jobs.all()] == [first]


def test_a_task_works_in_a_process_of_its_own(tiny_model, tiny_data):
    id = jobs.start_task("evaluate", {"model": "tiny", "split": "val"})
    wait_for(ends(id))

    assert (jobs.run(id).state, jobs.run(id).progress) == ("done", 1.0), jobs.log(id)
    assert "val" in evaluation.names(library.folder("tiny"))


def test_a_task_that_cannot_be_says_why(tiny_data):
    id = jobs.start_task("evaluate", {"model": "nobody"})
    wait_for(ends(id))

    assert jobs.run(id).state == "failed"
    assert "nobody" in jobs.run(id).message


def test_a_run_that_cannot_be_says_why(tiny_data):
    id = jobs.start(recipe().model_copy(update={"data": "nowhere"}))
    wait_for(ends(id))

    assert jobs.run(id).state == "failed"
    assert "nowhere" in jobs.run(id).message
    assert "Traceback" not in jobs.run(id).message


def test_one_class_is_refused_before_a_run_is_made(tmp_path):
    for number in range(12):
        pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3)).astype("uint8")
        (tmp_path / f"{number}.png").write_bytes(images.png(pixels))
    data.add(tmp_path, "faces")

    with pytest.raises(Refused, match="a classifier needs at least two") as refused:
        jobs.start(training.draft("faces", "mlp", None))
    assert refused.value.kind == Kind.NEED_TWO_CLASSES
    assert jobs.all() == []


def small(tmp_path, side, count):
    """The data set "small": so many pictures of a side in each of two classes."""
    random = np.random.default_rng(0)
    for name in ("a", "b"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 256, (side, side, 3), "uint8")
            Image.fromarray(pixels).save(tmp_path / "pictures" / name / f"{number}.png")
    data.add(tmp_path / "pictures", "small")


def begin_training(architecture):
    jobs.start(Recipe(data="small", architecture=architecture))


IMPOSSIBLE = {
    "a classifier": (5, 8, "at least 8 x 8 pixels; these have 5 x 5", lambda: begin_training("cnn")),
    "a deep one": (5, 8, "at least 16 x 16", lambda: begin_training("densenet")),
    "a generator": (20, 8, "28 x 28, .*; these have 20 x 20", lambda: jobs.start_task("gan", {"data": "small"})),
    "few for a generator": (28, 8, "12 training pictures", lambda: jobs.start_task("gan", {"data": "small"})),
    "few to repair": (16, 8, "one batch of them, which is 64", lambda: jobs.start_task("repair", {"data": "small"})),
    "a sweep": (
        5,
        8,
        "at least 8 x 8",
        lambda: sweeps.begin(Recipe(data="small", architecture="cnn"), ["training.epochs=1,2"], "grid"),
    ),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_the_pictures_dont_allow_is_refused_before_there_is_a_run(parked, tmp_path, what):
    side, count, words, begin = IMPOSSIBLE[what]
    small(tmp_path, side, count)

    with pytest.raises(Refused, match=words):
        begin()
    assert jobs.all() == []
    assert sweeps.all() == []
