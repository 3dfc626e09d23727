"""GAN inversion: a linear generator's noise is known by least squares, a made picture's own is found again."""

import numpy as np
import pytest

from mlcore import durable, generation
from mlcore.errors import Kind, Refused
from mlcore.generation.generator import Generator
from mlcore.generation.latent.closeness import verdict
from mlcore.generation.latent.edit import edited, inversion_of
from mlcore.generation.latent.inversion import ALIKE, InversionSettings, differences, invert
from mlcore.library.card import Card

NOISE, SIDE = 3, 4
QUICK = InversionSettings(steps=400, starts=6, pool=20, prior=0.01)


@pytest.fixture(scope="module")
def linear(tmp_path_factory):
    """A generator whose pictures are 128 + kernel x noise (+ 20 for the second of two classes), and that kernel."""
    import keras

    kernel = np.random.default_rng(0).normal(0, 25, (NOISE, SIDE * SIDE * 3)).astype("float32")
    folder = tmp_path_factory.mktemp("linear")
    dense = keras.layers.Dense(kernel.shape[1])
    network = keras.Sequential([keras.Input((NOISE + 2,)), dense, keras.layers.Reshape((SIDE, SIDE, 3))])
    classes = np.repeat([[0.0], [20.0]], kernel.shape[1], axis=1)
    dense.set_weights([np.concatenate([kernel, classes]), np.full(kernel.shape[1], 128.0)])
    network.save(folder / "model.keras")
    durable.write_json(folder / "generator.json", {"noise": NOISE, "conditional": True})
    card = Card(
        id="linear",
        title="Linear",
        kind="generator",
        data="none",
        architecture="none",
        classes=("a", "b"),
        shape=(SIDE, SIDE, 3),
    )
    return Generator(card, folder), kernel.astype("float64")


def ridge(kernel, wanted, weights, prior, offset=128.0):
    """The best noise of that generator in closed form: weighted least squares with a penalty on its mean square."""
    weigh = np.sqrt(weights.repeat(3) / (3 * weights.sum())) / 255
    rows = np.concatenate([(kernel * weigh).T, np.sqrt(prior / NOISE) * np.eye(NOISE)])
    return np.linalg.lstsq(rows, np.append((wanted.ravel() - offset) * weigh, np.zeros(NOISE)), rcond=None)[0]


@pytest.mark.parametrize("part", ["all", "half"])
def test_the_noise_of_a_linear_generator_is_that_of_least_squares(linear, part):
    """Adam's last steps are as small as its rate, which falls to 0; 400 of them leave less than 1e-3."""
    generator, kernel = linear
    wanted = np.random.default_rng(1).uniform(60, 200, (SIDE, SIDE, 3))
    weights = np.ones((SIDE, SIDE)) if part == "all" else np.tile([1.0, 0.5, 0.0, 0.0], (SIDE, 1))

    best = invert(generator, wanted, weights, "a", QUICK)[0]

    np.testing.assert_allclose(best.latent, ridge(kernel, wanted, weights, QUICK.prior), atol=1e-3)
    assert best.target == 0


def test_more_weight_on_the_prior_keeps_the_noise_smaller(linear):
    wanted = np.random.default_rng(1).uniform(60, 200, (SIDE, SIDE, 3))
    little, much = (invert(linear[0], wanted, None, "a", QUICK.model_copy(update={"prior": each})) for each in (0, 1))

    assert np.linalg.norm(much[0].latent) < np.linalg.norm(little[0].latent) / 2
    assert little[0].error < much[0].error


def test_the_class_that_fits_best_is_found_when_none_is_given(linear):
    generator, kernel = linear
    wanted = 148.0 + (np.array([0.4, -0.8, 0.2]) @ kernel).reshape(SIDE, SIDE, 3)

    best = invert(generator, wanted, None, None, QUICK.model_copy(update={"prior": 0.0}))[0]

    assert best.target == 1
    np.testing.assert_allclose(best.latent, [0.4, -0.8, 0.2], atol=1e-3)
    assert best.error < 0.5 / 255  # nothing but the rounding to whole levels


def test_errors_are_of_the_known_part_and_the_nearest_comes_first(linear):
    generator, _ = linear
    wanted, weights = np.full((SIDE, SIDE, 3), 30.0), np.zeros((SIDE, SIDE))
    weights[0] = 1

    matches = invert(generator, wanted, weights, None, QUICK.model_copy(update={"steps": 3}))

    assert [each.error for each in matches] == sorted(each.error for each in matches)
    assert len(matches) > 1
    for each in matches:
        off = (each.picture[0].astype(float) - 30) / 255
        assert each.error == pytest.approx(np.sqrt((off**2).mean()), rel=1e-5)
        np.testing.assert_array_equal(each.picture, generator.draw(each.latent[None], each.shares[None])[0])
    assert differences(matches[0].picture[None], matches[1].picture.astype(float), np.ones((SIDE, SIDE)))[0] >= ALIKE


def test_the_same_seed_finds_the_same_and_another_starts_elsewhere(linear):
    wanted, once = np.full((SIDE, SIDE, 3), 90.0), QUICK.model_copy(update={"steps": 2})
    first, again = (invert(linear[0], wanted, None, None, once)[0] for _ in range(2))
    other = invert(linear[0], wanted, None, None, once.model_copy(update={"seed": 1}))[0]

    np.testing.assert_array_equal(first.latent, again.latent)
    assert not np.array_equal(first.latent, other.latent)


def test_it_tells_how_far_it_is_and_can_be_called_off(linear):
    heard, wanted = [], np.full((SIDE, SIDE, 3), 90.0)
    three = QUICK.model_copy(update={"steps": 3})
    invert(linear[0], wanted, None, None, three, lambda share, text: heard.append((share, text)))

    def call_off(share, text):
        if share > 0:
            raise Refused(Kind.CANCELLED, "Called off.")

    searching = [(step / 3, "Searching") for step in (1, 2, 3)]
    assert heard == [(0, "Loading the network"), *searching]
    with pytest.raises(Refused, match="Called off"):
        invert(linear[0], wanted, None, None, QUICK, call_off)


def test_what_cant_be_searched_is_refused(linear):
    with pytest.raises(Refused, match="Nothing of the picture is known") as refusal:
        invert(linear[0], np.zeros((SIDE, SIDE, 3)), np.zeros((SIDE, SIDE)))
    assert refusal.value.kind == Kind.NOT_COMPATIBLE
    with pytest.raises(Refused, match="no class called 'c'"):
        invert(linear[0], np.zeros((SIDE, SIDE, 3)), None, "c")


def test_a_picture_that_a_generator_made_comes_back():
    """The starter, seed 3: its own picture to within 5 of 255 levels, and it is called near."""
    maker = generation.open("made-up-digits")
    (picture,) = maker.sample(1, seed=3, target="4")

    inversion = inversion_of(maker, picture, settings=InversionSettings(seed=8, starts=20))

    assert inversion.best.target == 4
    assert inversion.best.error < 5 / 255
    assert inversion.verdict == "near"


def test_what_lies_far_from_a_generator_is_called_far():
    """Noise of every level is as far from a digit as can be."""
    maker = generation.open("made-up-digits")
    pixels = np.random.default_rng(0).integers(0, 256, (40, 30, 3), "uint8")

    inversion = inversion_of(maker, pixels, settings=InversionSettings(steps=5, starts=4, pool=100))

    assert inversion.wanted.shape == (28, 28, 3)
    assert inversion.verdict == "far"
    assert inversion.best.error > inversion.usual


def test_an_edit_begins_with_the_found_picture_and_ends_with_that_of_the_seed(linear):
    generator, _ = linear
    best = invert(generator, np.full((SIDE, SIDE, 3), 90.0), None, "b", QUICK)[0]
    last = generator.sample(1, seed=4, target="b")

    way = edited(generator, best, [0, 0.5, 1], seed=4)

    np.testing.assert_array_equal(way[0], best.picture)
    np.testing.assert_array_equal(way[2], last[0])
    changed = edited(generator, best, [0], target="a", move=[0.5, 0, 0])
    moved = generator.draw(best.latent[None] + np.array([[0.5, 0, 0]], "float32"), generator.shares(1, "a"))
    np.testing.assert_array_equal(changed, moved)
    assert not np.array_equal(changed[0], best.picture)


@pytest.mark.parametrize(("error", "expected"), [(0.05, "near"), (0.08, "alike"), (0.11, "far")])
def test_near_is_said_by_how_close_together_made_pictures_lie(error, expected):
    assert verdict(error, usual=0.1) == expected
