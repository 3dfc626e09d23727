"""The door for model files: what kind it is, what is inside, and whether Keras may see it."""

import json
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO

from mlcore.archives import open_file
from mlcore.archives.zips import count_entries
from mlcore.errors import Kind, Refused
from mlcore.modelfiles import config, weights
from mlcore.modelfiles.cost import Cost, cost
from mlcore.signatures import HEAD, identify

MAX_FILE = 600_000_000  # bytes; a VGG16 has 553 million
MAX_DESCRIPTION = 20_000_000  # bytes of config.json; a DenseNet-201 has 0.7 million
FEW = 10_000  # files; no model format has more in a ZIP
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
ADVICE = "Open it in Keras 3 and save it as .keras: model.save('model.keras')."
OTHER_ENDINGS = (
    ".h5",
    ".hdf5",
    ".pb",
    ".pt",
    ".pth",
    ".pkl",
    ".onnx",
    ".tflite",
    ".safetensors",
    ".npz",
    ".ckpt",
    ".gguf",
)


@dataclass(frozen=True)
class ModelFile:
    """A network as its file describes it: its input (H, W, channels), how many values it gives, and its layers.

    A side is None where it may have any size. `cost` is what it asks of the machine.
    """

    input_shape: tuple[int | None, ...]
    outputs: int | None
    layers: int
    cost: Cost = field(default_factory=Cost, repr=False, compare=False)


def scan(path: Path | str) -> ModelFile:
    """What a `.keras` file holds; raises Refused for anything that Keras shouldn't load. Keras isn't needed for it."""
    with open_file(path) as file:
        _right_format(file, Path(path).name)
        with _opened(file) as archive:
            infos = _checked_members(archive)
            described = _json(archive, infos[CONFIG])
            if not isinstance(_json(archive, infos[METADATA]), dict):
                raise _corrupt("its metadata can't be read")
            network = read(described)
            stored = weights.check(_member(archive, infos[WEIGHTS]), infos[WEIGHTS].file_size)
            weights.compare(network.cost.weights, stored)
    return network


def glance(path: Path | str) -> ModelFile:
    """What a `.keras` file says of its network, for a look before anything is made; its weights are left to `scan`.

    Raises Refused for a file that isn't one.
    """
    with open_file(path) as file:
        _right_format(file, Path(path).name)
        with _opened(file) as archive:
            described = _json(archive, _checked_members(archive)[CONFIG])
    return read(described)


def read(described: Any) -> ModelFile:
    """What a network's description (config.json) says; raises Refused for anything in it that isn't allowed."""
    layers = config.check(described)
    asked = cost(described)
    return ModelFile(asked.inputs[0][1:], asked.outputs[0][-1] if asked.outputs[0] else None, layers, asked)


def is_model(file: BinaryIO) -> bool:
    """Whether a ZIP is a model file: of Keras, or one of the formats that are refused."""
    try:
        if count_entries(file) > FEW:
            return False
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except Exception:  # a damaged ZIP is the archive door's business
        return False
    marks = ("saved_model.pb", "/data.pkl")
    return _is_keras(names) or any(name.endswith(marks) for name in names) or _are_arrays(names)


def _is_keras(names: set[str]) -> bool:
    return CONFIG in names and bool(names & {METADATA, WEIGHTS})


def _are_arrays(names: set[str]) -> bool:
    """NumPy's .npz."""
    return bool(names) and all(name.endswith(".npy") for name in names)


def _right_format(file: BinaryIO, name: str) -> None:
    head, size = file.read(HEAD), file.seek(0, 2)
    signature = identify(head)
    if not head:
        raise Refused(Kind.EMPTY_FILE, "The file is empty.")
    if signature and signature.name == "ZIP":
        if size > MAX_FILE:
            raise config.too_large(f"the file has {size / 1e6:,.0f} MB, and {MAX_FILE / 1e6:.0f} MB are allowed")
        return
    if signature is None and not name.lower().endswith(OTHER_ENDINGS):
        raise _corrupt("it doesn't begin like one")
    what = f"a file of the format {signature.name if signature else Path(name).suffix}"
    raise Refused(Kind.UNSUPPORTED_MODEL_FORMAT, f"This is {what}, which may hold programs. {ADVICE}")


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    try:
        count_entries(file)
        return zipfile.ZipFile(file)
    except Exception as error:  # the directory of a damaged ZIP raises nearly anything
        raise _corrupt("its table of contents can't be read") from error


def _checked_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The three members by name."""
    infos = archive.infolist()
    names = {info.filename for info in infos}
    if not _is_keras(names):
        raise Refused(Kind.UNSUPPORTED_MODEL_FORMAT, f"This is a ZIP but no .keras file. {ADVICE}")
    if names - {CONFIG, METADATA, WEIGHTS} or len(infos) != len(names):
        extra = sorted(names - {CONFIG, METADATA, WEIGHTS}) or ["a name twice"]
        raise config.unsafe(f"beside the network and its weights it holds {extra[0][:60]!r}")
    if len(names) < 3:
        raise _corrupt("a part of it is missing")
    if any(info.flag_bits & 1 for info in infos):
        raise _corrupt("it is encrypted")
    for info in infos:
        if info.file_size > (MAX_FILE if info.filename == WEIGHTS else MAX_DESCRIPTION):
            raise config.too_large(f"its {info.filename} has {info.file_size / 1e6:,.0f} MB")
    return {info.filename: info for info in infos}


def _json(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Any:
    try:
        with archive.open(info) as member:
            return json.loads(member.read(MAX_DESCRIPTION + 1))
    except RecursionError:
        raise config.too_large("its description is nested too deep") from None
    except Exception as error:  # damaged ZIP or JSON
        raise _corrupt(f"its {info.filename} can't be read") from error


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """The weights as a file of their own; Keras stores them as they are, so nothing needs unpacking."""
    try:
        if info.compress_type == zipfile.ZIP_STORED:
            return archive.open(info)
        if info.file_size > 200 * max(info.compress_size, 5000):
            raise config.too_large("its weights unpack to more than 200 times their size")
        return BytesIO(archive.read(info))
    except Refused:
        raise
    except Exception as error:  # damaged ZIP
        raise _corrupt("its weights can't be read") from error


def _corrupt(what: str) -> Refused:
    return Refused(Kind.CORRUPT_MODEL, f"The model file is damaged: {what}. Save or copy it again.")
