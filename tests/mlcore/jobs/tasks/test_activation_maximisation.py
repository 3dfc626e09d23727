"""Pictures for every class, made in a process of their own; here in ours."""

import numpy as np
import pytest

from mlcore import images
from mlcore.errors import Kind, Refused
from mlcore.events import PartsDone
from mlcore.jobs import tasks
from mlcore.jobs.tasks.activation_maximisation import pictures_of

WISH = {"model": "tiny", "steps": 4}


@pytest.fixture
def run(tiny_model, tmp_path):
    """Run the task in a folder; gives what it gave and the events it emitted."""

    def run_it(should_stop=lambda: False, **settings):
        entry, events = tasks.shelf.get("activation-maximisation"), []
        given = entry.run(entry.settings(**WISH | settings), tmp_path, events.append, should_stop)
        return given, [event.done for event in events if isinstance(event, PartsDone)]

    return run_it


def test_every_class_gets_a_picture(run, tmp_path):
    assert run() == (None, [1, 2, 3])
    found = pictures_of(tmp_path)

    assert [index for index, _ in found] == [0, 1, 2]
    pictures = [images.decode(path.read_bytes()).pixels for _, path in found]
    assert pictures[0].shape == (16, 16, 3)
    assert not np.array_equal(pictures[0], pictures[1])


def test_stopped_it_goes_on_from_what_is_there(run, tmp_path):
    answers = iter([False, True])
    with pytest.raises(Refused) as ended:
        run(lambda: next(answers, True))
    assert ended.value.kind == Kind.CANCELLED
    (first,) = pictures_of(tmp_path)
    before = first[1].stat().st_mtime_ns

    assert run()[0] is None
    assert len(pictures_of(tmp_path)) == 3
    assert pictures_of(tmp_path)[0][1].stat().st_mtime_ns == before


def test_maps_of_a_layer_are_pleased_too(run, tmp_path):
    from mlcore import library
    from mlcore.explanation.inside import feature_maps

    layer = feature_maps.layers(library.open("tiny"))[0].name
    run(layer=layer, most=2)

    assert len(pictures_of(tmp_path)) == 2


def test_a_layer_that_is_not_there_is_refused(run):
    with pytest.raises(Refused) as refusal:
        run(layer="nowhere")
    assert refusal.value.kind == Kind.UNKNOWN_NAME
