"""What architectures for clips have in common: a small CNN that looks at each frame by itself."""

from mlcore.tensors import Tensor

LARGEST_MAP = 8  # pixels: above that another convolution with pooling makes the map smaller


def features_of_frames(clips: Tensor, width: int, features: int) -> Tensor:
    """Numbers (N, T, features) that say what is where in each frame of clips (N, T, H, W, 3) in 0..255."""
    from keras import layers

    from mlcore.custom_layers import EachFrame

    x = layers.Rescaling(1 / 127.5, offset=-1)(clips)
    for number in range(poolings(clips.shape)):
        filters = width * min(2, 1 + number)
        x = EachFrame(layers.Conv2D(filters, 3, padding="same"), name=f"convolution_{number + 1}")(x)
        x = layers.Activation("relu")(x)  # a layer of its own, where explanation methods find it
        x = EachFrame(layers.MaxPooling2D(padding="same"), name=f"pooling_{number + 1}")(x)
    x = EachFrame(layers.Flatten())(x)  # not an average: where something is tells how it moves
    return layers.Activation("relu")(EachFrame(layers.Dense(features))(x))


def poolings(shape: tuple[int, ...]) -> int:
    """How many halvings bring a clip's frames down to a small map; at least two."""
    side, number = max(shape[-3:-1]), 0
    while number < 2 or side > LARGEST_MAP:
        side, number = -(-side // 2), number + 1
    return number
