"""What does it cost to take in a folder of pictures, beside Keras' `image_dataset_from_directory` reading it once?

Each side runs in a fresh process, in an order shuffled anew each round, over the same folders `train` and `test`. Ours
reads every file, checks it, hashes it, looks for near copies, splits and stores: what it leaves is a data set on the
disk. Keras decodes and resizes each file and keeps nothing, so it does so again in every epoch; its import of
TensorFlow is counted apart, too.

    python -m benchmarks.ingest [ROUNDS] NAME=FOLDER:SIDE ...      such as cifar10=CIFAR10:32

Photographs that weigh what ImageNet's do: python -m benchmarks.generated FOLDER 20000 100
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.measure import measure, ratio, show, write

SIDES = ("ours", "keras")
FIGURES = ("cpu_seconds", "wall_seconds", "peak_mb")


def ours(folders: list[Path], side: int) -> int:
    """Take everything into a store of its own; gives how many pictures came in."""
    from mlcore import data

    return len(data.add(folders[0].parent, "set", size=side))


def keras(folders: list[Path], side: int) -> int:
    """Read everything once as Keras' own guides do, in batches; gives how many pictures went by."""
    from keras.utils import image_dataset_from_directory

    count = 0
    for folder in folders:
        batches = image_dataset_from_directory(
            folder, image_size=(side, side), crop_to_aspect_ratio=True, batch_size=128, shuffle=False, verbose=False
        )
        count += sum(len(labels) for _, labels in batches)
    return count


def once(contender: str, folder: str, side: str) -> None:
    """Run one side in this process and print its figures."""
    imported = time.process_time()
    if contender == "keras":
        import keras as _  # noqa: F401

        imported = time.process_time()
    folders = sorted(path for path in Path(folder).iterdir() if path.is_dir())
    count = {"ours": ours, "keras": keras}[contender](folders, int(side))
    print(json.dumps({"pictures": count, "reading_cpu_seconds": time.process_time() - imported, "peak_mb": peak_mb()}))


def peak_mb() -> float:
    """The most memory that this process has held, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def apart(contender: str, folder: str, side: str) -> dict[str, float]:
    """One side in a process and a home of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest", "once", contender, folder, side]
    with tempfile.TemporaryDirectory(dir=os.environ.get("MLCORE_HOME")) as home:
        told = subprocess.run(command, env={**os.environ, "MLCORE_HOME": home}, capture_output=True, text=True)
    if told.returncode:
        raise RuntimeError(told.stderr[-2000:])
    figures: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return figures


def main(rounds: int, cases: list[str]) -> None:
    """Measure each case in rounds, show it, keep the results."""
    results, ratios = {}, {}
    for case in cases:
        name, _, where = case.partition("=")
        folder, _, side = where.rpartition(":")
        candidates = {one: partial(apart, one, folder, side) for one in SIDES}
        results[name] = measure(candidates, rounds=rounds, warm=0)
        ratios[name] = {figure: ratio(results[name], "ours", "keras", figure) for figure in FIGURES}
        print(name)
        show(results[name])
        for figure, values in ratios[name].items():
            print(f"ours / keras, {figure}: {values['median']:.2f}", flush=True)
        write("ingest", results, f"python -m benchmarks.ingest {rounds} NAME=FOLDER:SIDE ...", ratios=ratios)


if __name__ == "__main__":
    if sys.argv[1:2] == ["once"]:
        once(*sys.argv[2:])
    else:
        main(int(sys.argv[1]), sys.argv[2:])
