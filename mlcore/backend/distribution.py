"""Data-parallel training: several devices share each batch, the same weights everywhere, each a part of the pictures.

On TensorFlow by `tf.distribute.MirroredStrategy`, on JAX by `keras.distribution.DataParallel` (which does nothing on
TensorFlow). Tried with two virtual CPU devices; on real GPUs it hasn't been run.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import keras

from mlcore.errors import Kind, Refused


class Spread:
    """How a network is spread over devices; with one device, not at all."""

    def __init__(self, count: int):
        self.count = count
        self._strategy: Any = None  # of TensorFlow
        self._parallel: keras.distribution.DataParallel | None = None
        if count == 1:
            return
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            self._strategy = tf.distribute.MirroredStrategy(_enough(_tensorflow_devices(), count))
        else:
            self._parallel = keras.distribution.DataParallel(devices=_enough(keras.distribution.list_devices(), count))

    def building(self) -> AbstractContextManager:
        """The context in which the network is built and compiled."""
        return self._strategy.scope() if self._strategy else nullcontext()

    def training(self) -> AbstractContextManager:
        """The context of the whole run."""
        return _distribution(self._parallel) if self._parallel else nullcontext()

    def check(self, batch_size: int) -> None:
        """Raise Refused(bad-setting) for a batch that can't be shared evenly."""
        if batch_size % self.count:
            raise Refused(
                Kind.BAD_SETTING,
                f"A batch of {batch_size} pictures can't be shared evenly by {self.count} devices; "
                f"set training.batch_size to a multiple of {self.count}.",
            )


@contextmanager
def _distribution(wanted: keras.distribution.DataParallel) -> Iterator[None]:
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(wanted)
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)


def _tensorflow_devices() -> list[str]:
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    return [device.name for device in devices]


def _enough(names: list[str], count: int) -> list[str]:
    if len(names) < count:
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"Training on {count} devices needs as many; this machine has {len(names)}. Set training.devices to fewer.",
        )
    return names[:count]
