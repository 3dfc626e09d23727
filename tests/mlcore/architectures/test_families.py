"""What holds for each convolutional family: weights by hand, the sizes of its maps, its own promises."""

import numpy as np
import pytest

from mlcore import architectures
from mlcore.errors import Refused


def build(name, settings=None, shape=(32, 32, 3), classes=10):
    return architectures.build(name, settings or {}, shape, classes)


def count(*arguments, **options):
    return build(*arguments, **options).count_params()


def maps(model):
    """The sizes of the maps on the way, without repeats."""
    sides = [layer.output.shape[1:3] for layer in model.layers if len(layer.output.shape) == 4]
    return [side for at, side in enumerate(sides) if not at or sides[at - 1] != side]


def conv(size, into, out):
    return size * size * into * out


def normalised(size, into, out):
    """A convolution without bias and its batch normalisation: scale, shift, moving mean and variance."""
    return conv(size, into, out) + 4 * out


def test_vgg():
    stages = [normalised(3, 3, 32), normalised(3, 32, 32), normalised(3, 32, 64), normalised(3, 64, 64)]

    assert count("vgg") == sum(stages) + normalised(3, 64, 128) + normalised(3, 128, 128) + 129 * 10


@pytest.mark.parametrize(("blocks", "layers", "thousands"), [(3, 20, 270), (5, 32, 460)])
def test_resnet_has_the_weights_of_the_paper(blocks, layers, thousands):
    """He et al. 2015, table 6: 0.27 and 0.46 million for ResNet-20 and -32; ours adds the projections."""
    projections = conv(1, 16, 32) + conv(1, 32, 64)
    pairs = [2 * conv(3, width, width) for width in (16, 32, 64)]
    kernels = (
        conv(3, 3, 16) + blocks * sum(pairs) - conv(3, 32, 32) + conv(3, 16, 32) - conv(3, 64, 64) + conv(3, 32, 64)
    )
    model = build("resnet", {"blocks": blocks})

    found = [weight for weight in model.trainable_weights if len(weight.shape) == 4]
    assert sum(int(np.prod(weight.shape)) for weight in found) == kernels + projections
    assert len(found) == layers - 1 + 2  # the last layer is dense; the two projections aren't counted
    assert abs(kernels / 1000 - thousands) < 10


def test_resnet_in_whole():
    stage = [4 * normalised(3, w, w) + normalised(3, w, w) for w in (32, 64)]
    first = normalised(3, 3, 16) + 6 * normalised(3, 16, 16)
    steps = normalised(3, 16, 32) + normalised(1, 16, 32) + normalised(3, 32, 64) + normalised(1, 32, 64)

    assert count("resnet") == first + steps + sum(stage) + 65 * 10


def test_densenet():
    growth, layers, filters, total = 12, 2, 24, conv(3, 3, 24)
    for stage in range(3):
        if stage:
            total += 4 * filters + conv(1, filters, filters // 2)
            filters //= 2
        for _ in range(layers):
            total += 4 * filters + conv(1, filters, 4 * growth) + 4 * 4 * growth + conv(3, 4 * growth, growth)
            filters += growth

    assert count("densenet", {"layers": layers}) == total + 4 * filters + (filters + 1) * 10


def test_efficientnet_lite_has_the_weights_that_were_published():
    """4,652,008 for a thousand classes (the published Lite0), and mean and variance of its 21,008 filters."""
    model = build("efficientnet-lite", {}, (224, 224, 3), 1000)

    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == 4_652_008
    assert model.count_params() == 4_652_008 + 2 * 21_008
    assert maps(model) == [(224, 224), (112, 112), (56, 56), (28, 28), (14, 14), (7, 7)]


def test_efficientnet_lite_keeps_more_of_small_pictures():
    assert maps(build("efficientnet-lite", {"depth": 0.25})) == [(32, 32), (16, 16), (8, 8), (4, 4)]
    assert maps(build("efficientnet-lite", {"depth": 0.25}, (96, 96, 3)))[-1] == (6, 6)


def test_a_block_of_efficientnet_lite_is_added_to_what_came_in_only_where_the_shape_stays():
    """In every stage all blocks but the first, which changes the filters."""
    model = build("efficientnet-lite")

    assert sum(type(layer).__name__ == "Add" for layer in model.layers) == 1 + 1 + 2 + 2 + 3


def test_convnext():
    def block(width):
        depthwise, hidden = 49 * width + width, (width + 1) * 4 * width
        return depthwise + 2 * width + hidden + (4 * width + 1) * width + width  # the last for the layer scale

    stem = conv(2, 3, 32) + 32 + 2 * 32
    steps = 2 * 32 + conv(2, 32, 64) + 64 + 2 * 64 + conv(2, 64, 128) + 128

    assert count("convnext") == stem + steps + 2 * sum(map(block, (32, 64, 128))) + 2 * 128 + 129 * 10


def test_resnet9_keeps_a_finer_map_on_request():
    maps = [build("resnet9", {"fine": True, "fine_map": fine}).get_layer("pooled").input for fine in (False, True)]

    assert [found.shape[1:3] for found in maps] == [(3, 3), (7, 7)]
    assert count("resnet9", {"fine_map": True}) == count("resnet9")


def test_resnet9():
    def unit(into, out):
        return conv(3, into, out) + 3 * out  # a batch normalisation without scale

    units = [unit(32, 48), unit(48, 48), unit(48, 48), unit(48, 96), unit(96, 192), unit(192, 192), unit(192, 192)]

    assert count("resnet9") == conv(4, 3, 32) + sum(units) + 192 * 10
    assert count("resnet9", {"fine": True}) == conv(3, 3, 32) + sum(units) + 192 * 10


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("vgg", {}),
        ("resnet", {"blocks": 1}),
        ("densenet", {"layers": 1}),
        ("convnext", {}),
        ("resnet9", {}),
        ("efficientnet-lite", {"depth": 0.25}),
    ],
)
def test_large_pictures_shrink_early_and_to_a_map_that_can_point_at_places(name, settings):
    found = maps(build(name, settings, (224, 224, 3)))

    assert 6 <= found[-1][0] <= 14
    assert found[-3][0] <= 56


def test_the_maps_of_a_resnet_by_size():
    assert maps(build("resnet", {"blocks": 1})) == [(32, 32), (16, 16), (8, 8)]
    assert maps(build("resnet", {"blocks": 1}, (96, 96, 3))) == [(96, 96), (48, 48), (24, 24), (12, 12)]
    assert maps(build("resnet", {"blocks": 1, "stages": 4}, (224, 224, 3)))[-4:] == [
        (56, 56),
        (28, 28),
        (14, 14),
        (7, 7),
    ]


@pytest.mark.parametrize(
    ("name", "settings", "side"),
    [
        ("vgg", {"stages": 5}, 16),
        ("resnet", {"stages": 4}, 12),
        ("convnext", {"stages": 4}, 16),
        ("resnet9", {}, 12),
        ("efficientnet-lite", {}, 7),
    ],
)
def test_more_stages_than_the_picture_has_room_for_are_refused(name, settings, side):
    with pytest.raises(Refused, match=f"at least .* these have {side} x {side}"):
        build(name, settings, (side, side, 3))


def test_stochastic_depth_skips_blocks_in_training_alone():
    model = build("convnext", {"stochastic_depth": 0.5}, (16, 16, 3))
    pictures = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3)).astype("float32")
    answer, again = (np.asarray(model(pictures, training=False)) for _ in range(2))
    trained, trained_again = (np.asarray(model(pictures, training=True)) for _ in range(2))

    rates = [layer.rate for layer in model.layers if type(layer).__name__ == "Dropout"]
    np.testing.assert_allclose(rates, np.arange(1, 7) / 12)
    np.testing.assert_array_equal(answer, again)
    assert np.abs(trained - trained_again).max() > 0


def test_a_skipped_block_leaves_a_picture_as_it_was():
    """Each picture is either corrected by 1 / (1 - rate) times the block or not at all."""
    import keras

    layer = keras.layers.Dropout(0.5, noise_shape=(None, 1, 1, 1), seed=0)
    found = np.asarray(layer(np.ones((64, 2, 2, 3), "float32"), training=True))

    assert set(found.reshape(64, -1).mean(1)) == {0.0, 2.0}


FAMILIES = {"vgg": {}, "resnet": {"blocks": 1}, "densenet": {"layers": 1}, "convnext": {"blocks": 1}, "resnet9": {}}
FAMILIES |= {"efficientnet-lite": {"depth": 0.25}}


@pytest.mark.parametrize("name", FAMILIES)
def test_the_last_map_pooled_and_weighted_is_the_answer(name):
    """So class maps show what the answer was made of, and the gradient of a score reaches pictures and map."""
    from mlcore.backend.gradients import Score

    model = build(name, FAMILIES[name], (24, 24, 3), 4)
    pictures = np.random.default_rng(0).integers(0, 256, (2, 24, 24, 3)).astype("float32")
    score = Score(model)
    features, slope = score.feature_gradient(pictures, target=1)
    pooled = features.max((1, 2)) if name == "resnet9" else features.mean((1, 2))
    head = next(layer for layer in reversed(model.layers) if layer.weights)
    scale, bias = (1 / 8, 0.0) if name == "resnet9" else (1.0, np.asarray(head.bias))

    np.testing.assert_allclose(scale * pooled @ np.asarray(head.kernel) + bias, score.logits(pictures), atol=1e-4)
    if name != "resnet9":
        places = features.shape[1] * features.shape[2]
        np.testing.assert_allclose(slope[:, 0, 0], np.tile(np.asarray(head.kernel)[:, 1] / places, (2, 1)), rtol=1e-4)
    assert np.abs(score.gradient(pictures, target=1)).max() > 0
