"""VGG-style networks: nothing but 3 x 3 convolutions and pooling, one after the other."""

from mlcore.architectures import shelf
from mlcore.architectures.blocks import at_least, convolution, network, pictures, reduction
from mlcore.settings import Settings, number
from mlcore.tensors import KerasModel

DEFAULTS = {
    "batch_size": 128,
    "epochs": 8,
    "optimizer": "nesterov",
    "learning_rate": 0.1,
    "schedule": "one-cycle",
    "weight_decay": 0.005,  # of the rate; with momentum 0.9 what the papers call an L2 term of 0.0005
    "label_smoothing": 0.1,
    "augmentation": {"flip": True, "shift": 2},
}
MOST_WIDENED = 8  # times the first stage's filters: 64 to 512 in the paper


class VggSettings(Settings):
    width: int = number(32, 8, 128, "Filters of the first stage; every later stage has twice as many, up to 8 times")
    stages: int = number(3, 1, 5, "Stages; after each one the map is half as wide and high")
    convolutions: int = number(2, 1, 4, "Convolutions in each stage")
    dropout: float = number(0.0, 0.0, 0.9, "Share of features left out before the answer in training", expert=True)


@shelf.add(
    "vgg",
    "VGG-style",
    VggSettings,
    traits=("pooled-head",),
    defaults=DEFAULTS,
    check=at_least(lambda settings, shape: 2**settings.stages * reduction(shape)),
)
def vgg(settings: VggSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """Stages of 3 x 3 convolutions with pooling between them: deep, plain, easy to understand.

    After Simonyan and Zisserman 2014 (arXiv:1409.1556), with batch normalisation, and with global pooling in
    place of the two large hidden layers, which held nine tenths of the weights. Pictures above 64 pixels are
    pooled once or twice more at the start.
    """
    from keras import layers

    inputs, x = pictures(shape)
    if (shrink := reduction(shape)) > 1:
        x = layers.AveragePooling2D(shrink)(convolution(x, settings.width))
    for stage in range(settings.stages):
        for _ in range(settings.convolutions):
            x = convolution(x, settings.width * min(2**stage, MOST_WIDENED))
        x = layers.MaxPooling2D()(x) if stage < settings.stages - 1 else x
    x = layers.Dropout(settings.dropout)(x) if settings.dropout else x
    return network(inputs, x, classes, "vgg")
