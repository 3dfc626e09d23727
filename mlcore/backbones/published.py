"""Pretrained backbones: keras.applications with weights from ImageNet, made to take pictures in 0..255.

Keras downloads the weights at the first use and keeps them in the home (`cache/keras/models`).
"""

import hashlib
from dataclasses import dataclass

from mlcore.errors import Kind, Refused
from mlcore.machine import keras_folder
from mlcore.tensors import KerasModel

SIDE = 96  # pixels; they were trained at 224, and at 96 they cost a fifth and still tell things apart


@dataclass(frozen=True)
class PublishedBackbone:
    """A network of keras.applications, the class of it there, and the pixels that it expects."""

    name: str
    title: str
    architecture: str
    pixels: str  # "own": scales 0..255 by itself; "signed": -1 to 1; "caffe": blue first, less the mean of ImageNet
    size: tuple[int, int] = (SIDE, SIDE)
    pooling: str = "average"
    folder: None = None

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits of its name, for its weights never change."""
        return hashlib.sha256(f"keras.applications {self.name}".encode()).hexdigest()[:16]

    def network(self, weights: str | None = "imagenet") -> KerasModel:
        """The network up to its last feature map (keras.Model); raises Refused(no-network) without its weights."""
        from keras import layers

        from mlcore.backbones.graft import grafted

        base = _fetched(self, weights)
        if self.pixels == "own":
            return base
        if self.pixels == "caffe":
            _red_first(base)
        return grafted(base, base.input_shape[1:], front=[layers.Rescaling(**SCALES[self.pixels], name="scale")])


PUBLISHED = {
    backbone.name: backbone
    for backbone in (
        PublishedBackbone("mobilenet-v2", "MobileNetV2 (ImageNet)", "MobileNetV2", "signed"),
        PublishedBackbone("mobilenet-v3-small", "MobileNetV3 small (ImageNet)", "MobileNetV3Small", "own"),
        PublishedBackbone("mobilenet-v3-large", "MobileNetV3 large (ImageNet)", "MobileNetV3Large", "own"),
        PublishedBackbone("efficientnet-b0", "EfficientNet B0 (ImageNet)", "EfficientNetB0", "own"),
        PublishedBackbone("resnet50", "ResNet50 (ImageNet)", "ResNet50", "caffe"),
        PublishedBackbone("resnet50-v2", "ResNet50 V2 (ImageNet)", "ResNet50V2", "signed"),
    )
}
# how keras.applications.imagenet_utils.preprocess_input scales; red, green, blue
SCALES: dict[str, dict[str, float | list[float]]] = {
    "signed": {"scale": 1 / 127.5, "offset": -1.0},
    "caffe": {"scale": 1.0, "offset": [-123.68, -116.779, -103.939]},
}


def _fetched(backbone: PublishedBackbone, weights: str | None) -> KerasModel:
    import keras

    keras_folder.lend("models")
    try:
        return getattr(keras.applications, backbone.architecture)(
            include_top=False, weights=weights, input_shape=(SIDE, SIDE, 3)
        )
    except Exception as error:  # the loader raises a bare Exception when it is offline
        raise Refused(
            Kind.NO_NETWORK,
            f"The weights of {backbone.title} aren't on this machine and couldn't be downloaded: connect to a network "
            "and try again, copy them to ~/.keras/models, or build on a model of the library.",
        ) from error


def _red_first(base: KerasModel) -> None:
    """Turn the first filters' channels round: the same as giving blue first, without a layer for it."""
    first = next(layer for layer in base.layers if type(layer).__name__ == "Conv2D")
    kernel, *rest = first.get_weights()
    first.set_weights([kernel[:, :, ::-1], *rest])
