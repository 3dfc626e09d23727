"""A process that vanished: was it for want of memory, and what then?"""

import json
import os
import time

import pytest

from mlcore import jobs, training
from mlcore.errors import Kind
from mlcore.home import home
from mlcore.jobs import faults, postmortem
from mlcore.machine import memory
from mlcore.settings import override

FREE = {"available": 10_000, "total": 20_000, "endings": 5}


@pytest.fixture
def vanished(monkeypatch, tiny_data):
    """A run whose process is gone; `before` and `after` are the memory's facts at its last sign of life and later."""
    monkeypatch.setattr(jobs, "_begin", lambda id: None)

    def vanish(before: dict, after: dict, batch_size: int = 128) -> str:
        id = jobs.start(training.draft("shapes", "mlp", None, [f"training.batch_size={batch_size}"]))
        folder = home() / "models" / id
        (folder / postmortem.ALIVE).write_text(json.dumps(before))
        jobs.change(folder, state="running", pid=1, born="another boot 1")
        monkeypatch.setattr(memory, "facts", lambda: after)
        return id

    return vanish


def test_with_memory_to_spare_it_is_a_kill(vanished):
    run = jobs.run(vanished(FREE, FREE))

    assert (run.state, run.failure, run.smaller_batch) == ("interrupted", "", None)


def test_an_ending_by_the_system_is_told_with_a_batch_size_that_may_fit(vanished):
    run = jobs.run(vanished(FREE, {**FREE, "endings": 6}))

    assert (run.failure, run.smaller_batch) == (Kind.OUT_OF_MEMORY, 64)
    assert "ran out of memory" in run.message
    assert "64" in run.message


@pytest.mark.parametrize("words", ["LLVM ERROR: pthread_create failed: again", "std::bad_alloc", "it went well"])
@pytest.mark.parametrize("age", [0, 3600])
def test_a_library_that_gave_up_for_want_of_memory_said_so_in_the_log(vanished, words, age):
    """What was printed before the process was started, here an hour ago, explains nothing."""
    id = vanished(FREE, FREE)
    log = home() / "models" / id / "log.txt"
    log.write_text(f"epoch 1\n{words}\n")
    os.utime(log, (time.time() - age,) * 2)
    jobs.change(log.parent, started=time.time() - 60)

    assert jobs.run(id).failure == ("" if age or words == "it went well" else Kind.OUT_OF_MEMORY)


def test_a_batch_of_one_cant_be_halved(vanished):
    run = jobs.run(vanished(FREE, {**FREE, "endings": 6}, batch_size=1))

    assert (run.failure, run.smaller_batch) == (Kind.OUT_OF_MEMORY, None)


def test_what_happens_later_doesnt_change_the_account(vanished, monkeypatch):
    id = vanished(FREE, FREE)
    before = jobs.run(id)
    monkeypatch.setattr(memory, "facts", lambda: {**FREE, "endings": 99})

    assert jobs.run(id) == before


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"available": null}'])
def test_a_sign_of_life_that_cant_be_read_explains_nothing(vanished, damage):
    id = vanished(FREE, FREE)
    (home() / "models" / id / postmortem.ALIVE).write_text(damage)

    assert jobs.run(id).failure == ""


def test_resumed_it_has_a_clean_record(vanished):
    id = vanished(FREE, {**FREE, "endings": 6})
    jobs.resume(id)

    assert (jobs.run(id).state, jobs.run(id).failure, jobs.run(id).message) == ("queued", "", "")


class ResourceExhaustedError(Exception):
    """As TensorFlow calls it."""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MemoryError(), Kind.OUT_OF_MEMORY),
        (type("_ArrayMemoryError", (MemoryError,), {})("Unable to allocate 8 GiB"), Kind.OUT_OF_MEMORY),
        (ResourceExhaustedError("OOM when allocating tensor"), Kind.OUT_OF_MEMORY),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes"), Kind.OUT_OF_MEMORY),
        (OSError(28, "No space left on device"), Kind.DISK_FULL),
        (ValueError("shapes don't match"), "internal"),
    ],
)
def test_trouble_has_a_kind_and_a_sentence(error, kind):
    found, sentence = faults.reason(error)

    assert found == kind
    assert sentence.endswith(".")


def test_the_proposed_recipe_differs_in_the_batch_size_alone(vanished):
    run = jobs.run(vanished(FREE, {**FREE, "endings": 6}))
    smaller = training.checked(
        override(run.recipe.model_dump(mode="json"), [f"training.batch_size={run.smaller_batch}"])
    )

    assert smaller.model_copy(update={"training": run.recipe.training}) == run.recipe
