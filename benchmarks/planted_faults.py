"""Planted faults: what do the checks of a data set find, what do they call a fault that is none, and what do others?

Of CIFAR-10 3,600 pictures, of ants and bees all, get near copies of training pictures in the test set (JPEG 80, the
mirror image, 90 % of each side), wrong classes, files cut short, a watermark on all of one class, a frame around
another, and GPS places. The same pictures without faults tell false alarms. What the backbones know of them flatters
the search for wrong classes: `animals-and-vehicles` learned from CIFAR-10, `photographs` from ImageNet, which has ants
and bees.

    python -m benchmarks.planted_faults ANTS_AND_BEES.zip CIFAR10.zip [PYTHON]      from MLCORE_HOME

PYTHON is that of an environment with cleanlab and cleanvision, which `planted_faults_peers.py` asks beside;
cleanvision gets the folder without the files cut short, at which it stops.
"""

import io
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.measure import write
from mlcore import data, findings
from mlcore.findings import Finding
from mlcore.findings.material import Material

PICTURES = {"ants-and-bees": None, "cifar10": (3000, 600)}  # of train and test; None takes all
COPIES = {"ants-and-bees": 20, "cifar10": 60}  # of each of three kinds
SIDES = {"ants-and-bees": 224, "cifar10": 32}
MARKED = {"ants-and-bees": ("bees", "ants"), "cifar10": ("ship", "frog")}  # with a watermark, with a frame
WRONG, PRIVATE, CORRUPT = 0.03, 0.05, 50
Row = tuple[str, str, str, Image.Image]  # split, class, file, picture


def rows(path: str, counts: tuple[int, int] | None) -> Iterator[Row]:
    """Pictures of an archive; of many some, drawn at random."""
    random = np.random.default_rng(0)
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.lower().endswith((".jpg", ".png")))
        for split, count in zip(("train", "test"), counts or (None, None), strict=True):
            own = [name for name in names if split in name.split("/")]
            for number in sorted(random.permutation(len(own))[:count].tolist()):
                picture = Image.open(io.BytesIO(archive.read(own[number]))).convert("RGB")
                yield split, own[number].split("/")[-2], f"{split}-{number:05d}", picture


def marked(row: Row, watermark: str, frame: str) -> Row:
    """The picture with a yellow corner, or a white frame, where its class is the one."""
    split, of, name, picture = row
    pixels = np.array(picture)
    height, width = pixels.shape[:2]
    if of == watermark:
        pixels[-max(3, height // 8) :, -max(3, width // 8) :] = (250, 240, 20)
    if of == frame:
        edge = max(1, min(height, width) // 24)
        pixels[:edge], pixels[-edge:], pixels[:, :edge], pixels[:, -edge:] = 255, 255, 255, 255
    return split, of, name, Image.fromarray(pixels)


def copied(picture: Image.Image, kind: str, random: np.random.Generator) -> Image.Image:
    """A near copy."""
    if kind == "mirrored":
        return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if kind == "jpeg80":
        return picture
    width, height = picture.size
    part = round(0.9 * width), round(0.9 * height)
    left, top = int(random.integers(0, width - part[0] + 1)), int(random.integers(0, height - part[1] + 1))
    return picture.crop((left, top, left + part[0], top + part[1])).resize((width, height), Image.Resampling.BICUBIC)


def plant(name: str, path: str, folder: Path) -> dict[str, set[str]]:
    """Write the faulty set as class folders; gives the files of each fault."""
    random, planted = np.random.default_rng(1), {kind: set() for kind in ("wrong", "private", "corrupt")}
    every = [marked(row, *MARKED[name]) for row in rows(path, PICTURES[name])]
    classes = sorted({of for _, of, _, _ in every})
    train = [row for row in every if row[0] == "train"]
    for split, of, file, picture in every:
        given = of
        if split == "train" and random.random() < WRONG:
            given = classes[(classes.index(of) + int(random.integers(1, len(classes)))) % len(classes)]
            planted["wrong"].add(file)
        exif = Image.Exif()
        if random.random() < PRIVATE:
            exif.get_ifd(0x8825)[1] = "N"
            planted["private"].add(file)
        keep(folder / split / given / f"{file}.jpg", picture, exif=exif)
    chosen = random.permutation(len(train))
    for number, kind in enumerate(("jpeg80", "mirrored", "crop90")):
        planted[kind] = set()
        for row in chosen[number * COPIES[name] : (number + 1) * COPIES[name]]:
            _, of, file, picture = train[row]
            target = folder / "test" / of / f"{kind}-{file}.jpg"
            keep(target, copied(picture, kind, random), quality=80 if kind == "jpeg80" else 95)
            planted[kind].add(target.stem)
    for row in chosen[:CORRUPT]:
        _, of, file, picture = train[row]
        keep(folder / "train" / of / f"corrupt-{file}.jpg", picture)
        path_of = folder / "train" / of / f"corrupt-{file}.jpg"
        path_of.write_bytes(path_of.read_bytes()[: path_of.stat().st_size // 2])
        planted["corrupt"].add(path_of.stem)
    return planted


def keep(path: Path, picture: Image.Image, quality: int = 95, **more) -> None:
    """Write a JPEG file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=quality, **more)


def clean(name: str, path: str, folder: Path) -> None:
    """Write the same pictures without faults."""
    for split, of, file, picture in rows(path, PICTURES[name]):
        keep(folder / split / of / f"{file}.jpg", picture)


def stored(name: str, folder: Path) -> data.Dataset:
    """The folder as a data set, added anew."""
    if data.stored(name):
        data.remove(name)
    return data.add(folder, name, SIDES[name.removesuffix("-faulty").removesuffix("-clean")])


def named(dataset: data.Dataset, found: list[Finding], *kinds: str) -> set[str]:
    """The files that findings of these kinds name, without their folders and endings."""
    return {Path(dataset.names[row]).stem for each in found if each.kind in kinds for row in each.rows.tolist()}


def score(found: set[str], planted: set[str]) -> dict[str, float]:
    """How many were planted and found, and how many were told that weren't planted."""
    return {"planted": len(planted), "found": len(found & planted), "others_told": len(found - planted)}


def ours(dataset: data.Dataset, planted: dict[str, set[str]], name: str) -> dict:
    """What our checks say of the faulty set."""
    started = time.process_time()
    found = findings.check(dataset)
    seconds = time.process_time() - started
    leaks = named(dataset, found, "train-test-near-leak")
    copies = {kind: planted[kind] for kind in ("jpeg80", "mirrored", "crop90")}
    private = {row for each in found if each.kind == "private-metadata" for row in each.rows.tolist()}
    return {
        "copies": {kind: score(leaks & files, files) for kind, files in copies.items()},
        "leaks_not_planted": len(leaks - set().union(*copies.values())),
        "wrong": score(named(dataset, found, "mislabelled"), planted["wrong"]),
        "corrupt": {"planted": len(planted["corrupt"]), "left_out": len(dataset.skipped)},
        "private": {"planted": len(planted["private"]), "found": len(private)},
        "shortcuts": sorted({each.message for each in found if each.kind == "shortcut"}),
        "marked": MARKED[name],
        "all": counts(found),
        "cpu_seconds": round(seconds, 1),
    }


def counts(found: list[Finding]) -> dict[str, int]:
    """How many pictures each kind names."""
    return {each.kind: sum(len(one.rows) for one in found if one.kind == each.kind) for each in found}


def peers(python: str, folder: Path, dataset: data.Dataset, planted: dict[str, set[str]]) -> dict:
    """What cleanvision says of the files, and cleanlab of the same features."""
    material = Material(dataset)
    rows = material.labelled
    file = folder.parent / "features.npz"
    for each in folder.rglob("corrupt-*.jpg"):
        each.unlink()
    np.savez(file, features=material.features[rows], labels=dataset.labels[rows], probabilities=material.out_of_fold)
    script = Path(__file__).with_name("planted_faults_peers.py")
    answer = subprocess.run([python, str(script), str(folder), str(file)], capture_output=True, text=True)
    if answer.returncode:
        sys.exit(answer.stderr)
    told = json.loads(answer.stdout.splitlines()[-1])
    stems = [Path(dataset.names[row]).stem for row in rows.tolist()]
    for key in ("cleanlab_own", "cleanlab_on_ours"):
        told[key] = score({stems[place] for place in told[key]}, planted["wrong"])
    groups = [{Path(one).stem for one in group} for group in told.pop("near_duplicates")]
    pairs = {
        kind: {one for one in planted[kind] if any({one, one.split("-", 1)[1]} <= group for group in groups)}
        for kind in ("jpeg80", "mirrored", "crop90")
    }
    told["copies"] = {kind: {"planted": len(planted[kind]), "found": len(found)} for kind, found in pairs.items()}
    told["groups"], told["groups_without_a_planted_copy"] = (
        len(groups),
        sum(not _has(group, planted) for group in groups),
    )
    return told


def _has(group: set[str], planted: dict[str, set[str]]) -> bool:
    return any(group & planted[kind] for kind in ("jpeg80", "mirrored", "crop90", "corrupt"))


def main(paths: list[str], python: str = "") -> None:
    """Plant, look and write down."""
    results = {}
    for name, path in zip(PICTURES, paths, strict=True):
        with tempfile.TemporaryDirectory() as place:
            faulty, whole = Path(place) / "faulty", Path(place) / "clean"
            planted = plant(name, path, faulty)
            clean(name, path, whole)
            dataset = stored(f"{name}-faulty", faulty)
            results[name] = {"ours": ours(dataset, planted, name)}
            results[name]["ours_on_clean"] = counts(findings.check(stored(f"{name}-clean", whole)))
            print(json.dumps(results[name], indent=1, default=list), flush=True)
            if python:
                results[name]["peers"] = peers(python, faulty, dataset, planted)
                print(json.dumps(results[name]["peers"], indent=1), flush=True)
    write("planted_faults", results, "python -m benchmarks.planted_faults ANTS_AND_BEES.zip CIFAR10.zip PYTHON")


if __name__ == "__main__":
    main(sys.argv[1:3], *sys.argv[3:4])
