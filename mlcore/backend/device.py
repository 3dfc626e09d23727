"""Which device computes, and how many threads it may use."""

import os
from functools import lru_cache

import keras

FEW_CORES = 2
MOST_MAKERS = 8


def describe() -> str:
    """The device in words, such as 'CPU, 2 cores' or the name of the GPU."""
    return _gpu() or f"CPU, {os.cpu_count()} cores"


def is_tensorflow_on_cpu() -> bool:
    """Whether TensorFlow computes, without a GPU."""
    return keras.backend.backend() == "tensorflow" and not _gpu()


def one_operation_at_a_time() -> None:
    """Give every operation all cores, instead of some to each of several; before anything was computed.

    It pays on a CPU of two cores, for the small CNN: see docs/decisions/0015. Elsewhere nothing changes.
    """
    if not is_tensorflow_on_cpu() or (os.cpu_count() or 1) > FEW_CORES:
        return
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)


@lru_cache
def batch_makers() -> int:
    """How many threads make batches: one where the processor computes, up to eight where it waits for a GPU.

    On an H100 with 16 cores ResNet-9 learned from 142,000 pictures a second with eight and from 99,000 with none of
    its own (JAX; one run each).
    """
    return min(MOST_MAKERS, max(1, (os.cpu_count() or 1) // 2)) if _gpu() else 1


def _gpu() -> str:
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else ""
    import jax

    device = jax.devices()[0]
    return device.device_kind if device.platform != "cpu" else ""
