"""Networks for clips: what they can and can't know of the order of frames, in closed form."""

import numpy as np
import pytest

from mlcore import architectures

SHAPE = (6, 16, 16, 3)
ORDERED = [("cnn-rnn", {"cell": cell}) for cell in ("gru", "lstm", "simple")] + [("conv-lstm", {})]


def clips(count=3):
    return np.random.default_rng(1).integers(0, 256, (count, *SHAPE)).astype("float32")


def answers(model, batch):
    return np.asarray(model(batch, training=False))


def test_the_frame_average_answers_alike_whatever_the_order():
    model, batch = architectures.build("frame-average", {}, SHAPE, 4), clips()

    for order in ([5, 4, 3, 2, 1, 0], [2, 0, 5, 1, 4, 3]):
        np.testing.assert_allclose(answers(model, batch[:, order]), answers(model, batch), atol=1e-5)


@pytest.mark.parametrize(("name", "settings"), ORDERED)
def test_recurrent_networks_answer_otherwise_when_a_clip_runs_backwards(name, settings):
    model, batch = architectures.build(name, settings, SHAPE, 4), clips()

    assert np.abs(answers(model, batch[:, ::-1]) - answers(model, batch)).max() > 1e-3


def test_parameters_by_hand():
    """16 x 16 becomes 4 x 4 by two poolings; GRU has a bias for its input and one for its memory in three gates."""
    frame = (9 * 3 + 1) * 16 + (9 * 16 + 1) * 32 + (4 * 4 * 32 + 1) * 64
    gru = 3 * (64 * 64 + 64 * 64 + 2 * 64)
    counts = {
        name: architectures.build(name, {}, SHAPE, 5).count_params()
        for name in ("cnn-rnn", "frame-average", "conv-lstm")
    }

    assert counts["cnn-rnn"] == frame + gru + 65 * 5
    assert counts["frame-average"] == frame + 65 * 64 + 65 * 5
    assert counts["conv-lstm"] == (9 * 3 + 1) * 16 + 4 * (9 * 16 * 16 + 9 * 16 * 16 + 16) + 17 * 5


def test_the_simple_cell_keeps_its_largest_values_over_the_frames():
    """The recurrence written out: h = tanh(Wx + Uh + b), the largest of each over the frames, one linear layer."""
    import keras

    model, batch = architectures.build("cnn-rnn", {"cell": "simple"}, SHAPE, 4), clips()
    cell = next(layer for layer in model.layers if isinstance(layer, keras.layers.SimpleRNN))
    frames = np.asarray(keras.Model(model.input, cell.input)(batch))
    (inward, inside, offset), h, largest = map(np.asarray, cell.weights), np.zeros((3, 64)), -np.inf
    for x in frames.swapaxes(0, 1):
        h = np.tanh(x @ inward + h @ inside + offset)
        largest = np.maximum(largest, h)
    kernel, bias = map(np.asarray, model.layers[-1].weights)

    np.testing.assert_allclose(answers(model, batch), largest @ kernel + bias, atol=1e-4)


@pytest.mark.parametrize(("side", "poolings"), [(4, 2), (24, 2), (32, 2), (33, 3), (64, 3), (128, 4), (512, 6)])
def test_large_frames_are_made_small_maps(side, poolings):
    from mlcore.architectures.frames import poolings as reckoned

    assert reckoned((8, side, side // 2, 3)) == poolings


@pytest.mark.parametrize("layer", ["convolution", "dense"])
def test_each_frame_is_time_distributed(layer):
    """The same arithmetic as Keras' own layer, which goes frame by frame."""
    import keras

    from mlcore.custom_layers import EachFrame

    made = {"convolution": lambda: keras.layers.Conv2D(4, 3), "dense": lambda: keras.layers.Dense(4)}[layer]()
    ours, theirs = EachFrame(made), keras.layers.TimeDistributed(made)

    np.testing.assert_allclose(np.asarray(ours(clips())), np.asarray(theirs(clips())), rtol=1e-5, atol=1e-3)
