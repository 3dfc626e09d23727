"""Every door and reader for the fuzzer: whole files, how one is damaged, and what reads it.

Each imports what it needs when it is asked: so one door's decoders aren't another's memory.
"""

import argparse
import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from tests.mutations import damaged, damaged_network, damaged_text

LARGEST_SEED = 100_000  # bytes; a small file is damaged where it matters


@dataclass(frozen=True)
class Door:
    """Whole files, how one is damaged, and what reads it: it gives nothing or raises Refused."""

    seeds: Callable[[], list[bytes]]
    read: Callable[[bytes, Path], object]
    damage: Callable[[random.Random, list[bytes]], bytes]


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

    images.facts(data)
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


def _tables() -> list[bytes]:
    texts = [
        "path,label\na.png,cat\nb.png,dog\n",
        "id;age;split\na;3,5;train\nb;;test\n",
        "a 1\nb 2\n",
        "0\tcat\n1\tdog\n",
    ]
    return [text.encode(coding) for text in texts for coding in ("utf-8", "utf-16")] + [b'{"0": "cat", "1": "dog"}']


def _read_table(data: bytes, path: Path) -> None:
    from mlcore.archives import DETECTED, delimited, labels, words
    from mlcore.errors import Kind, Refused

    named = words.found(["0", "1"], "names.txt", data)
    said = labels.find([delimited.parse("labels.csv", data)], ["x/a.png", "x/b.png"], DETECTED)
    if not (named or (said and len(said.rows) == 2)):
        raise Refused(Kind.UNREADABLE_FILE, "Nothing in it names the two pictures or the two classes.")


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
    """As the studio does before it runs one: in a process that may end of it, or is ended when it goes on for ever."""
    from mlcore.errors import Kind, Refused
    from mlcore.library import trial

    path.write_bytes(data)
    child = os.fork()
    if not child:
        signal.setitimer(signal.ITIMER_PROF, 5)
        os._exit(0 if trial.answers(path) else 1)
    if os.waitpid(child, 0)[1]:
        raise Refused(Kind.CORRUPT_MODEL, "It isn't used, and Keras answers in its place.")


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
    "tables": Door(_tables, _read_table, damaged),
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
