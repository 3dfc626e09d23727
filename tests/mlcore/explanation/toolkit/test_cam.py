"""Heat from feature maps, of one layer or several."""

from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.explanation.toolkit.cam import CamSettings, cam, chosen_layers
from mlcore.library.class_map import upscale

SIZES = {"early": (2, 2, 5), "wide": (2, 4, 5), "early/2": (2, 2, 5), "late": (1, 1, 5), "later": (1, 1, 5)}


class Layered:
    """A score of nothing but the names and sizes of its feature maps."""

    layers = tuple(SimpleNamespace(name=name, shape=shape) for name, shape in SIZES.items())

    def feature_layer(self, layer):
        return layer or "later"


@pytest.mark.parametrize(
    ("layer", "scales", "expected"),
    [
        (None, 1, ["later"]),
        (None, 2, ["later", "early/2"]),
        (None, 3, ["later", "early/2", "wide"]),
        (None, 6, ["later", "early/2", "wide"]),
        ("wide", 2, ["wide", "early"]),
        ("early", 3, ["early"]),
        ("a whole backbone", 3, ["a whole backbone"]),
    ],
)
def test_each_further_scale_is_the_last_layer_of_another_size(layer, scales, expected):
    assert chosen_layers(Layered(), CamSettings(layer=layer, scales=scales)) == expected


def test_one_map_stays_raw_and_several_are_averaged_at_equal_height():
    picture = np.zeros((4, 4, 3), "float32")
    maps = {"later": np.array([[5.0]]), "early/2": np.array([[0.0, 3], [6, 0]])}

    one = cam(CamSettings(), Layered(), picture, maps.get)
    two = cam(CamSettings(scales=2), Layered(), picture, maps.get)

    np.testing.assert_allclose(one.heat, np.full((4, 4), 5))
    np.testing.assert_allclose(two.heat, (1 + upscale(maps["early/2"] / 6, 4, 4)) / 2, rtol=1e-6)
    assert two.diagnostics == {"layer": "later + early/2", "map_size": "1 x 1 + 2 x 2", "places_in_favour": 0.75}


def test_a_map_of_nothing_stays_nothing():
    found = cam(CamSettings(scales=2), Layered(), np.zeros((4, 4, 3)), lambda layer: np.zeros((2, 2)))

    assert not found.heat.any()


def test_a_number_of_scales_has_bounds():
    from mlcore.settings import read

    with pytest.raises(Refused) as refusal:
        read(CamSettings, {"scales": 7})

    assert refusal.value.kind == Kind.BAD_SETTING
