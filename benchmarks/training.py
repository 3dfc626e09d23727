"""Training speed: our worker with its live page open, a naive `fit`, and a bare hand-written loop.

All three train the CIFAR CNN at float32 on the same uint8 pictures on the same machine, in turns, in an
order shuffled anew each round. Figures are training pictures per second of the last epoch, so compiling
isn't counted for anybody; validation, which only ours does, is counted apart.

    python -m benchmarks.training [NAME_OF_DATA [ROUNDS]]      CIFAR-10 by default, from MLCORE_HOME or the network
"""

import json
import os
import subprocess
import sys
import time

import numpy as np

from benchmarks.measure import measure, ratio, show, write
from benchmarks.server import ROOT, browser, server
from mlcore import data, jobs, training
from mlcore.events import EpochEnded, TrainingEnded
from mlcore.home import home

EPOCHS = 2
ARCHITECTURE = "cnn-cifar"


def ours(name: str, page) -> dict:
    """A run through the worker while a browser watches its live page."""
    run = jobs.start(training.draft(name, ARCHITECTURE, None, [f"training.epochs={EPOCHS}"]))
    page.goto(page.context.address + f"/train?run={run}")
    while jobs.run(run).live or jobs.run(run).state == "queued":
        page.wait_for_timeout(500)
    seen = [line.event for line in jobs.read_events(run)[0]]
    epochs = [event for event in seen if isinstance(event, EpochEnded)]
    if not any(isinstance(event, TrainingEnded) for event in seen):
        raise RuntimeError(jobs.log(run)[-2000:])
    jobs.remove(run)
    return {"pictures_per_second": epochs[-1].pictures_per_second}


def apart(contender: str, name: str) -> dict:
    """A contender in a process of its own, as ours is."""
    command = [sys.executable, "-m", "benchmarks.training", "--contender", contender, name]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(told.stdout.splitlines()[-1])


def naive(pictures: np.ndarray, labels: np.ndarray, classes: int) -> float:
    """What a tutorial does: float32 pictures in memory, `fit` with its defaults."""
    import keras

    model = _network(pictures.shape[1:], classes)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    scaled = pictures.astype("float32")
    clock = _Clock()
    model.fit(scaled, labels, batch_size=32, epochs=EPOCHS, verbose=0, callbacks=[clock.callback()])
    return len(pictures) / clock.last


def hand(pictures: np.ndarray, labels: np.ndarray, classes: int) -> float:
    """The quickest loop we know to write by hand: one compiled function over a whole epoch, nothing reported."""
    import keras
    import tensorflow as tf

    model = _network(pictures.shape[1:], classes)
    optimizer = keras.optimizers.Adam(0.001)
    optimizer.build(model.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    resident, truth, batch = tf.constant(pictures), tf.constant(labels), 128

    @tf.function
    def epoch(order):
        for at in tf.range(len(labels) // batch):
            chosen = order[at * batch : (at + 1) * batch]
            with tf.GradientTape() as tape:
                value = loss(tf.gather(truth, chosen), model(tf.gather(resident, chosen), training=True))
            optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)

    random = np.random.default_rng(0)
    for _ in range(EPOCHS):
        started = time.perf_counter()
        epoch(tf.constant(random.permutation(len(labels))))
        seconds = time.perf_counter() - started
    return (len(labels) // batch) * batch / seconds


def _network(shape, classes):
    from mlcore import architectures

    return architectures.build(ARCHITECTURE, {}, shape, classes)


class _Clock:
    """Seconds of the last epoch that `fit` finished."""

    last = 0.0

    def callback(self):
        import keras

        return keras.callbacks.LambdaCallback(on_epoch_begin=self._begin, on_epoch_end=self._end)

    def _begin(self, epoch, logs=None):
        self._started = time.perf_counter()

    def _end(self, epoch, logs=None):
        self.last = time.perf_counter() - self._started


def contend(contender: str, name: str) -> None:
    """Run one contender in this process and print its figure."""
    os.nice(10)  # as our worker is
    split = data.open(name).split("train")
    pictures, labels = split.read(np.arange(len(split))), split.labels
    found = {"naive": naive, "hand": hand}[contender](pictures, labels, len(split.dataset.classes))
    print(json.dumps({"pictures_per_second": round(found, 1)}))


def main(name: str = "cifar10", rounds: int = 3) -> None:
    """Measure in rounds, show the ratios, keep the result."""
    data.open(name)
    with server(ROOT / "app.py", home(), VITRINE_WARM="0") as (address, _), browser() as chromium:
        page = chromium.new_page()
        page.context.address = address
        candidates = {
            "ours, live page open": lambda: ours(name, page),
            "naive fit, batch 32": lambda: apart("naive", name),
            "hand-written loop": lambda: apart("hand", name),
        }
        result = measure(candidates, rounds=rounds, warm=0)
    show(result)
    figure = "pictures_per_second"
    ratios = {other: ratio(result, "ours, live page open", other, figure) for other in list(candidates)[1:]}
    for other, found in ratios.items():
        print(f"ours / {other}: {found['median']:.2f} ({found['extremes'][0]:.2f} to {found['extremes'][1]:.2f})")
    write("training", result, f"python -m benchmarks.training {name} {rounds}", ratios=ratios)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--contender"]:
        contend(*sys.argv[2:4])
    else:
        main(*sys.argv[1:2], *(int(text) for text in sys.argv[2:3]))
