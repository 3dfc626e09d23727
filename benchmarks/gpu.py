"""On a GPU, with JAX: time to 90 and 93 % on CIFAR-10, pictures per second and peak memory.

    KERAS_BACKEND=jax python -m benchmarks.gpu [ROUNDS [SECONDS]]      needs a GPU, and cifar10 in MLCORE_HOME

Every run is one of our worker, from the command to the finished, measured model; recipes are fixed beforehand and each
round has another seed. Once SECONDS are over no further round begins.
"""

import sys
import time

import keras

from benchmarks.measure import summary, write
from benchmarks.time_to_accuracy import once
from mlcore.machine import devices

SHARED = ["settings.fine=true", "settings.fine_map=true", "settings.mirror=true", "training.augmentation.shift=3"]
WANTED = {
    "CIFAR-10, 90 %": (0.90, ["settings.width=96", "training.epochs=24", "training.augmentation.cutout=8"]),
    "CIFAR-10, 93 %": (0.93, ["settings.width=128", "training.epochs=120", "training.augmentation.cutout=12"]),
}
ARCHITECTURE, DATA = "resnet9", "cifar10"


class Memory:
    """The most memory in use on the first GPU, looked at from outside."""

    def __init__(self):
        self._before, self._most = devices.gpus()[0].used, 0

    def __call__(self) -> None:
        self._most = max(self._most, devices.gpus()[0].used)

    def peak(self) -> float:
        """In GB, above what was in use at first, with what CUDA itself needs; looks anew afterwards."""
        found, self._most = (self._most - self._before) / 1e9, 0
        return found


def main(rounds: int = 3, seconds: int = 3600) -> None:
    """Measure, show, and keep what was found so far after every recipe."""
    if keras.backend.backend() != "jax" or not devices.gpus():
        sys.exit("This wants a GPU and KERAS_BACKEND=jax.")
    began, memory, results = time.monotonic(), Memory(), {}
    recipes = {title: [*SHARED, *assignments] for title, (_, assignments) in WANTED.items()}
    facts = {"gpu": devices.gpus()[0].title, "backend": "jax", "reached": {}, "recipes": recipes}
    for title, (wanted, assignments) in WANTED.items():
        rows = []
        for seed in range(rounds):
            if not rows or time.monotonic() - began < seconds:
                found = once(DATA, [*SHARED, *assignments], seed, ARCHITECTURE, memory)
                rows.append({**found, "peak_gpu_gb": memory.peak()})
                print(title, rows[-1], flush=True)
        facts["reached"][title] = f"{sum(row['test_accuracy'] >= wanted for row in rows)} of {len(rows)}"
        results[title] = {figure: summary([row[figure] for row in rows]) for figure in rows[0]}
        write("gpu", results, f"python -m benchmarks.gpu {rounds} {seconds}", **facts)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))
