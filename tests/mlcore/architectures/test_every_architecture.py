"""Every architecture on the shelf takes the same exam."""

import re

import numpy as np
import pytest

from mlcore import architectures
from mlcore.errors import Refused
from mlcore.recipe import Training
from mlcore.settings import fields, read

SHAPE, CLIP = (16, 20, 3), (5, 16, 20, 3)
# Most questions can be put to one block of a deep network as well as to all of them, in a tenth of the time.
SHALLOW = {"convnext": {"blocks": 1}, "densenet": {"layers": 1}, "resnet": {"blocks": 1}}
SHALLOW |= {"efficientnet-lite": {"depth": 0.25, "width": 0.25}}


@pytest.fixture(params=architectures.shelf.all(), ids=lambda entry: entry.name)
def entry(request):
    return request.param


def shape_of(entry):
    return CLIP if "sequence" in entry.traits else SHAPE


def build(entry, seed=0, classes=5, shape=None, settings=None):
    settings = SHALLOW.get(entry.name, {}) if settings is None else settings
    return architectures.build(entry.name, settings, shape or shape_of(entry), classes, seed)


def pictures(entry, count=4):
    """Pictures, or clips for those that take clips."""
    return np.random.default_rng(0).integers(0, 256, (count, *shape_of(entry)), dtype=np.uint8)


def answers(model, batch):
    return np.asarray(model(batch.astype("float32"), training=False))


def test_default_settings_give_one_finite_logit_per_class(entry):
    found = answers(build(entry, settings={}), pictures(entry))

    assert found.shape == (4, 5)
    assert np.isfinite(found).all()


def test_the_answers_are_logits_and_not_probabilities(entry):
    model = build(entry)
    model.layers[-1 if model.layers[-1].weights else -2].kernel.assign(
        100 * np.asarray(model.layers[-1 if model.layers[-1].weights else -2].kernel)
    )

    found = answers(model, pictures(entry))

    assert np.abs(found.sum(axis=1) - 1).max() > 1e-3


def test_the_same_seed_gives_the_same_network_and_another_seed_another(entry):
    one, same, other = (answers(build(entry, seed), pictures(entry)) for seed in (3, 3, 4))

    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0


def test_a_picture_is_answered_alike_alone_and_in_a_batch(entry):
    model, batch = build(entry), pictures(entry)

    np.testing.assert_allclose(answers(model, batch)[:1], answers(model, batch[:1]), atol=1e-4)


def test_normalisation_is_inside(entry):
    """Black and white pictures stay in a sane range, so nobody has to scale pictures before."""
    model = build(entry, settings={})
    extremes = np.stack([np.zeros(shape_of(entry), "uint8"), np.full(shape_of(entry), 255, "uint8")])

    assert np.abs(answers(model, extremes)).max() < 50


def test_gradients_reach_every_weight_that_learns(entry):
    import keras

    model = build(entry)
    before = [np.array(weight) for weight in model.trainable_weights]
    model.compile(keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(pictures(entry, 8), np.arange(8) % 5)

    moved = [np.abs(np.array(now) - then).max() > 0 for now, then in zip(model.trainable_weights, before, strict=True)]
    assert all(moved)


def test_its_defaults_are_settings_of_training(entry):
    assert read(Training, dict(entry.defaults)).epochs >= 1


def test_it_says_what_it_is_and_every_setting_helps(entry):
    assert entry.summary.endswith(".")
    assert all(len(field.help) > 10 for field in fields(entry.settings))


def test_it_takes_tiny_pictures_or_refuses_them_in_words(entry):
    try:
        model, refusal = build(entry, shape=(*shape_of(entry)[:-3], 4, 4, 3)), None
    except Refused as error:
        model, refusal = None, error

    assert model or (refusal.kind == "not-compatible" and "4 x 4" in refusal.message)


def test_clips_and_pictures_are_not_mixed_up(entry):
    other = SHAPE if "sequence" in entry.traits else CLIP

    with pytest.raises(Refused, match=re.escape(entry.title)) as refusal:
        build(entry, shape=other)
    assert refusal.value.kind == "not-compatible"
    assert entry in architectures.fitting(shape_of(entry))
    assert entry not in architectures.fitting(other)
