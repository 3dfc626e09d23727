"""ResNet, residual networks: each block adds a correction to what came in."""

from mlcore.architectures import shelf
from mlcore.architectures.blocks import at_least, convolution, network, pictures, reduction, stem
from mlcore.settings import Settings, number
from mlcore.tensors import KerasModel, Tensor

DEFAULTS = {
    "batch_size": 128,
    "epochs": 12,
    "optimizer": "nesterov",
    "learning_rate": 0.2,
    "schedule": "one-cycle",
    "weight_decay": 0.003,
    "label_smoothing": 0.1,
    "augmentation": {"flip": True, "shift": 2},
}


class ResnetSettings(Settings):
    blocks: int = number(3, 1, 18, "Blocks in each stage; 3 stages of n blocks are called ResNet-(6n+2)")
    width: int = number(16, 8, 128, "Filters of the first stage; every later stage has twice as many")
    stages: int = number(3, 2, 4, "Stages; each one after the first works on a map half as wide and high")


@shelf.add(
    "resnet",
    "ResNet",
    ResnetSettings,
    traits=("pooled-head",),
    defaults=DEFAULTS,
    check=at_least(lambda settings, shape: 2**settings.stages * reduction(shape)),
)
def resnet(settings: ResnetSettings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """Blocks of two convolutions with a shortcut around them: trains well however deep it is.

    After He et al. 2015 (arXiv:1512.03385, section 4.2: ResNet-20 by default); where the map changes its size the
    shortcut is a 1 x 1 convolution (their option B). Pictures above 64 pixels begin with a 7 x 7 convolution at
    stride 2, and above 128 also with a pooling, as in their networks for ImageNet.
    """
    inputs, x = pictures(shape)
    x = stem(x, settings.width, reduction(shape))
    for stage in range(settings.stages):
        for block in range(settings.blocks):
            x = _block(x, settings.width * 2**stage, 2 if stage and not block else 1)
    return network(inputs, x, classes, "resnet")


def _block(x: Tensor, filters: int, strides: int) -> Tensor:
    from keras import layers

    inner = convolution(convolution(x, filters, 3, strides), filters, 3, activation=None)
    shortcut = x if x.shape[-1] == filters else convolution(x, filters, 1, strides, activation=None)
    return layers.Activation("relu")(layers.Add()([inner, shortcut]))
