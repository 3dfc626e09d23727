"""Which device computes, and how many threads it may use."""

import os

import keras


def describe() -> str:
    """The device in words, such as 'CPU, 2 cores' or the name of the GPU."""
    return _gpu() or f"CPU, {os.cpu_count()} cores"


def _gpu() -> str:
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        found = tf.config.list_physical_devices("GPU")
        return tf.config.experimental.get_device_details(found[0]).get("device_name", "GPU") if found else ""
    import jax

    device = jax.devices()[0]
    return device.device_kind if device.platform != "cpu" else ""
