"""Which device computes, and how many threads it may use."""

import os

import keras

FEW_CORES = 2


def describe() -> str:
    """The device in words, such as 'CPU, 2 cores' or the name of the GPU."""
    return _gpu() or f"CPU, {os.cpu_count()} cores"


def one_operation_at_a_time() -> None:
    """Give every operation all cores, instead of some to each of several; before anything was computed.

    It pays on a CPU of two cores, for the small CNN: see docs/decisions/0015. Elsewhere nothing changes.
    """
    if keras.backend.backend() != "tensorflow" or (os.cpu_count() or 1) > FEW_CORES or _gpu():
        return
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)


def _gpu() -> str:
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        found = tf.config.list_physical_devices("GPU")
        return tf.config.experimental.get_device_details(found[0]).get("device_name", "GPU") if found else ""
    import jax

    device = jax.devices()[0]
    return device.device_kind if device.platform != "cpu" else ""
