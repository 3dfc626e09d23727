"""Maps that know nothing."""

import numpy as np

from mlcore.explanation.judge.random_maps import centre, edges, pixel_noise, same_grain


def blobs(seed=0, size=32):
    """A smooth map: noise of 4 x 4 cells, brought to 32 x 32 by straight lines."""
    from mlcore.library.class_map import upscale

    return upscale(np.random.default_rng(seed).normal(size=(4, 4)), size, size).astype("float64")


def neighbours_agree(heat):
    """The correlation of each place with the one to its right, on a torus."""
    return np.corrcoef(heat.ravel(), np.roll(heat, 1, axis=-1).ravel())[0, 1]


def test_the_grain_is_that_of_the_heat_to_the_last_digit():
    heat = blobs()
    maps = [same_grain(heat, np.random.default_rng(seed)) for seed in range(3)]

    for each in maps:
        np.testing.assert_allclose(np.abs(np.fft.fft2(each)), np.abs(np.fft.fft2(heat - heat.mean())), atol=1e-8)
        np.testing.assert_allclose(neighbours_agree(each), neighbours_agree(heat), atol=1e-8)
    assert neighbours_agree(heat) > 0.9
    assert neighbours_agree(pixel_noise(heat, np.random.default_rng(0))) < 0.1


def test_nothing_else_of_the_heat_is_left():
    heat = blobs()
    found = [
        np.corrcoef(same_grain(heat, np.random.default_rng(seed)).ravel(), heat.ravel())[0, 1] for seed in range(400)
    ]

    # The mean of 400; one correlation of such coarse maps spreads by about 0.25, their mean by 0.0125.
    assert abs(np.mean(found)) < 0.05


def test_the_seed_decides():
    maps = [same_grain(blobs(), np.random.default_rng(seed)) for seed in (1, 1, 2)]

    np.testing.assert_array_equal(maps[0], maps[1])
    assert not np.allclose(maps[0], maps[2])


def test_a_map_without_any_structure_has_none_afterwards():
    np.testing.assert_allclose(same_grain(np.full((5, 6), 3.0), np.random.default_rng(0)), 0, atol=1e-9)


def test_the_centre_map_is_highest_in_the_middle_and_the_same_for_every_picture():
    heat = centre(np.zeros((5, 9, 3)))

    assert heat.shape == (5, 9)
    assert np.unravel_index(heat.argmax(), heat.shape) == (2, 4)
    np.testing.assert_array_equal(heat, centre(np.ones((5, 9, 3))))


def test_the_edge_map_is_high_along_an_edge_only():
    picture = np.zeros((6, 6, 3))
    picture[:, 3:] = 255

    heat = edges(picture)

    assert heat.shape == (6, 6)
    assert (heat[:, 2:4] > 0).all()
    assert not heat[:, [0, 1, 4, 5]].any()
