"""The shelf of architectures: each makes a network from a picture shape and a number of classes.

Every network takes pictures (N, H, W, 3) in 0..255, normalises inside and gives logits (N, K).
"""

from mlcore.registry import Registry
from mlcore.settings import read

shelf = Registry("architecture", __name__)


def build(name: str, settings: dict, shape: tuple[int, int, int], classes: int, seed: int = 0):
    """A fresh network (keras.Model), the same for the same seed; raises Refused for a bad name or setting."""
    entry = shelf.get(name)
    checked = read(entry.settings, settings)
    import keras

    keras.utils.set_random_seed(seed)
    return entry.run(checked, tuple(shape), classes)
