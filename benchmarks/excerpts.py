"""Choose the pictures of a data set that come along, and write them into mlcore/data/excerpts/.

    python -m benchmarks.excerpts ARCHIVE --name cifar10 --model animals-and-vehicles --origin ADDRESS
    python -m benchmarks.excerpts ARCHIVE --name mnist --model handwritten-digits --origin ADDRESS

`ARCHIVE` is the ZIP that the data set of that name was stored from. Chosen are, with seed 0: DRAWN test pictures of
each class by chance; of every wrong cell in the model's stored confusion table up to IN_A_CELL by chance; its SUREST
most confident mistakes; and LEARNED training pictures of each class by chance. Files are copied as they are, and have
to hold the very pixels that are stored.
"""

import argparse
import json
import sys
import zipfile
from pathlib import Path

import numpy as np

from mlcore import data, evaluation, images, library
from mlcore.data.excerpt import FOLDER, KEPT_BYTES

DRAWN, IN_A_CELL, SUREST, LEARNED, SEED = 30, 3, 12, 40, 0
RULE = (
    f"{DRAWN} test pictures of each class by chance (seed {SEED}), besides up to {IN_A_CELL} by chance of each kind "
    f"of mistake and the {SUREST} most confident mistakes of {{model}}; {LEARNED} training pictures of each class by "
    "chance."
)


def by_class(labels: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """That many places of each class, by chance."""
    chosen = [random.permutation(np.flatnonzero(labels == label))[:count] for label in np.unique(labels)]
    return np.sort(np.concatenate(chosen))


def wrong(answers, classes: int, random: np.random.Generator) -> np.ndarray:
    """Some mistakes of every kind, and the most confident ones."""
    cells = [(truth, other) for truth in range(classes) for other in range(classes) if truth != other]
    some = [random.permutation(evaluation.cell(answers, *each))[:IN_A_CELL] for each in cells]
    return np.unique(np.concatenate([*some, evaluation.mistakes(answers, SUREST)]))


def part(split, drawn: np.ndarray, others: np.ndarray) -> dict:
    """What `about.json` says of a split."""
    places = np.union1d(drawn, others).astype(int).tolist()
    return {
        "drawn": drawn.tolist(),
        "labels": {str(place): int(split.labels[place]) for place in places},
        "files": {str(place): split.name(place) for place in places},
    }


def chosen(dataset, model: str) -> dict:
    """Test and training pictures by the rule."""
    random = np.random.default_rng(SEED)
    test, train = dataset.split("test"), dataset.split("train")
    report = evaluation.load(library.folder(model), "test")
    if report.fingerprint != dataset.fingerprint:
        sys.exit("The model was measured on other pictures.")
    drawn = by_class(test.labels, DRAWN, random)
    mistakes = wrong(report.answers, len(dataset.classes), random)
    learned = by_class(train.labels, LEARNED, random)
    return {"test": part(test, drawn, mistakes), "train": part(train, learned, np.zeros(0, int))}


def copied(archive: zipfile.ZipFile, split, place: int) -> tuple[str, bytes]:
    """Name and bytes of a picture's own file, which holds what is stored."""
    name = split.name(place)
    content = archive.read(name)
    if (images.decode(content).pixels != split.read([place])[0]).any():
        sys.exit(f"{name} isn't what is stored.")
    return name, content


def written(path: Path, about: dict, hashes: np.ndarray, files: list[tuple[str, bytes]]) -> None:
    """One ZIP, the same for the same pictures."""
    told = json.dumps(about, separators=(",", ":")).encode()
    members = [("about.json", told), ("hashes", hashes[:, :KEPT_BYTES].tobytes()), *files]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def main() -> None:
    """Choose, check and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    for option in ("--name", "--model", "--origin"):
        parser.add_argument(option, required=True)
    given = parser.parse_args()
    dataset, facts = data.open(given.name), data.sources.get(given.name)
    parts = chosen(dataset, given.model)
    about = {
        "title": facts.title,
        "classes": dataset.classes,
        "shape": dataset.shape,
        "license": facts.about.license,
        "origin": given.origin,
        "rule": RULE.format(model=library.card_of(given.model).title),
        "fingerprint": dataset.fingerprint,
        "splits": dataset.splits,
        "parts": parts,
    }
    with zipfile.ZipFile(given.archive) as archive:
        pairs = [(dataset.split(name), int(place)) for name, each in parts.items() for place in each["files"]]
        files = [copied(archive, *pair) for pair in pairs]
    FOLDER.mkdir(exist_ok=True)
    written(FOLDER / f"{given.name}.zip", about, dataset.split("test").hashes, files)
    print(f"{len(files)} pictures, {(FOLDER / f'{given.name}.zip').stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
