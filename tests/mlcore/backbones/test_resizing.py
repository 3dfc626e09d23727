"""Pictures are resized as the layers of a network resize them."""

import numpy as np
import pytest

from mlcore.backbones import graft
from mlcore.backbones.resizing import resized


@pytest.mark.parametrize(
    ("given", "wanted"), [((8, 8), (8, 8)), ((5, 7), (12, 9)), ((33, 21), (8, 10)), ((20, 20), (15, 15))]
)
def test_it_does_what_the_layers_do(given, wanted):
    pictures = np.random.default_rng(0).integers(0, 256, (3, *given, 3), np.uint8)
    expected = pictures.astype("float32")
    for layer in graft.resized(given, wanted):
        expected = layer(expected)

    np.testing.assert_allclose(resized(pictures, wanted), np.asarray(expected), atol=1e-3)


def test_a_ramp_stays_a_ramp():
    """Bilinear interpolation of a linear function is exact, except where the edge is held."""
    ramp = np.tile(np.arange(8.0)[None, :, None, None], (1, 1, 8, 3)) * 10
    twice = resized(ramp, (16, 16))[0, 1:-1, 0, 0]

    np.testing.assert_allclose(np.diff(twice), 5.0, atol=1e-5)
