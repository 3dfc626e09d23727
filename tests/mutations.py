"""Damages files at random: their bytes, the values in them, or a part. The same random numbers, the same file."""

import json
import random
import zipfile
from io import BytesIO

from tests.odd_models import keras_file

LARGEST = 4_000_000  # bytes that a file may grow to
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
