"""Uneven classes: the recall of the rarest ones with class weights, with balanced sampling, and with neither.

From each class of CIFAR-10 and MNIST a part of the training pictures is drawn, 20 times fewer of the last class than of
the first, in equal steps of the logarithm. Fast CNN (CIFAR-10) and CNN (MNIST) learn them, and are judged on 300 test
pictures of each class. The interval of a recall is Wilson's for the test pictures, of its mean over the seeds; that of
a difference is a bootstrap over the test pictures. Unlike them, chance in training isn't in either but in the extremes.

    python -m benchmarks.class_balance CIFAR10.zip MNIST.zip [SEEDS]
"""

import os
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from benchmarks.measure import write

WAYS = ("none", "weights", "sampling")
MOST, TIMES, JUDGED, RAREST = 1000, 20, 300, 3
NETWORKS = {
    "uneven-cifar10": ["fast-cnn", "settings.width=16", "training.epochs=12", "training.batch_size=128"],
    "uneven-mnist": ["cnn", "training.epochs=8", "training.batch_size=64"],
}


def counts() -> np.ndarray:
    """Training pictures of each of ten classes, from the most to a twentieth."""
    return np.rint(MOST * TIMES ** (-np.arange(10) / 9)).astype(int)


def uneven(archive: str, folder: Path) -> Path:
    """Some files of an archive of class folders: of each class its count for training, and as many as any to judge."""
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if name.endswith((".jpg", ".png"))]
        classes = sorted({Path(name).parent.name for name in names})
        for rank, label in enumerate(classes):
            for split, most in (("train", counts()[rank]), ("test", JUDGED)):
                own = sorted(name for name in names if Path(name).parts[-3:-1] == (split, label))
                for name in np.random.default_rng(rank).permutation(own)[:most]:
                    target = folder / split / label / Path(str(name)).name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(opened.read(str(name)))
    return folder


def hits(name: str, way: str, seed: int, folder: Path) -> np.ndarray:
    """Which of the test pictures a network gets right that was trained one way."""
    from mlcore import data, training

    architecture, *assignments = NETWORKS[name]
    chosen = [*assignments, f"training.class_balance={way}", f"training.seed={seed}"]
    model = training.train(training.draft(name, architecture, None, chosen), folder).model
    split = data.open(name).split("test")
    logits = [
        np.asarray(model(split.read(part).astype("float32"))) for part in np.array_split(np.arange(len(split)), 12)
    ]
    return np.concatenate(logits).argmax(axis=1) == split.labels


def told(right: np.ndarray, baseline: np.ndarray) -> dict:
    """Mean over seeds (S, N) of right answers with its interval, the seeds' extremes, and what was gained."""
    from mlcore.intervals import wilson

    share = wilson(round(right.mean() * right.shape[1]), right.shape[1])
    gain, drawn = right.mean(axis=0) - baseline.mean(axis=0), np.random.default_rng(0)
    means = [gain[drawn.integers(0, len(gain), len(gain))].mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    of_seeds = right.mean(axis=1)
    return {
        "recall": [round(float(value), 4) for value in (right.mean(), share.low, share.high)],
        "seeds": [round(float(value), 4) for value in (of_seeds.min(), of_seeds.max())],
        "gain": [round(float(value), 4) for value in (gain.mean(), low, high)],
    }


def compared(name: str, seeds: int, home: Path) -> dict:
    """For each way the recall of the rarest classes, of the largest ones, and of all (balanced accuracy)."""
    from mlcore import data

    labels = data.open(name).split("test").labels
    right = {
        way: np.stack([hits(name, way, seed, home / name / way / str(seed)) for seed in range(seeds)]) for way in WAYS
    }
    groups = {"rarest": labels >= 10 - RAREST, "largest": labels < RAREST, "all": labels >= 0}
    result = {}
    for way in WAYS:
        result[way] = {group: told(right[way][:, own], right["none"][:, own]) for group, own in groups.items()}
        print(name, way, result[way], flush=True)
    return result


def main(cifar: str, mnist: str, seeds: str = "3") -> None:
    """Make the uneven sets in a home of their own, train, and write down."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["MLCORE_HOME"] = str(home / "home")
        from mlcore import data

        result = {}
        for name, archive in {"uneven-cifar10": cifar, "uneven-mnist": mnist}.items():
            data.add(uneven(archive, home / "pictures" / name), name)
            result[name] = compared(name, int(seeds), home / "runs")
        command = "python -m benchmarks.class_balance CIFAR10.zip MNIST.zip"
        write("class_balance", result, command, train=counts().tolist(), judged=JUDGED, seeds=int(seeds))


if __name__ == "__main__":
    main(*sys.argv[1:])
