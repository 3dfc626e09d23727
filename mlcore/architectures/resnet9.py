"""ResNet-9, the short, wide residual network of the speed contests."""

from mlcore.architectures import shelf
from mlcore.architectures.blocks import at_least
from mlcore.settings import Settings, choice, number
from mlcore.tensors import KerasModel, Tensor

DEFAULTS = {
    "batch_size": 256,
    "epochs": 8,
    "optimizer": "nesterov",
    "learning_rate": 0.4,  # per 256 pictures, with the logits scaled by 1/8
    "schedule": "one-cycle",
    "weight_decay": 0.005,
    "label_smoothing": 0.1,
    "augmentation": {"flip": True, "shift": 2},
}
LOGIT_SCALE = 0.125  # Page 2018: keeps the first steps of a large learning rate gentle


class Resnet9Settings(Settings):
    width: int = number(48, 8, 128, "Filters of the first stage; the next ones have two and four times as many")
    fine: bool = choice(False, "Begin at the picture's full resolution: finer maps, about four times the work")
    fine_map: bool = choice(False, "Keep the last map twice as fine: sharper heat maps, half as much more work")
    mirror: bool = choice(
        False, "Answer from the picture and its mirror image: twice the work for an answer, none in learning"
    )


@shelf.add(
    "resnet9",
    "ResNet-9",
    Resnet9Settings,
    traits=("pooled-head", "whitened"),
    defaults=DEFAULTS,
    check=at_least(lambda settings, shape: 8 if settings.fine else 16),
)
def resnet9(settings: Resnet9Settings, shape: tuple[int, ...], classes: int) -> KerasModel:
    """Nine wide layers with two shortcuts behind fixed whitening filters: for a GPU or longer training.

    After David Page's network for DAWNBench (How to train your ResNet, 2018), with the whitening and GELU of Jordan
    2024 (arXiv:2404.00498). The whitening filters stand every second pixel unless `fine`, which a CPU needs; there
    is one more halving for pictures above 64 pixels and another above 128. With `mirror` the stronger of both views
    counts at each place of the last map, where Jordan averages the answers; earlier maps are shown as of the picture.
    """
    import keras
    from keras import layers

    from mlcore.custom_layers import BothViews, StrongerView, Whitening

    inputs = keras.Input(shape)
    whitening = Whitening(32, 3, 1) if settings.fine else Whitening(32, 4, 2)
    x = layers.Activation("gelu")(whitening(BothViews()(inputs) if settings.mirror else inputs))
    for limit in (64, 128):
        x = _unit(x, settings.width, pool=True) if max(shape[:2]) > limit else x
    x = _residual(_unit(x, settings.width, pool=settings.fine))
    x = _unit(x, 2 * settings.width, pool=True)
    x = _residual(_unit(x, 4 * settings.width, pool=not settings.fine_map))
    x = StrongerView()(x) if settings.mirror else x
    x = layers.GlobalMaxPooling2D(name="pooled")(x)
    x = layers.Dense(classes, use_bias=False, name="head")(x)
    return keras.Model(inputs, layers.Rescaling(LOGIT_SCALE, name="logits")(x), name="resnet9")


def _residual(x: Tensor) -> Tensor:
    from keras import layers

    return layers.Add()([x, _unit(_unit(x, x.shape[-1]), x.shape[-1])])


def _unit(x: Tensor, filters: int, pool: bool = False) -> Tensor:
    from keras import layers

    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.MaxPooling2D()(x) if pool else x
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-4, scale=False)(x)  # short runs need quick statistics
    return layers.Activation("gelu")(x)
