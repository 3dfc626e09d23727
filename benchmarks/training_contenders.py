"""Who trains against us: a naive `fit`, the quickest loop we know to write by hand, and native PyTorch.

Each runs in a process of its own, niced as our worker is, and prints its pictures per second and its parameters:

    python -m benchmarks.training_contenders naive|hand|torch ARCHITECTURE DATA BATCH EPOCHS

The first epoch, in which everybody compiles, isn't counted.
"""

import json
import os
import sys
import time

import numpy as np

from mlcore import data

THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def naive(architecture: str, pictures, labels, classes: int, batch: int, epochs: int) -> tuple[list[float], int]:
    """What a tutorial does: float32 pictures in memory, `fit` with its default batches of 32."""
    import keras

    model = network(architecture, pictures.shape[1:], classes)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    scaled, began, ended = pictures.astype("float32"), [], []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: began.append(time.perf_counter()),
        on_epoch_end=lambda epoch, logs: ended.append(time.perf_counter()),
    )
    model.fit(scaled, labels, batch_size=32, epochs=epochs, verbose=0, callbacks=[clock])
    return [len(pictures) / (end - begin) for begin, end in zip(began, ended, strict=True)], model.count_params()


def hand(architecture: str, pictures, labels, classes: int, batch: int, epochs: int) -> tuple[list[float], int]:
    """One compiled function over a whole epoch of resident pictures, nothing reported."""
    import keras
    import tensorflow as tf

    model = network(architecture, pictures.shape[1:], classes)
    optimizer = keras.optimizers.Adam(0.001)
    optimizer.build(model.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    resident, truth = tf.constant(pictures), tf.constant(labels)

    @tf.function
    def epoch(order):
        for at in tf.range(len(labels) // batch):
            chosen = order[at * batch : (at + 1) * batch]
            with tf.GradientTape() as tape:
                value = loss(tf.gather(truth, chosen), model(tf.gather(resident, chosen), training=True))
            optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)

    return _timed(lambda order: epoch(tf.constant(order)), len(labels), batch, epochs), model.count_params()


def torch(architecture: str, pictures, labels, classes: int, batch: int, epochs: int) -> tuple[list[float], int]:
    """Native PyTorch as its users write it for a processor: channels last, resident uint8 pictures, fused Adam."""
    import torch

    torch.set_num_threads(THREADS)
    model = _torch_network(architecture, pictures.shape[1:], classes)
    optimizer = torch.optim.Adam(model.parameters(), 0.001, fused=True)
    resident = torch.from_numpy(pictures).permute(0, 3, 1, 2)  # the memory stays (N, H, W, 3)
    truth = torch.from_numpy(labels.astype("int64"))

    def epoch(order):
        for chosen in torch.from_numpy(order).split(batch)[: len(order) // batch]:
            optimizer.zero_grad(set_to_none=True)
            answers = model(resident[chosen].float().contiguous(memory_format=torch.channels_last))
            torch.nn.functional.cross_entropy(answers, truth[chosen]).backward()
            optimizer.step()

    return _timed(epoch, len(labels), batch, epochs), sum(each.numel() for each in model.parameters())


def network(architecture: str, shape, classes: int):
    """The network that all of Keras' contenders train."""
    from mlcore import architectures

    return architectures.build(architecture, {}, shape, classes)


def _torch_network(architecture: str, shape, classes: int):
    """The same layers in PyTorch; `benchmarks.training` refuses a twin with another number of parameters."""
    import torch
    from torch import nn

    class Scale(nn.Module):
        def forward(self, values):
            return values / 127.5 - 1

    def convolution(into: int, out: int) -> list:
        return [nn.Conv2d(into, out, 3, padding=1), nn.ReLU()]

    height, width, channels = shape
    if architecture == "mlp":
        layers = [nn.Flatten(), nn.Linear(height * width * channels, 128), nn.ReLU(), nn.Linear(128, classes)]
    else:
        layers = [*convolution(channels, 32), nn.MaxPool2d(2), *convolution(32, 64), nn.MaxPool2d(2)]
        layers += convolution(64, 64) if architecture == "cnn-cifar" else []
        wide = (height // 4) * (width // 4) * 64
        layers += [nn.Flatten(), nn.Linear(wide, 64), nn.ReLU(), nn.Linear(64, classes)]
    return nn.Sequential(Scale(), *layers).to(memory_format=torch.channels_last)


def _timed(epoch, pictures: int, batch: int, epochs: int) -> list[float]:
    random, speeds = np.random.default_rng(0), []
    for _ in range(epochs):
        order = random.permutation(pictures)
        started = time.perf_counter()
        epoch(order)
        speeds.append((pictures // batch) * batch / (time.perf_counter() - started))
    return speeds


def main(contender: str, architecture: str, name: str, batch: str, epochs: str) -> None:
    os.nice(10)  # as our worker is
    split = data.open(name).split("train")
    pictures, labels = split.read(np.arange(len(split))), split.labels
    run = {"naive": naive, "hand": hand, "torch": torch}[contender]
    speeds, parameters = run(architecture, pictures, labels, len(split.dataset.classes), int(batch), int(epochs))
    print(json.dumps({"pictures_per_second": round(float(np.mean(speeds[1:])), 1), "parameters": parameters}))


if __name__ == "__main__":
    main(*sys.argv[1:])
