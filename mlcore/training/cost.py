"""What a recipe will cost, measured on a few throw-away steps before anything is started."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from mlcore import architectures, data
from mlcore.errors import Kind, Refused
from mlcore.machine.memory import available
from mlcore.recipe import Recipe

ENGINE_SECONDS = 3.0  # to load TensorFlow and Keras; 2.6 to 4.0 were measured on 2 cores, none where a worker waits
WRITING_SECONDS = 1.5  # to save a small network, to make its small copy and to check it
LOOKED_AT = 1000  # pictures of each split from which is learned what is unlike them


@dataclass(frozen=True)
class Estimate:
    """Parameters, memory in bytes while training, seconds per epoch and of all training on this machine, idle.

    Loading the engine and the network comes before, measuring what was trained comes after.
    """

    parameters: int
    memory_bytes: int
    seconds_per_epoch: float
    seconds: float
    loading_seconds: float = 0.0
    measuring_seconds: float = 0.0

    @property
    def whole_seconds(self) -> float:
        """From the start to the model in the library."""
        return self.loading_seconds + self.seconds + self.measuring_seconds


def estimate(recipe: Recipe, shrink: int = 1) -> Estimate:
    """Build the network, time three training steps on the real pictures, and reckon up the rest.

    With `shrink` it is that of the same pictures stored so many times smaller in height and width. Raises Refused as
    training would, so a recipe that can be estimated can be started.
    """
    import keras  # noqa: F401 - loaded first: the engine is reckoned apart

    from mlcore.training.batches import Shuffled
    from mlcore.training.distillation import taught
    from mlcore.training.loop import EPOCH_SECONDS

    dataset = data.open(recipe.data, seen=recipe.fingerprint)
    training = recipe.training
    *clip, height, width, channels = dataset.shape
    shape = (*clip, -(-height // shrink), -(-width // shrink), channels)
    began = time.perf_counter()
    model = architectures.build(recipe.architecture, recipe.settings, shape, len(dataset.classes))
    batches = Shuffled(dataset.split("train"), training)
    memory = _memory(model, batches.size, training.optimizer)
    _refuse_too_much(memory)
    with taught(model, recipe):
        per_step = _seconds_per_step(model, batches, training, len(dataset.classes), shrink)
    preparing = time.perf_counter() - began  # building and compiling, which the run does anew
    validation = per_step / 3 * len(dataset.split("val")) / batches.size  # forward costs a third of a step
    per_epoch = EPOCH_SECONDS + per_step * batches.per_epoch + validation
    whole = per_epoch * training.epochs
    return Estimate(
        parameters=model.count_params(),
        memory_bytes=memory,
        seconds_per_epoch=per_epoch,
        seconds=min(whole, training.minutes * 60) if training.minutes else whole,
        loading_seconds=ENGINE_SECONDS + preparing,
        measuring_seconds=WRITING_SECONDS + per_step / 3 / batches.size * _measured_pictures(dataset.splits),
    )


def _measured_pictures(splits: Mapping[str, int]) -> int:
    """How many pictures are answered after training: to calibrate, to test, and to learn what is unlike them."""
    return splits["val"] + splits["test"] + sum(min(LOOKED_AT, count) for count in splits.values())


def _refuse_too_much(memory: int) -> None:
    """Say no before the machine does: running out of memory would take the whole studio down."""
    free = available()
    if memory > free:
        raise Refused(
            Kind.OUT_OF_MEMORY,
            f"Training this takes about {memory / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; "
            "choose a smaller batch size or fewer units.",
        )


def _seconds_per_step(model, batches, training, classes, shrink) -> float:
    from mlcore.backend.cpu_kernels import use_cpu_kernels
    from mlcore.training.optimizers import loss, optimizer
    from mlcore.training.probe import seconds_per_step

    model.compile(optimizer(training, 1), loss(training, classes), jit_compile="auto")
    with use_cpu_kernels(model, shared=training.devices > 1):
        pictures, labels = batches.at(0)
        return seconds_per_step(model, (pictures[..., ::shrink, ::shrink, :], labels))


def _memory(model, batch: int, optimizer: str) -> int:
    """All weights, gradients and moments of those that learn, and what a batch becomes on its way.

    Each layer's output is held for the way back, and the largest one has a gradient at its end and one at its
    beginning at the same time; of a frozen network only the largest output is held. Between 0.9 and 1.7 of what was
    measured (32 pixels, TensorFlow 2.21 on a CPU): CIFAR CNN 85 MB and ResNet-20 267 MB at batch 128, ConvNeXt 253 MB
    at 64, Fast CNN 135 MB at 256.
    """
    moments = {"gradient-descent": 0, "momentum": 1, "nesterov": 1, "rmsprop": 1}.get(optimizer, 2)
    learning = sum(prod(weight.shape) for weight in model.trainable_weights)
    held = _held(model)
    return 4 * (model.count_params() + (1 + moments) * learning + batch * (sum(held) + 2 * max(held)))


def _held(network) -> list[int]:
    """Numbers that one picture becomes at each layer, networks inside the network included."""
    sizes = []
    for layer in network.layers:
        sizes += _held(layer) if hasattr(layer, "layers") else [_size(layer)]
    return sizes if network.trainable_weights else [max(sizes)]


def _size(layer) -> int:
    return _copies(layer) * prod(layer.output.shape[1:]) if hasattr(layer, "output") else 0


def _copies(layer) -> int:
    """GELU and layer normalisation are worked out in several steps, each of which the way back needs."""
    gelu = getattr(getattr(layer, "activation", None), "__name__", "") == "gelu"
    return 4 if gelu or type(layer).__name__ == "LayerNormalization" else 1
