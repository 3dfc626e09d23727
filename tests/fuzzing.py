"""Fuzzing: every door is given files that were damaged at random, in a process of its own, and may only refuse them.

    python -m tests.fuzzing pictures 0 10000

A native decoder could end its process or never come back: so whoever asks starts this file as a child. It prints one
JSON document a door; mutation N of a door is always the same.
"""

import argparse
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

MOST_SECONDS = 5  # of the processor, for one file
MOST_BYTES = 500_000_000  # above what the process had after its first file
ROOM = 6 << 30  # of addresses; beyond it memory can't be had at all
LARGEST_SEED = 100_000  # bytes; a small file is damaged where it matters
LARGEST = 4_000_000  # bytes that a mutation may grow to
ODD = [
    b"\0",
    b"\1",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
]
ODD += [b"\0\0\1\0", b"\0\1\0\0", b"\xff" * 8, b"\0" * 8]
VALUES = [
    None,
    True,
    -1,
    0,
    1,
    2,
    3.5,
    65_535,
    65_536,
    10**9,
    2**63,
    -(10**20),
    1e308,
    "",
    "x",
    "\0",
    "../x",
    [],
    {},
    [[]],
]
VALUES += [[None, 10**6, 10**6, 3], "relu", "Dense", {"class_name": "Lambda", "config": {}}, "ü" * 99]


@dataclass(frozen=True)
class Door:
    """Whole files, how one is damaged, and what reads it: it gives nothing or raises Refused."""

    seeds: Callable[[], list[bytes]]
    read: Callable[[bytes, Path], object]
    damage: Callable[[random.Random, list[bytes]], bytes]


def damaged(rng: random.Random, seeds: list[bytes]) -> bytes:
    """One of the files with one to eight changes of its bytes."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        if data:
            rng.choice(CHANGES)(rng, data, seeds)
    return bytes(data[:LARGEST])


def _flip(rng: random.Random, data: bytearray, seeds: list[bytes]) -> None:
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _flip_early(rng: random.Random, data: bytearray, seeds: list[bytes]) -> None:
    data[rng.randrange(min(len(data), 200))] = rng.choice((0, 1, 127, 128, 255, rng.randrange(256)))


def _overwrite(rng: random.Random, data: bytearray, seeds: list[bytes]) -> None:
    at, odd = rng.randrange(len(data)), rng.choice(ODD)
    data[at : at + len(odd)] = odd


def _noise(rng: random.Random, data: bytearray, seeds: list[bytes]) -> None:
    at, size = rng.randrange(len(data)), rng.randrange(1, 65)
    data[at : at + size] = rng.randbytes(size)


def _cut(rng: random.Random, data: bytearray, seeds: list[bytes]) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.choice((1, 4, 100, len(data)))]


def _repeat(rng: random.Random, data: bytearray, seeds: list[bytes]) -> None:
    at, size = rng.randrange(len(data)), rng.randrange(1, 500)
    data[at:at] = data[at : at + size] * rng.choice((1, 2, 50, 2000))


def _splice(rng: random.Random, data: bytearray, seeds: list[bytes]) -> None:
    other = rng.choice(seeds)
    data[rng.randrange(len(data)) :] = other[rng.randrange(len(other) + 1) :]


CHANGES = [_flip, _flip, _flip_early, _flip_early, _overwrite, _overwrite, _noise, _cut, _repeat, _splice]


def damaged_document(rng: random.Random, value: object) -> object:
    """A JSON document with a few of its values replaced, doubled or left out."""
    value = _copy(value)
    for _ in range(rng.choice((1, 1, 2, 5))):
        places = list(_places(value))
        if not places:
            return _copy(rng.choice(VALUES))
        holder, key = rng.choice(places)
        match rng.randrange(5):
            case 0 if isinstance(holder, list):
                holder.insert(key, _copy(holder[key]))
            case 1:
                del holder[key]
            case 2:
                other, inner = rng.choice(places)
                holder[key] = _copy(other[inner])
            case 3 if type(holder[key]) in (int, float):
                holder[key] = rng.choice((-1, 0, 1, 2, 7, 1000, 65_536, holder[key] * 1000, 10**12))
            case _:
                holder[key] = _copy(rng.choice(VALUES))
    return value


def _copy(value: object) -> object:
    return json.loads(json.dumps(value))


def _places(value: object):
    """Every place in nested lists and tables, as its holder and its key there."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        pairs = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder))
        for key, inner in pairs:
            yield holder, key
            if isinstance(inner, dict | list):
                waiting.append(inner)


def damaged_network(rng: random.Random, seeds: list[bytes]) -> bytes:
    """A model file with a damaged description or damaged weights in a whole ZIP, or damaged as any file."""
    import zipfile

    from tests.odd_models import keras_file

    with zipfile.ZipFile(BytesIO(rng.choice(seeds))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    match rng.randrange(4):
        case 0 | 1:
            described = damaged_document(rng, json.loads(members["config.json"]))
            return keras_file(json.dumps(described).encode(), members["model.weights.h5"])
        case 2:
            return keras_file(members["config.json"], damaged(rng, [members["model.weights.h5"]]))
        case _:
            return damaged(rng, seeds)


def damaged_text(rng: random.Random, seeds: list[bytes]) -> bytes:
    """A JSON file with damaged values, in another coding, or damaged as any file."""
    document = json.loads(rng.choice(seeds))
    match rng.randrange(4):
        case 0 | 1:
            return json.dumps(damaged_document(rng, document)).encode()
        case 2:
            return json.dumps(document).encode(rng.choice(("utf-8-sig", "utf-16", "utf-32")))
        case _:
            return damaged(rng, seeds)


def _small(files: list[bytes]) -> list[bytes]:
    return [data for data in files if 0 < len(data) <= LARGEST_SEED]


def _made(cases: list) -> list[bytes]:
    return _small([case.make() for case in cases])


def _pictures() -> list[bytes]:
    from tests import odd_pictures

    return [*odd_pictures.seeds(), *_made(odd_pictures.good())]


def _masks() -> list[bytes]:
    from PIL import Image

    from tests.odd_pictures import saved

    grey = Image.new("L", (20, 16))
    grey.paste(255, (4, 4, 9, 9))
    clear = Image.new("RGBA", (20, 16), (0, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (4, 4, 9, 9))
    whole = [saved(grey, format) for format in ("PNG", "BMP", "TIFF", "GIF", "WEBP", "JPEG")]
    return [
        *whole,
        saved(grey.convert("1"), "PNG"),
        saved(grey.convert("I;16"), "PNG"),
        saved(clear, "PNG"),
        saved(clear, "WEBP"),
    ]


def _clips() -> list[bytes]:
    from tests import motions

    frames = motions.clip(1, 0)
    animations = [motions.animation(frames, format) for format in ("GIF", "WEBP", "PNG")]
    kinds = (("mp4", "libx264"), ("webm", "libvpx"), ("avi", "mpeg4"), ("mov", "mjpeg"), ("matroska", "ffv1"))
    return animations + [video for kind in kinds if (video := _video(frames, *kind))]


def _video(frames, format: str, codec: str) -> bytes | None:
    from tests import motions

    try:
        return motions.video(frames, format, codec)
    except BaseException:  # pytest's own, where a codec is missing
        return None


def _archives() -> list[bytes]:
    from tests import odd_archives

    return _made(odd_archives.good())


def _networks() -> list[bytes]:
    import numpy as np

    from mlcore.library import STARTERS
    from tests.odd_models import keras_file, layer, network, weights

    def fill(root):
        for number, shape in enumerate(((3, 3, 3, 4), (4,), (4, 3))):
            root[f"layers/more/vars/{number}"] = np.zeros(shape, "float32")

    conv = network(
        layer("Reshape", name="r", target_shape=[8, 8, 3]), layer("Conv2D", name="c", filters=4, kernel_size=[3, 3])
    )
    starters = [(STARTERS / name / "model.keras").read_bytes() for name in ("handwritten-digits", "made-up-digits")]
    return [keras_file(), keras_file(conv, weights(fill)), *starters]


def _torch() -> list[bytes]:
    import numpy as np

    from tests.torch_files import saved

    arrays = {"conv.weight": np.ones((4, 3, 3, 3), "float32"), "count": np.array(7, "int64")}
    return [saved(arrays), saved({"turned": np.ones((5, 6), "float32").T})]


def _others() -> list[bytes]:
    """One file of each kind that `check` tells apart."""
    import numpy as np

    from mlcore.library import STARTERS

    arrays = BytesIO()
    np.savez(arrays, a=np.ones(3))
    header = b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    tensors = len(header).to_bytes(8, "little") + header + bytes(8)
    models = _networks()[:2] + _torch() + _copies()[:1] + [arrays.getvalue(), tensors]
    return [
        *models,
        *_pictures()[:6],
        *_clips()[:4],
        *_archives()[:8],
        (STARTERS / "made-up-digits" / "card.json").read_bytes(),
    ]


def _copies() -> list[bytes]:
    from mlcore.library import STARTERS

    return [(STARTERS / name / "model.tflite").read_bytes() for name in ("handwritten-digits", "made-up-digits")]


def _recipes() -> list[bytes]:
    from mlcore.recipe import Recipe

    recipe = Recipe(data="digits", architecture="mlp", fingerprint="0" * 16)
    return [recipe.model_dump_json().encode(), b'{"data": "digits", "architecture": "fast-cnn"}']


def _cards() -> list[bytes]:
    from mlcore.library import STARTERS

    return [file.read_bytes() for file in sorted(STARTERS.glob("*/card.json"))]


def _arrays() -> list[bytes]:
    """What lies beside models: arrays alone and several in a file, whole and packed."""
    import numpy as np

    from mlcore.library import STARTERS

    alone, several = BytesIO(), BytesIO()
    np.save(alone, np.arange(60, dtype="float32").reshape(3, 4, 5))
    np.savez(several, names=np.array(["a", "bc"]), features=np.ones((2, 7), "float32"))
    unlike = STARTERS / "handwritten-digits" / "unlike.npz"
    return _small([alone.getvalue(), several.getvalue(), unlike.read_bytes()])


def _events() -> list[bytes]:
    from mlcore.library import STARTERS

    lines = (STARTERS / "handwritten-digits" / "events.jsonl").read_bytes().splitlines(keepends=True)
    return [b"".join(lines[:20]), b"".join(lines[-20:]), lines[0]]


def _read_card(data: bytes, path: Path) -> None:
    from mlcore import reader
    from mlcore.library.card import Card

    path.write_bytes(data)
    reader.record(path, Card)


def _read_arrays(data: bytes, path: Path) -> None:
    from mlcore import reader

    path.write_bytes(data)
    (reader.array if data[:1] == b"\x93" else reader.arrays)(path)


def _read_events(data: bytes, path: Path) -> None:
    """A line that can't be read is passed over: of damaged ones as many are refused."""
    from mlcore import events
    from mlcore.errors import Kind, Refused

    path.write_bytes(data)
    lines, _ = events.read(path)
    if len(lines) < data.count(b"\n"):
        raise Refused(Kind.UNREADABLE_FILE, "Some lines can't be read.")


def _read_setting(data: bytes, path: Path) -> None:
    from mlcore import training
    from mlcore.settings import override

    recipe = {"data": "digits", "architecture": "mlp"}
    training.checked(override(recipe, [f"training={data.decode(errors='surrogateescape')}"]))


def _read_picture(data: bytes, path: Path) -> None:
    from mlcore import images

    images.decode(data)


def _read_mask(data: bytes, path: Path) -> None:
    from mlcore.repair import mask_files

    mask_files.read_mask(data)


def _read_clip(data: bytes, path: Path) -> None:
    from mlcore import clips

    clips.decode(data, 4)


def _read_archive(data: bytes, path: Path) -> None:
    from mlcore import archives

    with archives.open(BytesIO(data), "pictures.tar.gz", videos=len(data) % 2 == 0) as archive:
        archive.require_classes()
        for _ in archive.pictures():
            pass


def _read_network(data: bytes, path: Path) -> None:
    from mlcore import modelfiles

    path.write_bytes(data)
    modelfiles.scan(path)


def _read_torch(data: bytes, path: Path) -> None:
    from mlcore.modelfiles import torch_state

    torch_state.read(data)


def _read_other(data: bytes, path: Path) -> None:
    from mlcore import intake
    from mlcore.errors import Kind, Refused

    path = path.with_suffix(
        random.Random(len(data)).choice((".keras", ".h5", ".safetensors", ".pt", ".tflite", ".zip", ".png", ""))
    )
    path.write_bytes(data)
    answer = intake.check(path)
    path.unlink()
    if not answer["accepted"]:
        raise Refused(Kind(answer["kind"]), answer["message"])


def _read_copy(data: bytes, path: Path) -> None:
    import numpy as np

    from mlcore.errors import Kind, Refused
    from mlcore.library.opened import small_copy

    def ask(runner):
        if runner.takes not in ((28, 28, 3), (74,)):  # the card or the folder says what it has to take
            raise ValueError
        given = np.zeros((1, *runner.takes), "uint8")
        if runner.features(given) is None:
            runner.logits(given)

    (path.parent / "model.tflite").write_bytes(data)
    if small_copy(path.parent, ask) is None:  # Keras answers in its place
        raise Refused(Kind.CORRUPT_MODEL, "No small copy.")


def _read_recipe(data: bytes, path: Path) -> None:
    from mlcore.cli import runs

    path.write_bytes(data)
    given = argparse.Namespace(
        recipe=str(path), data=None, architecture=None, preset=None, assignments=[], best_in=None
    )
    runs._recipe(given)


DOORS = {
    "pictures": Door(_pictures, _read_picture, damaged),
    "masks": Door(_masks, _read_mask, damaged),
    "clips": Door(_clips, _read_clip, damaged),
    "archives": Door(_archives, _read_archive, damaged),
    "networks": Door(_networks, _read_network, damaged_network),
    "torch-weights": Door(_torch, _read_torch, damaged),
    "small-copies": Door(_copies, _read_copy, damaged),
    "check": Door(_others, _read_other, damaged),
    "recipes": Door(_recipes, _read_recipe, damaged_text),
    "settings": Door(lambda: [b'{"epochs": 3, "learning_rate": 0.01}'], _read_setting, damaged_text),
    "cards": Door(_cards, _read_card, damaged_text),
    "arrays": Door(_arrays, _read_arrays, damaged),
    "events": Door(_events, _read_events, damaged),
}


def mutation(name: str, number: int, seeds: list[bytes]) -> bytes:
    """Damaged file number so many of a door; 0 is whole."""
    rng = random.Random(zlib.crc32(f"{name} {number}".encode()))
    return DOORS[name].damage(rng, seeds) if number else seeds[0]


def run(name: str, first: int, count: int, mark: Path | None = None) -> dict:
    """Put damaged files to a door: what they came to, the slowest, the most memory, and what went wrong."""
    from mlcore.errors import Refused

    door, seeds = DOORS[name], DOORS[name].seeds()
    results, faults, slowest = Counter[str](), list[dict](), (0.0, first)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for seed in seeds:
            _outcome(door, seed, path, Refused)
        _forget_peak()
        before, most = _peak(), 0
        for number in range(first, first + count):
            data = mutation(name, number, seeds)
            if mark:
                mark.write_text(f"{name} {number}")
            signal.setitimer(signal.ITIMER_PROF, 2 * MOST_SECONDS)
            started = time.process_time()
            outcome = _outcome(door, data, path, Refused)
            seconds = time.process_time() - started
            signal.setitimer(signal.ITIMER_PROF, 0)
            slowest = max(slowest, (seconds, number))
            results[outcome.split(":")[0]] += 1
            if outcome not in ("read", "refused") or seconds > MOST_SECONDS:
                faults.append({"number": number, "outcome": outcome, "seconds": round(seconds, 2)})
            grown = _peak() - before
            if grown > max(most, MOST_BYTES):
                faults.append({"number": number, "outcome": f"{grown / 1e6:,.0f} MB"})
            most = max(most, grown)
    memory = {"bytes": most, "base": before}
    return {"results": dict(results), "faults": faults, "slowest": slowest, "memory": memory}


def _outcome(door: Door, data: bytes, path: Path, refused: type[Exception]) -> str:
    try:
        door.read(data, path)
    except refused:
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    return "read"


def _forget_peak() -> None:
    """Let the most memory be measured from here on, where the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """The most memory that this process has had, in bytes."""
    with suppress(OSError):
        return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("door", help="one of them, or 'all': " + ", ".join(DOORS))
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--mark", type=Path, help="file for the number of the mutation that is being read")
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # decoders write what they think of a file
    for name in DOORS if given.door == "all" else [given.door]:
        found = {"door": name, **run(name, given.first, given.count, given.mark)}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
