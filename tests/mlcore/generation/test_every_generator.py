"""The exam that every pair of networks takes."""

import keras
import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.generation.generators import SIDES, generators
from mlcore.generation.settings import GanSettings
from mlcore.generation.training.conditioning import conditional_critic, extra_channels
from mlcore.generation.training.gan import Gan
from mlcore.settings import fields

every = pytest.mark.parametrize("entry", generators.all(), ids=lambda entry: entry.name)


def smallest(entry) -> dict:
    return {spec.name: spec.low for spec in fields(entry.settings)}


@every
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_of_the_size_asked_for(entry, side, channels):
    pair = entry.run(entry.settings(**smallest(entry)), (side, side, channels), 7, 2)

    assert pair.generator.output_shape == (None, side, side, channels)
    assert pair.critic.input_shape == (None, side, side, channels + 2)
    pictures = np.asarray(pair.generator(np.random.default_rng(0).normal(size=(2, 7)).astype("float32")))
    assert abs(pictures).max() <= 1
    assert pictures.std() > 0


@every
def test_another_size_is_refused_in_words(entry):
    with pytest.raises(Refused, match="16 x 16, 28 x 28, 32 x 32, 64 x 64 pixels; these have 20 x 16") as refusal:
        entry.run(entry.settings(), (16, 20, 3), 7, 0)
    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_tiny_has_as_many_parameters_as_can_be_reckoned():
    entry = generators.get("tiny")
    pair = entry.run(entry.settings(), (28, 28, 1), 74, 0)

    normal = 4 * (7 * 7 * 64) + 4 * 32
    assert pair.generator.count_params() == 74 * 3136 + 16 * 64 * 32 + 16 * 32 + 1 + normal
    assert pair.critic.count_params() == (16 * 1 + 1) * 32 + (16 * 32 + 1) * 64


@pytest.mark.parametrize("conditioning", ["none", "class-scores", "auxiliary", "label-channels", "projection"])
def test_the_critic_hears_of_the_class_where_it_should(conditioning):
    keras.utils.set_random_seed(0)
    entry, classes = generators.get("tiny"), 3
    pair = entry.run(entry.settings(width=8), (28, 28, 1), 4, extra_channels(conditioning, classes))
    critic = conditional_critic(pair.critic, conditioning, 1, classes, spectral=False)
    picture = np.random.default_rng(0).normal(size=(1, 28, 28, 1)).astype("float32")

    outputs = [critic([picture, np.eye(classes, dtype="float32")[label : label + 1]]) for label in range(2)]
    outputs = [list(each) if isinstance(each, list | tuple) else [each] for each in outputs]

    heard = not np.allclose(outputs[0][0], outputs[1][0])
    assert heard == (conditioning in ("class-scores", "label-channels", "projection"))
    assert len(outputs[0]) == (2 if conditioning in ("class-scores", "auxiliary") else 1)


def test_a_score_between_two_classes_lies_between_their_scores():
    """Scores are linear in the class: half of one and half of another has the mean of both."""
    entry = generators.get("tiny")
    pair = entry.run(entry.settings(width=8), (28, 28, 1), 4, 0)
    critic = conditional_critic(pair.critic, "class-scores", 1, 3, spectral=False)
    pictures = np.random.default_rng(0).normal(size=(3, 28, 28, 1)).astype("float32")
    pictures[1:] = pictures[0]
    classes = np.array([[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]], "float32")

    one, other, between = np.ravel(critic([pictures, classes])[0])

    assert one != pytest.approx(other, abs=1e-4)
    assert between == pytest.approx((one + other) / 2, abs=1e-5)


def test_spectral_kernels_shrink_towards_a_largest_singular_value_of_one():
    entry = generators.get("tiny")
    pair = entry.run(entry.settings(width=8), (28, 28, 1), 4, 0)
    critic = conditional_critic(pair.critic, "none", 1, 3, spectral=True)
    inputs = [np.zeros((1, 28, 28, 1), "float32"), np.zeros((1, 3), "float32")]

    for _ in range(30):
        critic(inputs, training=True)

    kernels = [each for each in critic.trainable_weights if each.name == "kernel" and len(each.shape) == 4]
    assert kernels
    for kernel in kernels:
        assert np.linalg.norm(np.asarray(kernel).reshape(-1, kernel.shape[-1]), 2) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("regulariser", ["r1r2", "gradient-penalty", "spectral"])
def test_each_network_learns_from_its_own_part_alone(regulariser):
    """With the critic's rate in the generator's place, one step must move both; a frozen critic moves neither way."""
    plan = GanSettings(network={"width": 8}, noise=4, regulariser=regulariser, every=1)
    gan = Gan(plan, (28, 28, 1), 3)
    gan.compile(optimizer=keras.optimizers.SGD(0.1))
    before = [np.array(each.value) for each in gan.trainable_variables]
    rng = np.random.default_rng(0)

    gan.train_on_batch(rng.integers(0, 256, (4, 28, 28, 3), "uint8"), rng.integers(0, 3, 4))

    moved = [not np.array_equal(each, now.value) for each, now in zip(before, gan.trainable_variables, strict=True)]
    assert sum(moved) >= len(moved) - 2  # a bias before a normalisation has no slope
    assert float(gan.done.value) == 1
    slow, quick = gan.averaged.weights[0], gan.generator.weights[0]
    keep = min(plan.average, 0.5 ** (1 / 0.05))
    first = next(value for value, each in zip(before, gan.trainable_variables, strict=True) if each is quick)
    np.testing.assert_allclose(np.asarray(slow), keep * first + (1 - keep) * np.asarray(first), atol=1e-6)
