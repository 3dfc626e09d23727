"""Measuring a generator in the background."""

import pytest

from mlcore import data
from mlcore.errors import Refused
from mlcore.generation.measure import compare, store
from mlcore.jobs import tasks


def run(folder, **settings) -> list:
    entry, told = tasks.shelf.get("measure-generator"), []
    entry.run(entry.settings(**settings), folder, told.append, lambda: False)
    return told


def test_what_was_measured_lies_beside_the_generator(tiny_generator, home, monkeypatch):
    monkeypatch.setattr(compare, "LEAST", 6)
    assert store.load(tiny_generator) is None

    run(home, model=tiny_generator)

    found = store.load(tiny_generator)
    (space,) = found["spaces"]
    assert (home / "models" / tiny_generator / store.FILE).exists()
    assert found["names"] == ["cross", "disc", "square"]
    assert sum(found["real_shares"]) == pytest.approx(1)
    assert found["seen"] is None
    assert space["frechet"] > space["floor"]
    assert 0 <= found["closeness"][space["name"]] <= 1


def test_other_data_of_that_name_are_refused(tiny_generator, home, shapes_folder):
    data.remove("shapes32")
    data.add(shapes_folder, "shapes32", size=32, seed=1)

    with pytest.raises(Refused, match="'shapes32' isn't the one that 'Maker' learned from"):
        run(home, model=tiny_generator)


def test_too_few_pictures_are_refused_and_leave_nothing(tiny_generator, home):
    with pytest.raises(Refused, match="takes 100 training and 100 test pictures"):
        run(home, model=tiny_generator)
    assert store.load(tiny_generator) is None
