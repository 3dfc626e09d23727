"""Features (embeddings) of pictures by a frozen backbone: computed once per data set, kept on disk for the next."""

import hashlib
import io
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from mlcore import architectures, durable, reader
from mlcore.architectures.transfer import sizes
from mlcore.backbones import Backbone
from mlcore.backbones.resizing import resized
from mlcore.data import Split
from mlcore.errors import Refused
from mlcore.home import in_home
from mlcore.library.litert import at_once
from mlcore.library.opened import small_copy
from mlcore.progress import Progress, silent

CHUNK = 256  # pictures at a time
MOST_OPENED = 4  # backbones in memory, each for one size of pictures
MOST_BYTES = 2**30  # of kept features; the oldest go first
Maps = Callable[[np.ndarray], np.ndarray]  # pictures uint8 (N, H, W, 3) to feature maps float32 (N, h, w, C)


class Features:
    """A backbone as a function of pictures uint8 (N, H, W, 3) of one size; needs no Keras where a small copy fits."""

    def __init__(self, backbone: Backbone, shape: tuple[int, ...]):
        self.backbone, self.shape = backbone, shape
        self._maps = _small_copy(backbone, self.shape) or _network(backbone, self.shape)

    def maps(self, pictures: np.ndarray) -> np.ndarray:
        """The last feature maps float32 (N, h, w, C)."""
        return self._maps(pictures)

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        """One number per filter, float32 (N, C), pooled as the backbone learned to."""
        parts = [self.pooled(self.maps(pictures[at : at + CHUNK])) for at in range(0, len(pictures), CHUNK)]
        return np.concatenate(parts)

    def pooled(self, maps: np.ndarray) -> np.ndarray:
        """One number per filter (N, C) of maps (N, h, w, C)."""
        return maps.max(axis=(1, 2)) if self.backbone.pooling == "maximum" else maps.mean(axis=(1, 2))


_opened: OrderedDict[tuple, Features] = OrderedDict()


def opened(backbone: Backbone, shape: tuple[int, ...]) -> Features:
    """The backbone for pictures of a shape (H, W, 3), made once per process for as long as its file stays the same."""
    key = (backbone.name, backbone.fingerprint, tuple(shape))
    if key not in _opened:
        _opened[key] = Features(backbone, tuple(shape))
    _opened.move_to_end(key)
    while len(_opened) > MOST_OPENED:
        _opened.popitem(last=False)
    return _opened[key]


def of_split(split: Split, backbone: Backbone, progress: Progress = silent) -> np.ndarray:
    """The features (N, C) of every picture of a split, from disk when they were computed before."""
    path = _path(split, backbone)
    kept = _read(path, len(split))
    if kept is not None:
        return kept
    see, parts = opened(backbone, split.dataset.shape), []
    for start in range(0, len(split), CHUNK):
        stop = min(start + CHUNK, len(split))
        parts.append(see(split.read(np.arange(start, stop))))
        progress(stop / len(split))
    features = np.concatenate(parts) if parts else np.zeros((0, 1), "float32")
    _keep(path, features)
    return features


def of_pictures(split: Split, indices: np.ndarray, backbone: Backbone) -> np.ndarray:
    """The features (n, C) of some pictures of a split; only those are computed, unless all are there already."""
    kept = _read(_path(split, backbone), len(split))
    return opened(backbone, split.dataset.shape)(split.read(indices)) if kept is None else kept[indices]


def _path(split: Split, backbone: Backbone) -> Path:
    key = f"{split.dataset.fingerprint}-{split.split}-{backbone.fingerprint}"
    return in_home("cache/features") / f"{key}.npy"


def _read(path: Path, count: int) -> np.ndarray | None:
    """Kept features; None when there are none, or a disk has damaged them."""
    try:
        content = reader.content(path, MOST_BYTES)
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            return None
        features = reader.array_in(content[32:])
    except Refused:
        return None
    return features if features.ndim == 2 and len(features) == count else None


def keep(path: Path, content: bytes) -> None:
    """Write kept features, unless the disk is full; the oldest files beside it go when there are too many."""
    with suppress(OSError):
        durable.write_bytes(path, content)
    older = sorted(path.parent.glob("*.np[yz]"), key=lambda one: one.stat().st_mtime, reverse=True)
    sizes_so_far = np.cumsum([one.stat().st_size for one in older])
    for one, total in zip(older[1:], sizes_so_far[1:], strict=True):
        if total > MOST_BYTES:
            one.unlink(missing_ok=True)


def _keep(path: Path, features: np.ndarray) -> None:
    file = io.BytesIO()
    np.save(file, features, allow_pickle=False)
    content = file.getvalue()
    keep(path, hashlib.sha256(content).digest() + content)


def _small_copy(backbone: Backbone, shape: tuple[int, ...]) -> Maps | None:
    """The library model's LiteRT file, asked at the size that the backbone looks at; None where there is none."""
    if backbone.folder is None:
        return None
    size = sizes(backbone, (shape[0], shape[1]))[0]
    blank = np.zeros((1, *size, 3), np.uint8)
    copy = small_copy(backbone.folder, lambda runner: runner.maps(blank), size=size)
    if copy is None:
        return None
    if size == (shape[0], shape[1]):
        return copy.maps
    step = at_once((*size, 3))

    def maps(pictures: np.ndarray) -> np.ndarray:
        starts = range(0, len(pictures), step)
        return np.concatenate([copy.maps(resized(pictures[at : at + step], size)) for at in starts])

    return maps


def _network(backbone: Backbone, shape: tuple[int, ...]) -> Maps:
    import keras

    from mlcore.backend.compiled import compiled

    whole = architectures.build("transfer", {"backbone": backbone.name}, shape, 2)
    return compiled(keras.Model(whole.inputs[0], whole.get_layer("features").input))
