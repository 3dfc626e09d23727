"""Losses, slopes and augmentation, each against what can be reckoned by hand."""

import math

import keras
import numpy as np
import pytest

from mlcore.backend.gradient_penalty import squared_gradient_norms
from mlcore.generation.latent import sampling
from mlcore.generation.render.grid import grid
from mlcore.generation.training import augment, losses

KINDS = ("relativistic", "non-saturating", "hinge", "wasserstein")


def column(*values):
    return np.array(values, "float32")[:, None]


@pytest.mark.parametrize(
    ("kind", "critic", "generator"),
    [
        ("relativistic", math.log1p(math.exp(1 - 3)), math.log1p(math.exp(3 - 1))),
        ("non-saturating", math.log1p(math.exp(-3)) + math.log1p(math.exp(1)), math.log1p(math.exp(-1))),
        ("hinge", 0 + 2, -1),
        ("wasserstein", 1 - 3, -1),
    ],
)
def test_losses_of_one_pair_by_hand(kind, critic, generator):
    real, fake = column(3.0), column(1.0)

    assert float(losses.critic_loss(kind, real, fake)) == pytest.approx(critic, rel=1e-5)
    assert float(losses.generator_loss(kind, real, fake)) == pytest.approx(generator, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_good_for_one_is_bad_for_the_other(kind):
    real, before, after = column(0.5, 0.2), column(-0.3, 0.1), column(0.2, 0.6)  # made pictures look more real

    assert losses.generator_loss(kind, real, after) < losses.generator_loss(kind, real, before)
    assert losses.critic_loss(kind, real, after) > losses.critic_loss(kind, real, before)


def test_the_slope_of_a_linear_score_is_its_weights():
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(4, 4, 2)).astype("float32")
    pictures = keras.ops.convert_to_tensor(rng.normal(size=(3, 4, 4, 2)).astype("float32"))

    slopes = squared_gradient_norms(lambda batch: keras.ops.sum(batch * weights, axis=(1, 2, 3))[:, None], pictures)

    np.testing.assert_allclose(np.asarray(slopes), (weights**2).sum(), rtol=1e-5)


def test_varied_pictures_hold_only_what_was_there_or_nothing():
    pictures = np.arange(1, 1 + 5 * 16 * 16).reshape(5, 16, 16, 1).astype("float32")

    varied = np.asarray(augment.vary(pictures, keras.random.SeedGenerator(3)))

    for before, after in zip(pictures, varied, strict=True):
        assert set(np.unique(after)) <= {0.0, *np.unique(before)}
        assert 0.3 < (after == 0).mean() + 0.2 < 0.9  # a quarter is cut out, up to a quarter more by shifts
    assert len({after.tobytes() for after in varied - varied[:1]}) > 1


def test_a_shift_moves_whole_pictures_by_at_most_an_eighth():
    picture = np.zeros((200, 16, 16, 1), "float32")
    picture[:, 8, 8] = 1

    moved = np.asarray(augment._shifted(picture, keras.random.SeedGenerator(0), axis=1))[:, :, 8, 0]

    assert set(moved.argmax(axis=1)) == {6, 7, 8, 9, 10}
    np.testing.assert_array_equal(moved.sum(axis=1), 1)


def test_a_picture_keeps_its_random_numbers_whatever_the_count():
    np.testing.assert_array_equal(sampling.latents(8, 3, seed=5), sampling.latents(8, 20, seed=5)[:3])
    assert not np.array_equal(sampling.latents(8, 3, seed=5), sampling.latents(8, 3, seed=6))


def test_a_grid_puts_pictures_in_rows():
    pictures = np.stack([np.full((2, 3, 3), level, "uint8") for level in (10, 20, 30)])

    page = grid(pictures, columns=2)

    assert page.shape == (5, 7, 3)
    assert page[0, 0, 0] == 10
    assert page[0, 4, 0] == 20
    assert page[3, 0, 0] == 30
    assert (page[2] == 255).all()
    assert (page[3:, 4:] == 255).all()
