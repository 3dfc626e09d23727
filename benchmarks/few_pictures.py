"""A few pictures of classes that the backbone never saw: how good is a taught answer layer, and how soon?

A Fast CNN is trained by its own recipe on CIFAR-10 without some classes. Then 5, 10, 20 and 50 pictures of each of
these are drawn, an answer layer is fitted to the frozen features, and judged on 1,000 test pictures. The yardstick is
the same answer layer on raw pixels. Many draws; the interval is that of the mean over draws, with normal
approximation; the choice of test pictures, the same for all, adds about 1.5 points either way to every figure alike.

    python -m benchmarks.few_pictures [DRAWS]      from MLCORE_HOME, where the backbones are kept for the next time
"""

import sys
import time
from functools import partial

import numpy as np

from benchmarks.measure import summary, write
from mlcore import data, durable, events, library, training
from mlcore.data import ingest
from mlcore.data.sources import Example, Incoming
from mlcore.teach import features, head

SETS = {"frog, ship": ("frog", "ship"), "cat, deer, truck": ("cat", "deer", "truck")}
PER_CLASS = (5, 10, 20, 50)
TESTED = 1000
FACTS = {"title": "CIFAR-10 with classes left out", "description": "", "source": "folder", "license": ""}


def backbone(held: tuple[str, ...]) -> str:
    """The id of a model of CIFAR-10 without these classes; trained when it isn't there."""
    from mlcore.training.finish import finish

    name = f"cifar-without-{'-'.join(held)}"
    folder = library.folder(name)
    if not (folder / "card.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        store(name, held)
        recipe = training.draft(name, "fast-cnn")
        durable.write_json(folder / "recipe.json", recipe.model_dump(mode="json"))
        emit = partial(events.append, folder / "events.jsonl")
        finish(recipe, folder, training.train(recipe, folder, emit), emit)
    return name


def store(name: str, held: tuple[str, ...]) -> None:
    """CIFAR-10 without some classes, as a data set of its own."""
    if any(summary.name == name and summary.stored for summary in data.all()):
        return
    source = data.open("cifar10")
    kept = [one for one in source.classes if one not in held]

    def examples():
        for split in source.splits:
            pictures = source.split(split)
            for index in np.flatnonzero(np.isin(pictures.labels, [source.classes.index(one) for one in kept])):
                label = kept.index(source.classes[pictures.labels[index]])
                yield Example(pictures.read([index])[0], label, split, f"{split}/{index}")

    ingest.store(Incoming(tuple(kept), len(source), examples()), name, FACTS, None, 0)


def drawn(split, classes: list[int], count: int, random) -> tuple[np.ndarray, np.ndarray]:
    """Some pictures of each class, uint8 (N, H, W, 3), and which class each is of, from 0 on."""
    chosen = [random.permutation(np.flatnonzero(split.labels == label))[:count] for label in classes]
    return split.read(np.concatenate(chosen)), np.repeat(np.arange(len(classes)), [len(one) for one in chosen])


def pixels(pictures: np.ndarray) -> np.ndarray:
    """Raw pixels as features."""
    return pictures.reshape(len(pictures), -1).astype("float32") / 255


def share(fitted: head.Fitted, seen: np.ndarray, truth: np.ndarray) -> float:
    """The share of right answers."""
    return float((fitted.head.logits(seen).argmax(axis=1) == truth).mean())


def one_draw(source, see, numbers, count, seed, test) -> dict[str, float]:
    """Accuracy on both kinds of features, what cross-validation promised, and seconds from pictures to head."""
    pictures, labels = drawn(source.split("train"), numbers, count, np.random.default_rng([seed, count]))
    wall, cpu = time.perf_counter(), time.process_time()
    taught = head.fit(see(pictures), labels, seed=seed)
    found = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
    raw = head.fit(pixels(pictures), labels, seed=seed)
    found |= {"features": share(taught, see(test[0]), test[1]), "pixels": share(raw, pixels(test[0]), test[1])}
    return found | {"cross_validated": taught.accuracy.value}


def told(rows: list[dict]) -> dict:
    """Mean over draws with its 95 % interval for shares; median and spread for times."""
    found = {}
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        found[name] = summary(values.tolist())
        if "seconds" not in name:
            reach = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
            found[name] |= {"mean": round(float(values.mean()), 4), "interval": round(float(reach), 4)}
    return found


def main(draws: int = 20) -> None:
    """Measure every set of classes and every number of pictures, show and keep the result."""
    source, result, backbones = data.open("cifar10"), {}, {}
    for title, held in SETS.items():
        model = backbone(held)
        see, numbers = features.opened(model, source.shape), [source.classes.index(one) for one in held]
        test = drawn(source.split("test"), numbers, TESTED // len(held), np.random.default_rng(0))
        card = library.card_of(model)
        backbones[title] = {"accuracy": card.accuracy.to_json(), "parameters": card.parameters, "command": card.command}
        see(test[0][:1])
        for count in PER_CLASS:
            rows = [one_draw(source, see, numbers, count, seed, test) for seed in range(draws)]
            found = result[f"{title}: {count} a class"] = told(rows)
            shares = [
                f"{name} {found[name]['mean']:.1%} +- {found[name]['interval']:.1%}"
                for name in ("features", "pixels", "cross_validated")
            ]
            print(f"{title}, {count} a class: {', '.join(shares)}; {found['seconds']['median']:.2f} s", flush=True)
    write("few_pictures", result, f"python -m benchmarks.few_pictures {draws}", backbones=backbones, tested=TESTED)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:2]))
