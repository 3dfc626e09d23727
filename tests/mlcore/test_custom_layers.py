"""Whitening: its promise is decorrelated patches of unit variance."""

import numpy as np

from mlcore.custom_layers import Whitening


def smooth_pictures(count=400, side=12):
    random = np.random.default_rng(0)
    coarse = random.normal(size=(count, side // 2 + 1, side // 2 + 1, 3))
    fine = np.repeat(np.repeat(coarse, 2, 1), 2, 2)[:, :side, :side] + 0.3 * random.normal(size=(count, side, side, 3))
    return np.clip(128 + 40 * fine, 0, 255).astype("uint8")


def whitened(pictures, filters=16):
    layer = Whitening(filters)
    layer.build((None, *pictures.shape[1:]))
    layer.adapt(pictures)
    return np.asarray(layer(pictures.astype("float32"))).reshape(-1, filters)


def test_whitened_patches_are_uncorrelated_with_unit_variance():
    found = whitened(smooth_pictures())[:, :8]
    second_moment = found.T @ found / len(found)

    np.testing.assert_allclose(second_moment, np.eye(8), atol=0.05)  # the floor under small variances costs up to 5 %


def test_the_second_half_is_the_first_with_the_sign_turned():
    found = whitened(smooth_pictures(50))

    np.testing.assert_allclose(found[:, 8:], -found[:, :8], atol=1e-4)


def test_grey_pictures_do_not_break_it():
    grey = np.repeat(smooth_pictures(50)[..., :1], 3, axis=-1)

    assert np.isfinite(whitened(grey, 32)).all()
