"""Scores of a class and their gradients (saliency), compiled once per network; for TensorFlow and JAX.

The score of a class is its logit, or its probability for those who ask for it. A softmax mixes in the other
classes and flattens the gradient of a sure answer to nothing.
"""

import copy
from collections import Counter
from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from typing import Any

import keras
import numpy as np

from mlcore.backend import device
from mlcore.backend.network import FeatureMap, Network
from mlcore.backend.stateless import jitted
from mlcore.errors import Kind, Refused
from mlcore.tensors import Tensor

CHUNK = 128  # pictures of up to 64 x 64; 512 at a time are no quicker, and 128 bound the memory
CHUNK_PIXELS = CHUNK * 64 * 64
# A hurried function takes 0.1 to 0.6 seconds more to compile and a fifth less to compute (ResNet-9, 2 cores): it is
# made once so many pictures came in batches of one size, and never for small batches.
OFTEN, MANY = 512, 24
Key = tuple  # the name of a function with its options


class Score:
    """The score of a class for pictures, and what it depends on.

    Pictures are float32 (N, H, W, 3) in 0..255; scores are logits, or with a `temperature` the probabilities
    softmax(logits / temperature); gradients are per step of 1 in 255. `shape` is (H, W, 3); where
    it is (T, H, W, 3), clips stand for pictures everywhere, and feature maps have a frame axis, too. A `layer` is the
    name of one with a feature map, by default the last. `background` float32 (n, H, W, 3) is what pictures of this
    network usually look like, and `background_origin` says in words where it is from; None unless given.
    `model` is a Keras network, or a Network seen in another way.
    """

    background: np.ndarray | None = None
    background_origin = ""

    def __init__(self, model: keras.Model | Network, temperature: float | None = None):
        self._network = model if isinstance(model, Network) else Network(model)
        self._temperature = temperature
        self.shape = self._network.shape
        kind: type[_Functions] = {"tensorflow": _TensorFlow, "jax": _Jax}[keras.backend.backend()]
        self._backend = kind(self._network, temperature)
        self._hurried = kind(self._network.in_a_hurry(), temperature)
        self._compiled: dict[tuple[_Functions, Key], Callable] = {}
        self._asked: Counter[tuple[Key, int]] = Counter()
        self._chunk = max(1, min(CHUNK, CHUNK_PIXELS // int(np.prod(self.shape[:-1]))))
        self._refuse_probabilities()

    @property
    def layers(self) -> tuple[FeatureMap, ...]:
        """The feature maps that can be asked for, in the order of computation."""
        return tuple(each for each in self._network.maps.values() if each.usable)

    @property
    def rectifiers(self) -> dict[str, int]:
        """How many of each kind of rectifier (ReLU and its relatives) the network has, by name."""
        return dict(self._network.rectifiers)

    def with_background(self, pictures: np.ndarray, origin: str) -> "Score":
        """The same score, compiled once for both, that knows a background."""
        score = copy.copy(self)
        score.background, score.background_origin = pictures, origin
        return score

    def feature_layer(self, layer: str | None = None) -> str:
        """The layer's full name; raises Refused, with the names there are, for one without a feature map."""
        return self._network.feature_layer(layer)

    def logits(self, batch: np.ndarray) -> np.ndarray:
        """The scores of all classes: float32 (N, K)."""
        return self._run("logits", batch)[0]

    def values(self, batch: np.ndarray, target: int) -> np.ndarray:
        """The score of class `target` for each picture: float32 (N,)."""
        return self._run("logits" if self._temperature is None else "scores", batch)[0][:, target]

    def gradient(self, batch: np.ndarray, target: int) -> np.ndarray:
        """How each pixel changes the score of its picture: float32 (N, H, W, 3)."""
        return self._run("gradient", batch, target)[0]

    def guided_gradient(self, batch: np.ndarray, target: int) -> np.ndarray:
        """The gradient with rectifiers that let only positive slopes back: float32 (N, H, W, 3).

        Raises Refused(not-compatible) for a network without any rectifier.
        """
        if not self.rectifiers:
            raise Refused(
                Kind.NOT_COMPATIBLE,
                "This network has no ReLU or relative of it (such as GELU, SiLU or ELU), which guided backpropagation "
                "needs; choose Gradient or SmoothGrad.",
            )
        return self._run("gradient", batch, target, guided=True)[0]

    def features(self, batch: np.ndarray, layer: str | None = None) -> np.ndarray:
        """The layer's feature maps: float32 (N, h, w, C)."""
        return self._run("features", batch, at=self.feature_layer(layer))[0]

    def feature_gradient(
        self, batch: np.ndarray, target: int, layer: str | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The layer's feature maps and how each place of them changes the score: both float32 (N, h, w, C).

        Only what comes after the layer is differentiated.
        """
        maps, slopes = self._run("feature_gradient", batch, target, at=self.feature_layer(layer))
        return maps, slopes

    def _run(self, name: str, batch: np.ndarray, target: int = 0, **options: Any) -> tuple[np.ndarray, ...]:
        batch = np.asarray(batch, "float32")
        chunks = [batch[at : at + self._chunk] for at in range(0, len(batch), self._chunk)]
        parts = [self._function(name, len(chunk), options)(chunk, np.int32(target)) for chunk in chunks]
        return parts[0] if len(parts) == 1 else tuple(np.concatenate(part) for part in zip(*parts, strict=True))

    def _function(self, name: str, size: int, options: dict) -> Callable:
        """The compiled function for a batch of this size; a hurried one where that has been worth its compilation."""
        key = (name, *options.items())
        self._asked[key, size] += size
        often = size >= MANY and self._asked[key, size] > OFTEN
        backend = self._hurried if often and self._can_hurry else self._backend
        if (backend, key) not in self._compiled:
            self._compiled[backend, key] = backend.compiled(partial(getattr(backend, name), **options))
        return self._compiled[backend, key]

    @cached_property
    def _can_hurry(self) -> bool:
        return device.is_tensorflow_on_cpu() and "gelu" in self.rectifiers

    def _refuse_probabilities(self) -> None:
        """The form of a network can hide a softmax; its answers to noise can't."""
        answers = self.logits(np.random.default_rng(0).uniform(0, 255, (2, *self.shape)))
        if (answers >= 0).all() and np.allclose(answers.sum(axis=1), 1, atol=1e-4):
            raise Refused(
                Kind.NOT_COMPATIBLE,
                "The network gives probabilities from which its logits can't be found; it must give logits, "
                "or end in a softmax of them.",
            )


@lru_cache(maxsize=4)
def score_of(model: keras.Model, temperature: float | None = None) -> Score:
    """The network's score, compiled at the first call; the last four networks keep theirs."""
    return Score(model, temperature)


class _Functions:
    """Functions of tensors (batch, target), each giving a tuple; `compiled` makes them functions of arrays."""

    def __init__(self, network: Network, temperature: float | None):
        self._network, self._temperature = network, temperature

    def compiled(self, function: Callable) -> Callable:
        raise NotImplementedError

    def logits(self, batch: Tensor, target: Tensor) -> tuple[Tensor]:
        return (self._network.logits(batch),)

    def scores(self, batch: Tensor, target: Tensor) -> tuple[Tensor]:
        return (self._scores(batch),)

    def features(self, batch: Tensor, target: Tensor, at: str) -> tuple[Tensor]:
        outputs: list[Tensor] = []
        self._network.logits(batch, outputs.append, at)
        return (keras.ops.cast(outputs[0], "float32"),)

    def _scores(self, batch: Tensor, tap: Callable | None = None, at: str = "", guided: bool = False) -> Tensor:
        logits = self._network.logits(batch, tap, at, guided)
        return logits if self._temperature is None else keras.ops.softmax(logits / self._temperature)


class _TensorFlow(_Functions):
    """With a tape, inside a graph."""

    def compiled(self, function: Callable) -> Callable:
        import tensorflow as tf

        signature = [tf.TensorSpec((None, *self._network.shape), tf.float32), tf.TensorSpec((), tf.int32)]
        # No XLA: on a CPU it made SmoothGrad 3.7 times slower and took seconds to compile.
        # A function of exactly two arguments: with a third, even one that has its value, every call is bound anew by
        # TensorFlow, which cost 1 ms of the 3.9 ms of a gradient.
        two = tf.function(lambda batch, target: function(batch, target), signature, autograph=False, jit_compile=False)
        concrete = two.get_concrete_function()

        def call(batch: np.ndarray, target: np.int32) -> tuple[np.ndarray, ...]:
            outputs = concrete(tf.constant(batch), tf.constant(target))
            return tuple(each.numpy()[: len(batch)] for each in outputs)  # maps of mirror images stand behind

        return call

    def gradient(self, batch: Tensor, target: Tensor, guided: bool = False) -> tuple[Tensor]:
        import tensorflow as tf

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(batch)
            scores = self._scores(batch, guided=guided)
        return (tape.gradient(scores, batch, _share(target, scores), unconnected_gradients="zero"),)

    def feature_gradient(self, batch: Tensor, target: Tensor, at: str) -> tuple[Tensor, Tensor]:
        import tensorflow as tf

        outputs: list[Tensor] = []

        def tap(output: Tensor) -> None:  # the tape records from here on, so only what follows is differentiated
            outputs.append(output)
            tape.watch(output)

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            scores = self._scores(batch, tap, at)
        slope = tape.gradient(scores, outputs[0], _share(target, scores), unconnected_gradients="zero")
        return keras.ops.cast(outputs[0], "float32"), keras.ops.cast(slope, "float32")


def _share(target: Tensor, scores: Tensor) -> Tensor:
    """One for the target's score of each picture: cheaper to go back through than picking that score out."""
    return keras.ops.one_hot(keras.ops.full(keras.ops.shape(scores)[:1], target), scores.shape[1])


class _Jax(_Functions):
    """With functions of functions."""

    def compiled(self, function: Callable) -> Callable:
        stateless = jitted(self._network.model, function)

        def call(batch: np.ndarray, target: np.int32) -> tuple[np.ndarray, ...]:
            outputs = stateless(_to_power_of_two(batch), target)
            return tuple(np.asarray(each)[: len(batch)] for each in outputs)

        return call

    def gradient(self, batch: Tensor, target: Tensor, guided: bool = False) -> tuple[Tensor]:
        import jax

        return (jax.grad(lambda pictures: self._scores(pictures, guided=guided)[:, target].sum())(batch),)

    def feature_gradient(self, batch: Tensor, target: Tensor, at: str) -> tuple[Tensor, Tensor]:
        import jax

        def shifted(
            shift: Tensor,
        ) -> tuple[Tensor, Tensor]:  # the slope by a shift is that by the features
            outputs: list[Tensor] = []

            def tap(output: Tensor) -> Tensor:
                outputs.append(output.astype("float32"))
                return output.at[: len(shift)].add(shift.astype(output.dtype))  # mirror images may stand behind

            return self._scores(batch, tap, at)[:, target].sum(), outputs[0]

        nothing = jax.numpy.zeros((len(batch), *self._network.maps[at].shape))
        slope, features = jax.grad(shifted, has_aux=True)(nothing)
        return features, slope


def _to_power_of_two(batch: np.ndarray) -> np.ndarray:
    """Repeats the last picture, so that JAX compiles for a handful of sizes and not for each."""
    missing = (1 << (len(batch) - 1).bit_length()) - len(batch)
    return np.concatenate([batch, np.repeat(batch[-1:], missing, axis=0)]) if missing else batch
