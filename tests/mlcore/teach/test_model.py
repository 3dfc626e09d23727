"""From a draft to a data set and a model like any other, and on to fine-tuning."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from mlcore import backbones, data, durable, library, teach, training
from mlcore.errors import Refused
from mlcore.jobs import tasks
from mlcore.settings import read
from tests.conftest import SHAPES, shape_picture


def run(folder, **settings):
    entry, happened = tasks.shelf.get("teach"), []
    folder.mkdir(parents=True, exist_ok=True)
    entry.run(read(entry.settings, settings), folder, happened.append, lambda: False)
    return happened


def draft():
    random, made = np.random.default_rng(0), teach.drafts.new()
    for number, name in enumerate(SHAPES[:2]):
        key = made.classes[number].key
        made.rename_class(key, name)
        for _ in range(10):
            file = BytesIO()
            Image.fromarray(shape_picture(name, random)).save(file, "PNG")
            made.add(key, file.getvalue())
    return made


def test_a_draft_becomes_a_data_set(home):
    kept = teach.keep(draft())

    assert kept.name == "cross-disc"
    assert kept.classes == ("cross", "disc")
    assert kept.splits == {"train": 16, "val": 2, "test": 2}
    assert kept.shape == (32, 32, 3)
    assert teach.keep(draft()).name == "cross-disc-2"


def test_a_taught_model_is_a_model_like_any_other(tiny_data, home):
    folder = home / "models" / "taught"
    import keras

    run(folder, data="shapes")
    classifier, facts = library.open("taught"), durable.read_json(folder / "lesson.json")
    test = tiny_data.split("test")

    assert facts["pictures"] == tiny_data.splits["train"] + tiny_data.splits["val"]
    assert facts["cross_validated"]["n"] == facts["pictures"]
    assert classifier.card.accuracy.n == len(test)
    assert classifier.card.calibrated_on == facts["pictures"]  # each left out in turn
    assert (classifier.card.certainty.split, classifier.card.certainty.n) == ("left-out", facts["pictures"])
    assert classifier.card.command == f"python -m mlcore teach --data shapes --backbone {backbones.DEFAULT} --seed 0"
    if keras.backend.backend() == "tensorflow":  # which the small copy needs
        assert classifier.card.answers_fast
        assert classifier.class_map(test.read([0])[0]).shape == (16, 16)
    by_keras = np.asarray(classifier.model(test.read(range(len(test))).astype("float32")))
    np.testing.assert_allclose(classifier.logits(test.read(range(len(test)))), by_keras, atol=2e-3)


@pytest.mark.slow
def test_of_each_class_as_many_are_taken_as_were_asked_for(tiny_data, home):
    folder = home / "models" / "few"
    run(folder, data="shapes", per_class=3, seed=4)

    assert durable.read_json(folder / "lesson.json")["pictures"] == 9
    assert "--per-class 3 --seed 4" in library.card_of("few").command


def test_too_few_to_learn_from_is_refused(tiny_data, tmp_path):
    with pytest.raises(Refused, match="different picture"):
        run(tmp_path, data="shapes", per_class=1)


def test_fine_tuning_begins_where_the_lesson_ended(tiny_data, home):
    from mlcore.training.network import fresh_network

    run(home / "models" / "taught", data="shapes")
    recipe = teach.fine_tuning("taught")
    network, batch = fresh_network(recipe, data.open("shapes")), tiny_data.split("test").read([0, 1])

    np.testing.assert_allclose(network(batch.astype("float32")), library.open("taught").logits(batch), atol=2e-3)
    assert sum(int(np.prod(weight.shape)) for weight in network.trainable_weights) > 100_000
    assert recipe.training.learning_rate < training.draft("shapes", "transfer").training.learning_rate
