"""A finished model, opened: its checked small copy answers where there is one, else Keras; each is loaded once."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from mlcore import reader
from mlcore.errors import Kind, Refused
from mlcore.library import trial
from mlcore.library.card import Card
from mlcore.library.litert import Runner
from mlcore.library.on_demand import STARTERS
from mlcore.tensors import KerasModel

Part = TypeVar("Part")


class Opened:
    """A finished model with its card; safe to share between threads. Nothing is loaded before it is asked for."""

    def __init__(self, card: Card, folder: Path) -> None:
        self.card, self.folder = card, folder
        self._lock = threading.RLock()  # one for all parts: making one may need another
        self._parts: dict[str, Any] = {}

    @property
    def model(self) -> KerasModel:
        """The Keras network; the first use loads Keras and takes some seconds."""
        return self._once("model", lambda: load_network(self.folder, trusted=self.card.starter))

    @property
    def _compiled(self) -> Callable[[np.ndarray], np.ndarray]:
        return self._once("compiled", self._compile)

    def _compile(self) -> Callable[[np.ndarray], np.ndarray]:
        from mlcore.backend.compiled import compiled

        return compiled(self.model)

    def _small_copy(self, ask: Callable[[Runner], Any], size: tuple[int, int] | None = None) -> Runner | None:
        return small_copy(self.folder, ask, size) if self.card.answers_fast else None

    def _once(self, name: str, make: Callable[[], Part]) -> Part:
        """Make a part at its first use, by one thread only."""
        if name not in self._parts:
            with self._lock:
                if name not in self._parts:
                    self._parts[name] = make()
        part: Part = self._parts[name]
        return part


def small_copy(folder: Path, ask: Callable[[Runner], Any], size: tuple[int, int] | None = None) -> Runner | None:
    """The small copy in a model's folder, for pictures of a size (H, W) other than its own where one is given.

    `ask` puts a first question to it and raises ValueError where the answer doesn't fit. None then, and where there
    is no copy or no LiteRT for this platform. One that didn't come along is tried in a process of its own before.
    """
    try:
        path = reader.checked(folder / "model.tflite")
        if folder.parent != STARTERS and not trial.holds(path):
            return None
        runner = Runner(path, size=size)
        ask(runner)
    except (Refused, ImportError, ValueError, OSError, RuntimeError, MemoryError):
        return None
    return runner


def load_network(folder: Path, trusted: bool = False) -> KerasModel:
    """The Keras network of a model folder; a file that isn't our own is scanned before Keras sees it."""
    from mlcore import modelfiles

    path = reader.checked(folder / "model.keras")
    if not trusted or folder.parent != STARTERS:  # one that was made at its first need lies where people can write
        modelfiles.scan(path)
    import keras

    import mlcore.custom_layers  # noqa: F401 - makes our layers known to Keras

    try:
        return keras.saving.load_model(path, compile=False)
    except Exception as error:  # Keras raises nearly every kind for a description that it can't follow
        message = f"The network of {folder.name!r} can't be loaded ({_first_words(error)}); save or copy it again."
        raise Refused(Kind.CORRUPT_MODEL, message) from error


def _first_words(error: Exception) -> str:
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words[:100]}" if words else type(error).__name__
