"""LiteRT runtime: answers in a tenth of a second from a cold start by the small copy of a network.

Importing TensorFlow takes seconds and 700 MB; this takes 0.1 s and 40 MB, with the same answers.
"""

import math
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlcore.modelfiles.cost.tally import MAX_TENSOR, PIXELS

CHUNK = 64
LOGITS, MAPS = 2, 4  # an output is known by its rank

Reduce = Callable[[np.ndarray], np.ndarray]


def at_once(shape: tuple[int, ...], most: int = CHUNK) -> int:
    """How many pictures or clips of a shape are answered at a time: fewer where they are large."""
    return max(1, min(most, PIXELS // math.prod(shape[:-1])))


@dataclass(frozen=True)
class SmallCopy:
    """What became of the small copy: usable or why not, and its largest difference from the network's answers."""

    usable: bool
    difference: float | None
    message: str


class Runner:
    """A LiteRT file as a function: pictures (N, H, W, 3) in, logits (N, K) and last feature map out."""

    def __init__(self, path: Path, threads: int | None = None, size: tuple[int, int] | None = None) -> None:
        """A `size` (H, W) other than the file's own works for networks without a layer that counts its places."""
        self._path, self._threads = str(path), threads or min(4, os.cpu_count() or 1)
        self._size = size
        self._lock = threading.Lock()
        self._interpreters: dict[int, tuple[Any, int, dict[int, int]]] = {}  # by the number of pictures

    @property
    def takes(self) -> tuple[int, ...]:
        """The shape of one picture, as the file has it; raises ValueError for a file that is none of a network."""
        from ai_edge_litert.interpreter import Interpreter

        [entry, *_] = Interpreter(self._path, num_threads=1).get_input_details()
        return tuple(entry["shape"][1:].tolist())

    def logits(self, pictures: np.ndarray) -> np.ndarray:
        """Logits float32 (N, K); raises ValueError for a network without any."""
        [logits] = self._outputs(pictures, {LOGITS: _whole})
        if logits is None:
            raise ValueError(f"{self._path} gives no logits.")
        return logits

    def features(self, pictures: np.ndarray) -> np.ndarray | None:
        """The last feature map float32 (N, h, w, C); None when the network has none."""
        return self._outputs(pictures, {MAPS: _whole})[0]

    def logits_and_features(self, pictures: np.ndarray, pool: Reduce) -> tuple[np.ndarray, np.ndarray | None]:
        """Logits, and what `pool` makes of the last feature map, (N, h, w, C) to (N, F): one pass for both.

        Only a chunk's maps are held at a time. Raises ValueError for a network without logits.
        """
        logits, features = self._outputs(pictures, {LOGITS: _whole, MAPS: pool})
        if logits is None:
            raise ValueError(f"{self._path} gives no logits.")
        return logits, features if features is not None and len(features) == len(logits) else None

    def maps(self, batch: np.ndarray) -> np.ndarray:
        """The pictures that a network makes, or its last feature map: float32 (N, h, w, C); ValueError without any."""
        maps = self.features(batch)
        if maps is None:
            raise ValueError(f"{self._path} gives neither pictures nor a feature map.")
        return maps

    def _outputs(self, pictures: np.ndarray, wanted: dict[int, Reduce]) -> list[np.ndarray | None]:
        """The outputs of the wanted ranks, each reduced as it says; None for one that there isn't."""
        with self._lock:
            if len(pictures) == 1:
                return self._run(pictures, wanted)
            size = at_once(pictures.shape[1:])
            chunks = [self._chunk(pictures[at : at + size], size, wanted) for at in range(0, len(pictures), size)]
        parts = [[part for part in of if part is not None] for of in zip(*chunks, strict=True)]
        return [np.concatenate(of) if of else None for of in parts or [[]] * len(wanted)]

    def _chunk(self, pictures: np.ndarray, size: int, wanted: dict[int, Reduce]) -> list[np.ndarray | None]:
        padding = size - len(pictures)
        full = np.concatenate([pictures, np.repeat(pictures[-1:], padding, 0)]) if padding else pictures
        return [None if result is None else result[: len(pictures)] for result in self._run(full, wanted)]

    def _run(self, pictures: np.ndarray, wanted: dict[int, Reduce]) -> list[np.ndarray | None]:
        interpreter, entry, outputs = self._interpreter(len(pictures))
        if not wanted.keys() & outputs.keys():
            return [None] * len(wanted)
        interpreter.set_tensor(entry, pictures.astype(np.float32))
        interpreter.invoke()
        return [
            reduce(interpreter.get_tensor(outputs[rank])) if rank in outputs else None
            for rank, reduce in wanted.items()
        ]

    def _interpreter(self, batch: int) -> tuple[Any, int, dict[int, int]]:
        if batch not in self._interpreters:
            self._interpreters[batch] = self._prepare(batch)
        return self._interpreters[batch]

    def _prepare(self, batch: int) -> tuple[Any, int, dict[int, int]]:
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(self._path, num_threads=self._threads)
        entry = interpreter.get_input_details()[0]
        own = entry["shape"][1:].tolist()
        shape = [batch, *(self._size or own[:-1]), own[-1]]
        _refuse_greedy(interpreter, math.prod(shape) / max(1, math.prod(own)), os.path.getsize(self._path))
        interpreter.resize_tensor_input(entry["index"], shape)
        interpreter.allocate_tensors()
        outputs = {len(output["shape"]): output["index"] for output in interpreter.get_output_details()}
        return interpreter, entry["index"], outputs


def _refuse_greedy(interpreter: Any, times: float, stored: int) -> None:
    """Raise ValueError where tensors would take too much at `times` the size that the file has them in.

    Those of one picture grow; the others are weights, which the file holds.
    """
    for one in interpreter.get_tensor_details():
        shape = one["shape"].tolist()
        size = math.prod(shape) * np.dtype(one["dtype"]).itemsize
        grows = shape[:1] == [1] or size > stored
        if grows and size * times > MAX_TENSOR / 2:
            raise ValueError(f"A tensor of {shape} would take {size * times / 1e9:,.1f} GB.")


def _whole(output: np.ndarray) -> np.ndarray:
    return output
