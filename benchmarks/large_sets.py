"""Sets too large for the memory: what taking them in, opening, reading and training costs as they grow.

Each figure comes from a fresh process over a tree of JPEG files in class folders, from the first.

    python -m benchmarks.generated FOLDER 100000 1000
    python -m benchmarks.large_sets FOLDER 1000 10000 100000       home and scratch space in MLCORE_HOME

`grows` takes the tree in, packed, at each size; `reads` compares the reading of a step with the step; `trains` gives a
process half the memory that the training pictures of a set would take and trains an epoch on them.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.measure import write

NETWORKS = {"cnn-cifar": 32, "efficientnet-lite": 16}  # and the pictures of a step
SIDE, READ, ROUNDS = 224, 320, 5
TRAINED, TRAINED_SIDE = 4500, 512  # pictures and their size: 3.6 GB, of which a process may hold half
ROWS = [
    {"type": "average-pooling", "kernel": 8, "stride": 8},
    {"type": "convolution"},
    {"type": "global-average-pooling"},
]


def part(tree: Path, count: int, folder: Path) -> None:
    """So many files of a tree as a tree of their own, an equal share of every class, by links."""
    classes = sorted(path for path in tree.iterdir() if path.is_dir())
    for one in classes:
        (folder / one.name).mkdir(parents=True)
        for file in islice(sorted(one.iterdir()), -(-count // len(classes))):
            os.link(file, folder / one.name / file.name)


def take_in(folder: str, name: str, side: str = str(SIDE)) -> dict[str, float]:
    """Store a tree, packed."""
    from mlcore import data

    started = time.perf_counter()
    dataset = data.add(folder, name, store="packed", size=int(side))
    return {"pictures": len(dataset), "seconds": time.perf_counter() - started, "disk_mb": _disk(dataset.folder) / 1e6}


def open_it(name: str) -> dict[str, float]:
    """List all sets, show one, open it, and read its first pictures of each class."""
    from mlcore import data

    steps: dict[str, Callable[[], object]] = {
        "list": data.all,
        "show": lambda: data.stored(name),
        "open": lambda: data.open(name),
        "read 32": lambda: data.open(name).split("train").read(range(32)),
    }
    return {f"{step} seconds": _timed(work) for step, work in steps.items()}


def reading(name: str, architecture: str, batch: str) -> dict[str, float]:
    """CPU milliseconds a picture of reading batches in random order, and of a training step on one."""
    import keras

    from mlcore import architectures, data

    split = data.open(name).split("train")
    chosen = np.random.default_rng(0).permutation(len(split))[:READ]
    batches = chosen.reshape(-1, int(batch))
    pictures, labels = split.read(batches[0]), split.labels[batches[0]]
    model = architectures.build(architecture, {}, split.dataset.shape, len(split.dataset.classes))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(pictures, labels)
    reads = [_cpu(lambda: [split.read(one) for one in batches]) / READ for _ in range(ROUNDS)]
    steps = [_cpu(lambda: model.train_on_batch(pictures, labels)) / len(pictures) for _ in range(ROUNDS)]
    figures = {"read_ms": 1e3 * median(reads), "step_ms": 1e3 * median(steps)}
    return {**figures, "share": figures["read_ms"] / figures["step_ms"]}


def train(name: str) -> dict[str, float]:
    """An epoch of a small network in a process that may hold half of what its training pictures take."""
    from mlcore import data, training

    cap = data.open(name).split("train").bytes // 2
    resource.setrlimit(resource.RLIMIT_DATA, (cap, cap))
    settings = [f"settings.layers={json.dumps(ROWS)}", "training.epochs=1", "training.batch_size=32"]
    recipe = training.draft(name, "layers", None, settings)
    folder = Path(os.environ["MLCORE_HOME"]) / "models" / "large"
    folder.mkdir(parents=True, exist_ok=True)
    trained = training.train(recipe, folder)
    return {"pictures_mb": 2 * cap / 1e6, "cap_mb": cap / 1e6, "stopped": trained.stopped}


def apart(work: str, *given: object) -> dict[str, float]:
    """One of these in a fresh process, with what it took."""
    command = [sys.executable, "-m", "benchmarks.large_sets", "apart", work, *map(str, given)]
    told = subprocess.run(command, capture_output=True, text=True)
    if told.returncode:
        raise RuntimeError(told.stderr[-3000:])
    figures: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return figures


def taken_in(tree: Path, count: int, name: str, side: int) -> dict[str, float]:
    """Store a part of a tree; the links to its files go again."""
    with tempfile.TemporaryDirectory(dir=os.environ["MLCORE_HOME"]) as folder:
        part(tree, count, Path(folder))
        return apart("take_in", folder, name, side)


def main(tree: Path, counts: list[int]) -> None:
    """Measure everything at each size, show it, keep it."""
    result: dict[str, dict] = {"grows": {}, "reads": {}, "trains": {}}
    for count in counts:
        taken = taken_in(tree, count, f"large-{count}", SIDE)
        result["grows"][count] = {**taken, "opened": apart("open_it", f"large-{count}")}
        print(count, result["grows"][count], flush=True)
    few, many = (result["grows"][count] for count in (counts[0], counts[-1]))
    slope = (many["peak_mb"] - few["peak_mb"]) / (many["pictures"] - few["pictures"]) * 1e6
    for architecture, batch in NETWORKS.items():
        result["reads"][architecture] = apart("reading", f"large-{counts[0]}", architecture, batch)
        print(architecture, result["reads"][architecture], flush=True)
    taken_in(tree, TRAINED, "large-trained", TRAINED_SIDE)
    result["trains"] = apart("train", "large-trained")
    print(result["trains"], f"{slope:.0f} bytes of memory for each further picture")
    command = f"python -m benchmarks.large_sets FOLDER {' '.join(map(str, counts))}"
    write("large_sets", result, command, bytes_of_memory_a_picture=round(slope))


def _disk(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    if sys.argv[1] == "apart":
        figures = {work.__name__: work for work in (take_in, open_it, reading, train)}[sys.argv[2]](*sys.argv[3:])
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({**figures, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1e3}))
    else:
        main(Path(sys.argv[1]), [int(count) for count in sys.argv[2:]])
