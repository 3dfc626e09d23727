"""Ways from one made picture to another: their ends are exact, and the arc stays on its sphere."""

import numpy as np
import pytest

from mlcore import generation
from mlcore.generation.latent import interpolation


def test_the_ends_of_the_arc_are_the_vectors_themselves():
    one, other = np.random.default_rng(0).standard_normal((2, 16))

    points = interpolation.slerp(one, other, [0, 1])

    np.testing.assert_allclose(points, [one, other], rtol=1e-6)


def test_unit_vectors_stay_on_the_unit_sphere_and_the_angle_grows_evenly():
    points = interpolation.slerp([1, 0, 0], [0, 1, 0], [0, 1 / 3, 2 / 3, 1])

    angles = np.radians([0, 30, 60, 90])
    np.testing.assert_allclose(points, np.stack([np.cos(angles), np.sin(angles), 0 * angles], 1), atol=1e-7)


def test_lengths_are_blended_evenly():
    points = interpolation.slerp([2, 0], [0, 4], [0.5])

    assert np.linalg.norm(points) == pytest.approx(3)


@pytest.mark.parametrize("other", [[1, 1], [-1, -1], [3, 3], [0, 0]], ids=["same", "opposite", "parallel", "nothing"])
def test_without_an_arc_the_way_is_straight(other):
    points = interpolation.slerp([1, 1], other, [0, 0.25, 1])

    np.testing.assert_allclose(points, np.add([1, 1], np.multiply.outer([0, 0.25, 1], np.subtract(other, [1, 1]))))


def test_shares_of_classes_add_up_to_one():
    shares = interpolation.between(2, 0, 4, [0, 0.25, 1])

    np.testing.assert_array_equal(shares, [[0, 0, 1, 0], [0.25, 0, 0.75, 0], [1, 0, 0, 0]])


def test_a_way_begins_and_ends_at_the_samples_of_its_seeds(tiny_generator):
    maker = generation.open(tiny_generator)

    ways = interpolation.way(maker, seeds=(3, 5), classes=(1, 2), shares=[0, 0.5, 1], count=2)

    assert ways.shape == (2, 3, 32, 32, 3)
    assert abs(ways[:, 0].astype(int) - maker.sample(2, 3, 1)).max() <= 1
    assert abs(ways[:, 2].astype(int) - maker.sample(2, 5, 2)).max() <= 1
