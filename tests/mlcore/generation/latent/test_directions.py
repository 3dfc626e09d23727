"""The directions in which noise changes pictures most."""

import numpy as np
import pytest

from mlcore import generation
from mlcore.errors import Kind, Refused
from mlcore.generation.latent import directions


def test_a_diagonal_kernel_has_its_axes_as_directions_the_largest_first():
    kernel = np.diag([2.0, -5.0, 3.0])

    np.testing.assert_allclose(directions.principal(kernel, noise=3), np.eye(3)[[1, 2, 0]], atol=1e-7)


def test_only_the_rows_of_the_noise_count_and_only_so_many_are_given():
    kernel = np.random.default_rng(0).standard_normal((30, 40))
    axes = directions.principal(kernel, noise=20, most=8)

    np.testing.assert_allclose(axes @ axes.T, np.eye(8), atol=1e-6)
    largest = np.linalg.eigvalsh(kernel[:20] @ kernel[:20].T)[::-1][:8]
    np.testing.assert_allclose(((axes @ kernel[:20]) ** 2).sum(axis=1), largest, rtol=1e-5)


def test_moving_by_nothing_changes_nothing_and_by_one_a_unit_step():
    noise, axes = np.zeros((2, 3), "float32"), np.eye(3, dtype="float32")[:2]

    np.testing.assert_array_equal(directions.moved(noise, axes, [0, 0]), noise)
    np.testing.assert_array_equal(directions.moved(noise, axes, [0, 1.5]), [[0, 1.5, 0]] * 2)


def test_a_generators_directions_are_read_once_and_kept(tiny_generator, monkeypatch):
    maker = generation.open(tiny_generator)
    assert directions.kept(maker) is None
    first = directions.of(maker)

    monkeypatch.setattr(directions, "first_kernel", lambda network: pytest.fail("read again"))
    again = directions.of(generation.open(tiny_generator))

    assert first.shape == (4, 4)
    np.testing.assert_array_equal(first, again)


def test_the_first_dense_layer_is_found_wherever_it_is_nested(tiny_generator):
    kernel = directions.first_kernel(generation.open(tiny_generator).model)

    assert kernel.shape == (4 + 3, 8 * 8 * 16)


def test_damaged_directions_count_as_none(tiny_generator):
    maker = generation.open(tiny_generator)
    (maker.folder / directions.FILE).write_bytes(b"no numbers")
    assert directions.kept(maker) is None

    directions.keep(maker.folder, np.zeros((2, 9), "float32"))
    assert directions.kept(maker) is None


def test_a_network_without_a_dense_layer_is_refused():
    import keras

    network = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten()])

    with pytest.raises(Refused, match="doesn't begin with a dense layer") as refusal:
        directions.first_kernel(network)
    assert refusal.value.kind == Kind.NOT_COMPATIBLE
