"""Repairs of held-out pictures: our networks beside classical fills, in the hole alone.

Pictures of the test split lose a hole in the middle or three scratches (other ones in each picture); every fill closes
the same holes. Beside the errors: what a starter says of the whole repaired picture. All intervals are 95 %, by
bootstrap over pictures with the same 2,000 draws for every fill, so the gains over the smoothest surface are paired.
PSNR is that of the squared error averaged over pictures: single scratches on black are repaired without any error.

    python -m benchmarks.repair [PICTURES]      MNIST and CIFAR-10 from MLCORE_HOME or the network

Networks are trained by the commands below when they aren't in the library. OpenCV's fills take part where it is
installed.
"""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.measure import write
from mlcore import data, events, library, repair
from mlcore.repair.fills.opencv import available
from mlcore.repair.repairer import all_repairers, open_repairer

ROOT = Path(__file__).parents[1]
TRAINED = {
    "mnist": "python -m mlcore train-repair --data mnist",
    "cifar10": "python -m mlcore train-repair --data cifar10",
}
CLASSIFIERS = {"mnist": "handwritten-digits", "cifar10": "animals-and-vehicles"}
DAMAGES = ("centre", "scratches")
SMOOTH, OURS = "biharmonic", "our network"
DRAWS = 2000


def network(name: str):
    """The repair network of a data set, as its command makes it; trained when it isn't in the library."""
    if not _known(name):
        subprocess.run([sys.executable, *TRAINED[name].split()[1:]], cwd=ROOT, check=True)
    return open_repairer(_known(name)[0])


def _known(name: str) -> list[str]:
    return [card.id for card in all_repairers() if card.command == TRAINED[name]]


def facts(repairer) -> dict:
    """What a network took: parameters, and CPU seconds of all threads by its own record."""
    seen = [line.event for line in events.read(repairer.folder / "events.jsonl")[0]]
    ended = [event for event in seen if isinstance(event, events.TrainingEnded)]
    card = repairer.card
    return {
        "command": card.command,
        "parameters": card.parameters,
        "learned": card.description,
        "training_cpu_seconds": ended[-1].cpu_seconds if ended else None,
    }


def contenders(repairer) -> dict:
    """Every fill there is here and our network: functions of a picture and a mask."""
    usable = [entry.name for entry in repair.fills.all() if "opencv" not in entry.traits or available()]
    fills = {name: lambda pixels, mask, name=name: repair.fill(name, pixels, mask) for name in usable}
    return {**fills, OURS: repairer.repair}


def judged(close, pictures, masks, labels, classifier) -> dict[str, np.ndarray]:
    """Figures of one fill for every picture: l1, squared error, ssim, right or not, CPU milliseconds."""
    started = time.process_time()
    repaired = [close(pixels, mask) for pixels, mask in zip(pictures, masks, strict=True)]
    spent = 1000 * (time.process_time() - started) / len(pictures)
    scores = [repair.score(*each) for each in zip(pictures, repaired, masks, strict=True)]
    return {
        "l1": np.array([score.l1 for score in scores]),
        "psnr": np.array([0.0 if score.psnr is None else 10 ** (-score.psnr / 10) for score in scores]),
        "ssim": np.array([score.ssim for score in scores]),
        "accuracy": answers(classifier, np.stack(repaired)) == labels,
        "cpu_milliseconds": np.full(len(pictures), spent),
    }


def answers(classifier, pictures: np.ndarray) -> np.ndarray:
    """What a classifier sees in pictures uint8 (N, H, W, 3)."""
    parts = [classifier.logits(pictures[at : at + 256]) for at in range(0, len(pictures), 256)]
    return np.concatenate(parts).argmax(axis=1)


def decibels(squared: np.ndarray, axis: int = -1) -> np.ndarray:
    """PSNR of the mean of squared errors of levels 0..1."""
    return -10 * np.log10(squared.mean(axis=axis))


STATISTICS = {"l1": np.mean, "psnr": decibels, "ssim": np.mean, "accuracy": np.mean}


def told(rows: dict[str, np.ndarray], smooth: dict[str, np.ndarray], draws: np.ndarray) -> dict:
    """Each figure with its interval, and how much more it is than that of the smoothest surface.

    `draws` are indices (draws, N) of pictures, the same for every fill.
    """
    found = {"cpu_milliseconds": round(float(rows["cpu_milliseconds"][0]), 3)}
    for figure, statistic in STATISTICS.items():
        ours, theirs = rows[figure], smooth[figure]
        drawn, beside = statistic(ours[draws], axis=1), statistic(theirs[draws], axis=1)
        found[figure] = _figure(statistic(ours, axis=0), drawn)
        found[figure]["more"] = _figure(statistic(ours, axis=0) - statistic(theirs, axis=0), drawn - beside)
    return found


def _figure(value: float, drawn: np.ndarray) -> dict:
    return {"value": round(float(value), 4), "interval": np.quantile(drawn, (0.025, 0.975)).round(4).tolist()}


def table(name: str, count: int, repairer) -> dict:
    """Every damage and fill on some test pictures of a data set."""
    split, classifier = data.open(name).split("test"), library.open_classifier(CLASSIFIERS[name])
    chosen = np.sort(np.random.default_rng(0).permutation(len(split))[:count])
    pictures, labels = split.read(chosen), split.labels[chosen]
    draws = np.random.default_rng(1).integers(0, len(pictures), (DRAWS, len(pictures)))
    found = {}
    for damage in DAMAGES:
        masks = [repair.damage(damage, *pictures.shape[1:3], seed=place) for place in range(len(pictures))]
        rows = {
            fill: judged(close, pictures, masks, labels, classifier) for fill, close in contenders(repairer).items()
        }
        found[f"{name}, {damage}"] = {fill: told(each, rows[SMOOTH], draws) for fill, each in rows.items()}
    undamaged = float((answers(classifier, pictures) == labels).mean())
    return {title: {"undamaged accuracy": round(undamaged, 4), **fills} for title, fills in found.items()}


def show(result: dict) -> None:
    """Print one line per damage and fill: figure, and in brackets the interval of the gain over the surface."""
    for title, fills in result.items():
        print(f"{title}; undamaged: accuracy {fills['undamaged accuracy']:.3f}")
        for fill, figures in fills.items():
            if fill != "undamaged accuracy":
                told = [f"{name} {figures[name]['value']:.3f} {_more(figures[name])}" for name in STATISTICS]
                print(f"  {fill:14} {'  '.join(told)}")


def _more(figure: dict) -> str:
    low, high = figure["more"]["interval"]
    return f"({low:+.3f} to {high:+.3f})"


def main(count: int = 300) -> None:
    """Measure every data set, damage and fill, show and keep the result."""
    result, networks = {}, {}
    for name in TRAINED:
        repairer = network(name)
        networks[name] = facts(repairer)
        result |= table(name, count, repairer)
    show(result)
    write("repair", result, f"python -m benchmarks.repair {count}", networks=networks, pictures=count)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:2]))
