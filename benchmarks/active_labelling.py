"""Labelling with the model's help: how good is a model after so many labels, with each strategy and at random?

The backbone Photographs looks at every picture once. Then a person is played who labels a few pictures that a strategy
asks for, then some more, and so on; after each step the head of Teach is fitted to the labels so far and judged on test
pictures that nobody could be asked for. Each draw has a pool and test pictures of its own: of the ants and bees two
thirds and one third, of CIFAR-10 6,000 of 12,000 training pictures (in `uneven` those of five classes are made ten
times as rare), judged on 4,000 test pictures. Accuracy is the mean over classes of the share that is right, so that a
rare class counts as much as another. Intervals are those of the mean over draws, by the normal approximation.
Photographs learned from ImageNet, which has ants and bees among its classes: other pictures will need more labels.

A page of guesses is accepted at a probability: how many of all guesses that are at least so sure are right?

    python -m benchmarks.active_labelling ANTS_AND_BEES.zip CIFAR10.zip [DRAWS]      from MLCORE_HOME

OPENBLAS_NUM_THREADS=1 makes it several times as quick on a busy machine.
"""

import sys
import zipfile

import numpy as np

from benchmarks.measure import write
from mlcore import backbones, home, images
from mlcore.active_learning import UNLABELLED, Learned, Pool, guesses, learn, points_of, strategies
from mlcore.teach import features

SIDES = {"ants-and-bees": 224, "cifar10": 32}
MOST = {"train": 12_000, "test": 4_000}
POOL = 6_000  # pictures of a draw
RARE = 0.1  # of the pictures of every second class are left where classes are uneven
COUNTS = {"ants-and-bees": (10, 20, 40, 60, 80), "cifar10": (20, 40, 60, 80, 100, 150, 200, 300)}
TARGETS = {"ants-and-bees": (0.85, 0.9), "cifar10": (0.5, 0.6), "uneven": (0.5, 0.6)}
SURE = (0.5, 0.8, 0.9, 0.95, 0.99)
# What begins, what goes on once there is a head, and from how many labels a class on.
WAYS = (
    ("random", "random", 0),
    ("typical", "random", 0),
    ("typical", "typical", 0),
    ("k-centre", "k-centre", 0),
    ("random", "margin", 0),
    ("typical", "margin", 5),
    ("typical", "entropy", 5),
    ("typical", "diverse-margin", 5),
    ("typical", "badge", 5),
)
Way = tuple[str, str, int]
UNEVEN = [way for way in WAYS if {*way[:2]} <= {"random", "typical", "margin", "entropy"} and way[:2] != WAYS[1][:2]]


def words(way: Way) -> str:
    """A way of labelling in words."""
    cold, warm, least = way
    return cold if cold == warm else f"{cold}, then {warm}" + (f" from {least} a class on" if least else "")


def embedded(name: str, path: str) -> dict[str, np.ndarray]:
    """Features (N, C), labels (N,) and whether each is a test picture (N,), from the home when they are there."""
    kept = home.in_home("cache/features") / f"active-labelling-{name}.npz"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path) as archive:
            np.savez(kept, **_embedded(archive, SIDES[name]))
    return dict(np.load(kept))


def _embedded(archive: zipfile.ZipFile, side: int) -> dict[str, np.ndarray]:
    random, every = (
        np.random.default_rng(0),
        sorted(name for name in archive.namelist() if name.endswith((".jpg", ".png"))),
    )
    chosen = []
    for split, most in MOST.items():
        names = [name for name in every if f"{split}/" in name]
        chosen += [names[at] for at in sorted(random.permutation(len(names))[:most])]
    classes = sorted({name.split("/")[-2] for name in chosen})
    look = features.opened(backbones.open(backbones.FOR_PHOTOGRAPHS), (side, side, 3))
    parts = []
    for start in range(0, len(chosen), features.CHUNK):
        some = [images.decode(archive.read(name)).pixels for name in chosen[start : start + features.CHUNK]]
        parts.append(look(np.stack([images.fit(pixels, side, side) for pixels in some])))
    return {
        "features": np.concatenate(parts),
        "labels": np.array([classes.index(name.split("/")[-2]) for name in chosen]),
        "test": np.array(["test/" in name for name in chosen]),
    }


def drawn(name: str, kept: dict[str, np.ndarray], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of a draw's pool and of its test pictures."""
    random = np.random.default_rng([seed, 11])
    if name == "ants-and-bees":
        order = random.permutation(len(kept["labels"]))
        return np.split(order, [len(order) * 2 // 3])
    pool = random.permutation(np.flatnonzero(~kept["test"]))[:POOL]
    if name == "uneven":
        rare = kept["labels"][pool] % 2 == 1
        pool = pool[~rare | (random.random(len(pool)) < RARE)]
    return pool, np.flatnonzero(kept["test"])


def labelled_by(way: Way, pool: Pool, truth: np.ndarray, labels: np.ndarray, count: int, random) -> None:
    """Label up to `count` pictures as a person would whom the strategy asks."""
    wanted, enough = count - int(pool.labelled.sum()), way[2] * len(np.unique(truth))
    is_warm = pool.logits is not None and pool.labelled.sum() >= enough
    entry = strategies.get(way[1] if is_warm else way[0])
    asked = entry.run(entry.settings(), pool, wanted, random)
    others = random.permutation(np.setdiff1d(pool.candidates, asked))[: wanted - len(asked)]
    asked = np.concatenate([asked, others])
    labels[asked] = truth[asked]


def one_draw(name: str, kept: dict[str, np.ndarray], seed: int, points: np.ndarray, way: Way) -> list[dict]:
    """What is measured after each number of labels."""
    pool, test = drawn(name, kept, seed)
    random, rows = np.random.default_rng([seed, 12]), np.concatenate([pool, test])
    truth, groups = kept["labels"][rows], np.arange(len(rows))
    labels, learned, figures = np.full(len(rows), UNLABELLED), None, []
    for count in COUNTS.get(name, COUNTS["cifar10"]):
        own = labels[: len(pool)]
        logits = learned.logits[: len(pool)] if learned else None
        state = Pool(points, own != UNLABELLED, groups[: len(pool)], logits)
        labelled_by(way, state, truth[: len(pool)], own, count, random)
        learned = learn(kept["features"][rows], labels, groups, seed)
        guess = {"accuracy": 1 / len(np.unique(truth))}
        figures.append({"labels": count, **(judged(learned, labels, truth, len(pool)) if learned else guess)})
    return figures


def judged(learned: Learned, labels: np.ndarray, truth: np.ndarray, pool: int) -> dict[str, float]:
    """Accuracy on the test pictures, what cross-validation promised, and how right the guesses about the pool are."""
    answers = learned.classes[learned.logits[pool:].argmax(axis=1)]
    right = answers == truth[pool:]
    figures = {
        "accuracy": float(np.mean([right[truth[pool:] == label].mean() for label in np.unique(truth)])),
        "cross_validated": learned.accuracy.estimate,
    }
    guessed = guesses(learned, labels[:pool])
    for least in SURE:
        sure = guessed.at_least(least)
        figures[f"share at {least:.0%}"] = len(sure) / len(guessed)
        if len(sure):
            figures[f"right at {least:.0%}"] = float((truth[sure.rows] == sure.classes).mean())
    return figures


def told(values: list[float]) -> dict:
    """Mean over draws with its interval."""
    kept = [value for value in values if np.isfinite(value)]
    if not kept:
        return {"n": 0}
    interval = round(1.96 * float(np.std(kept, ddof=1)) / len(kept) ** 0.5, 4) if len(kept) > 1 else None
    return {"mean": round(float(np.mean(kept)), 4), "interval": interval, "n": len(kept)}


def needed(figures: list[dict], target: float) -> float:
    """Labels until an accuracy is reached, on a straight line between the steps around it; infinite where it isn't."""
    counts, reached = (
        [each["labels"] for each in figures],
        np.maximum.accumulate([each["accuracy"] for each in figures]),
    )
    if reached[-1] < target:
        return float("inf")
    return float(np.interp(target, reached, counts)) if reached[0] < target else float(counts[0])


def compared(name: str, kept: dict[str, np.ndarray], draws: int) -> dict:
    """Every way of labelling, each on the same draws; of uneven classes the most telling ones."""
    ways = UNEVEN if name == "uneven" else WAYS
    pools = [points_of(kept["features"][drawn(name, kept, seed)[0]]) for seed in range(draws)]
    runs = {way: [one_draw(name, kept, seed, pools[seed], way) for seed in range(draws)] for way in ways}
    return {words(way): _row(name, runs[way], runs[WAYS[0]]) for way in ways}


def _row(name: str, runs: list[list[dict]], yardstick: list[list[dict]]) -> dict:
    steps, bases = list(zip(*runs, strict=True)), list(zip(*yardstick, strict=True))
    row = {"labels": [step[0]["labels"] for step in steps], "more_than_random": list(map(_gain, steps, bases))}
    for figure in dict.fromkeys(key for step in steps for one in step for key in one if key != "labels"):
        row[figure] = [told([one.get(figure, float("nan")) for one in step]) for step in steps]
    return row | {f"labels for {target:.0%}": _needed(runs, target) for target in TARGETS[name]}


def _gain(step: tuple[dict, ...], base: tuple[dict, ...]) -> dict:
    """By how much accuracy is above that of random sampling on the same draws."""
    return told([one["accuracy"] - other["accuracy"] for one, other in zip(step, base, strict=True)])


def _needed(runs: list[list[dict]], target: float) -> dict:
    """The draw in the middle, and how many got there at all."""
    counts = sorted(needed(each, target) for each in runs)
    middle, reached = counts[len(counts) // 2], int(np.isfinite(counts).sum())
    return {"median": middle if np.isfinite(middle) else None, "reached": reached, "draws": len(counts)}


def show(name: str, way: str, row: dict) -> None:
    """One line: accuracy after each number of labels, and what random sampling would have had less."""
    pairs = zip(row["labels"], row["accuracy"], row["more_than_random"], strict=True)
    texts = [f"{count}: {100 * own['mean']:.1f} ({100 * more['mean']:+.1f})" for count, own, more in pairs]
    print(f"{name}, {way}: {', '.join(texts)}", flush=True)


def main(photographs: str, cifar: str, draws: int = 10) -> None:
    """Measure, show and keep the result."""
    kept = {"ants-and-bees": embedded("ants-and-bees", photographs), "cifar10": embedded("cifar10", cifar)}
    kept["uneven"] = kept["cifar10"]
    result = {}
    for name, arrays in kept.items():
        result[name] = compared(name, arrays, 2 * draws if name == "ants-and-bees" else draws)
        for way, row in result[name].items():
            show(name, way, row)
        write("active_labelling", result, f"python -m benchmarks.active_labelling ANTS_AND_BEES CIFAR10 {draws}")


if __name__ == "__main__":
    main(*sys.argv[1:3], *(int(text) for text in sys.argv[3:4]))
