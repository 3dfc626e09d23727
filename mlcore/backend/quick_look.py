"""A quick look through a network at a few pictures: its answers, and the class activation maps (Grad-CAM) of them.

On TensorFlow nothing is compiled, so a look costs tens of milliseconds and leaves nothing behind; for more than a
handful of pictures `mlcore.backend.gradients.Score` is quicker. JAX would compile every operation by itself (16 s for
the first look of a ResNet-9 on a GPU), so there the look is compiled as a whole.
"""

from collections.abc import Callable
from functools import partial

import keras
import numpy as np
from keras import ops

from mlcore.backend.network import Network
from mlcore.backend.stateless import jitted
from mlcore.errors import Refused
from mlcore.tensors import Tensor


class QuickLook:
    """Looks through one network, with the weights that it has at that moment."""

    def __init__(self, model: keras.Model):
        self._network = network = Network(model)
        on_jax = keras.backend.backend() == "jax"
        self._logits = jitted(model, network.logits) if on_jax else network.logits
        self._slope = self._jax if on_jax else self._tensorflow
        self._compiled: Callable[..., tuple[Tensor, Tensor]] | None = None

    def answers(self, pictures: np.ndarray) -> np.ndarray:
        """Logits float32 (N, K) of pictures uint8 (N, H, W, 3)."""
        return ops.convert_to_numpy(self._logits(_tensor(pictures)))

    def look(self, pictures: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits (N, K), and heat (N, h, w) for the class that is given for each picture; (N, T, h, w) for clips.

        Grad-CAM (Selvaraju et al. 2016, arXiv:1610.02391, eq. 1 and 2) at the last feature map; the largest
        gradient of a pixel's channels where the network has none.
        """
        logits = self.answers(pictures)
        wanted = np.eye(logits.shape[1], dtype="float32")[targets]
        try:
            features, slopes = self._slope(_tensor(pictures), wanted, self._network.feature_layer())
        except Refused:
            slopes = self._slope(_tensor(pictures), wanted, None)[1]
            return logits, np.abs(slopes).max(axis=-1)
        heat = (features * slopes.mean(axis=(-3, -2), keepdims=True)).sum(axis=-1)
        return logits, np.maximum(heat, 0)

    def _tensorflow(self, batch: Tensor, wanted: np.ndarray, at: str | None) -> tuple[np.ndarray, ...]:
        import tensorflow as tf

        outputs: list[Tensor] = []

        def tap(output: Tensor) -> None:
            outputs.append(output)
            tape.watch(output)

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            if at is None:
                tap(batch)
            logits = self._network.logits(batch, tap, at) if at else self._network.logits(batch)
        slope = tape.gradient(logits, outputs[0], tf.constant(wanted), unconnected_gradients="zero")
        return _arrays(len(batch), outputs[0], slope)

    def _jax(self, batch: Tensor, wanted: np.ndarray, at: str | None) -> tuple[np.ndarray, ...]:
        self._compiled = self._compiled or jitted(self._network.model, partial(self._jax_slope, at=at))
        return _arrays(len(batch), *self._compiled(batch, wanted))

    def _jax_slope(self, batch: Tensor, wanted: Tensor, at: str | None) -> tuple[Tensor, Tensor]:
        import jax

        def score(shift: Tensor) -> tuple[Tensor, Tensor]:  # the slope by a shift is that by the features
            outputs: list[Tensor] = []

            def tap(output: Tensor) -> Tensor:
                outputs.append(output)
                return output.at[: len(shift)].add(shift.astype(output.dtype))

            logits = self._network.logits(batch, tap, at) if at else self._network.logits(tap(batch))
            return (logits * wanted).sum(), outputs[0]

        shape = self._network.maps[at].shape if at else batch.shape[1:]
        slope, features = jax.grad(score, has_aux=True)(jax.numpy.zeros((len(batch), *shape)))
        return features, slope


def _tensor(pictures: np.ndarray) -> Tensor:
    return ops.convert_to_tensor(np.asarray(pictures, "float32"))


def _arrays(count: int, *tensors: Tensor) -> tuple[np.ndarray, ...]:
    """Those of the pictures; maps of mirror images may stand behind."""
    return tuple(ops.convert_to_numpy(ops.cast(each, "float32"))[:count] for each in tensors)
