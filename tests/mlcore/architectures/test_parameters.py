"""Parameter counts that can be reckoned by hand."""

from mlcore import architectures


def count(name, settings, shape, classes):
    return architectures.build(name, settings, shape, classes).count_params()


def test_mlp():
    assert count("mlp", {"hidden": [128]}, (28, 28, 3), 10) == (28 * 28 * 3 + 1) * 128 + 129 * 10


def test_cnn():
    convolutions = (9 * 3 + 1) * 32 + (9 * 32 + 1) * 64

    assert count("cnn", {}, (28, 28, 3), 10) == convolutions + (7 * 7 * 64 + 1) * 64 + 65 * 10


def test_cnn_cifar():
    convolutions = (9 * 3 + 1) * 32 + (9 * 32 + 1) * 64 + (9 * 64 + 1) * 64

    assert count("cnn-cifar", {}, (32, 32, 3), 10) == convolutions + (8 * 8 * 64 + 1) * 64 + 65 * 10


def test_fast_cnn():
    whitening = 4 * 4 * 3 * 32
    convolutions = 9 * (32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128)
    normalisation = 3 * (32 + 64 + 64 + 128 + 128)  # shift, moving mean and variance; no scale

    assert count("fast-cnn", {}, (32, 32, 3), 10) == whitening + convolutions + normalisation + 128 * 10
