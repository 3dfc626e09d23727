"""Conditioning: how the critic (discriminator) learns which class is meant, by heads on its feature map.

class-scores    a score of its own for every class, as in Mescheder et al. 2018 (arXiv:1801.04406), here on top of the
                common one; besides, a second head names the class, as in auxiliary
auxiliary       a second head names the class (Odena et al. 2016, arXiv:1610.09585); it learns from real pictures only
label-channels  the class comes in as channels beside the picture (Mirza and Osindero 2014, arXiv:1411.1784)
projection      the class, as a vector, times the features (Miyato and Koyama 2018, arXiv:1802.05637); summed over
                places: with their mean the class was ignored (11 % right after 27 CPU-seconds, against 46 %)

docs/decisions/0016 has what each was worth.
"""

import keras
from keras import layers

from mlcore.generation.settings import NAMING


def extra_channels(conditioning: str, classes: int) -> int:
    """Channels beside the picture that the critic sees."""
    return classes if conditioning == "label-channels" else 0


def conditional_critic(critic, conditioning: str, channels: int, classes: int, spectral: bool) -> keras.Model:
    """The whole critic: picture (N, H, W, C) and class (N, K) to [score (N, 1)] or [score, class logits (N, K)]."""
    body = _spectral(critic) if spectral else critic
    norm = layers.SpectralNormalization if spectral else lambda layer: layer
    height, width = critic.input_shape[1:3]
    picture, label = keras.Input((height, width, channels)), keras.Input((classes,))
    inputs = picture
    if conditioning == "label-channels":
        spread = layers.Reshape((height, width, classes))(layers.RepeatVector(height * width)(label))
        inputs = layers.Concatenate()([picture, spread])
    features = body(inputs)
    flat = layers.Flatten()(features)
    score = norm(layers.Dense(1, name="score"))(flat)
    if conditioning == "class-scores":
        own = norm(layers.Dense(classes, use_bias=False, name="own"))(flat)
        score = layers.Add()([score, layers.Dot(axes=1)([own, label])])
    if conditioning == "projection":
        score = layers.Add()([score, _projection(features, label, norm)])
    outputs = [score]
    if conditioning in NAMING:
        outputs.append(norm(layers.Dense(classes, name="class"))(flat))
    return keras.Model([picture, label], outputs, name="judge")  # a name in checkpoints


def _projection(features, label, norm):
    positions = float(features.shape[1] * features.shape[2])
    summed = layers.Rescaling(positions)(layers.GlobalAveragePooling2D()(features))
    meant = norm(layers.Dense(features.shape[-1], use_bias=False, name="meant"))(label)
    return layers.Dot(axes=1)([meant, summed])


def _spectral(critic) -> keras.Model:
    """The same network with the largest singular value of every kernel held at 1 (arXiv:1802.05957)."""

    def wrapped(layer):
        fresh = type(layer).from_config(layer.get_config())
        return layers.SpectralNormalization(fresh) if isinstance(layer, layers.Conv2D) else fresh

    return keras.models.clone_model(critic, clone_function=wrapped)
