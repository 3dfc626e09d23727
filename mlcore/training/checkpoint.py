"""Everything a run needs to go on, in one file that is whole or absent.

Keras' own backup loses the state of dropout and augmentation and can tear in two; this file holds
weights, optimiser, random-number states, running metrics, position and history, behind its own hash.
"""

import hashlib
import io
import json
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from mlcore import durable, reader
from mlcore.errors import Refused

KEEP = 2
MOST_BYTES = 2**36  # no more than what a run of ours has written of its own network

State = dict[str, np.ndarray]  # every number that training changes, by a short name


class Network(Protocol):
    """A compiled Keras model: where it keeps the numbers that training changes."""

    @property
    def variables(self) -> list[Any]:
        """Weights, and the states of random numbers."""
        ...

    @property
    def metrics_variables(self) -> list[Any]:
        """Running means."""
        ...

    @property
    def optimizer(self) -> Any:
        """What changes the weights."""
        ...


@dataclass
class Progress:
    """Where a run stands. `step` counts finished steps from the start of training."""

    step: int = 0
    total_steps: int = 0
    steps_per_epoch: int = 1
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    best_accuracy: float = -1.0
    best_epoch: int = 0
    rollbacks: int = 0  # how often training went back because a number stopped being finite
    rate_factor: float = 1.0  # what the learning rate is multiplied by since then
    history: list[dict[str, Any]] = field(default_factory=list)
    fingerprint: str = ""  # of the data that are learned from; older checkpoints don't say

    @property
    def epoch(self) -> int:
        return self.step // self.steps_per_epoch

    @property
    def epochs(self) -> int:
        return -(-self.total_steps // self.steps_per_epoch)


def capture(model: Network) -> State:
    """Copies of every number that training changes."""
    return {name: copied(variable) for name, variable in _variables(model).items()}


def copied(variable: Any) -> np.ndarray:
    """A copy of a variable's numbers; one that several devices share can't be turned into an array by itself."""
    value = variable.value
    return np.array(value.numpy() if hasattr(value, "numpy") else value)


def restore(model: Network, state: State) -> None:
    """Put captured numbers back; the model must be compiled as it was."""
    for name, variable in _variables(model).items():
        if name in state:
            variable.assign(state[name])


def is_finite(state: State) -> bool:
    """Whether no number in the state is infinite or undefined."""
    return all(np.isfinite(value).all() for value in state.values() if value.dtype.kind == "f")


def save(folder: Path, state: State, progress: Progress, name: str | None = None) -> None:
    """Write a checkpoint and keep the newest two; a named one ('best') stands apart."""
    buffer = io.BytesIO()
    written = asdict(progress) | {"history": [_finite(figures) for figures in progress.history]}
    arrays: dict[str, Any] = {"progress": np.array(json.dumps(written, allow_nan=False)), **state}
    np.savez(buffer, **arrays)
    payload = buffer.getvalue()
    durable.write_bytes(folder / f"{name or f'{progress.step:09d}'}.ckpt", hashlib.sha256(payload).digest() + payload)
    for old in _numbered(folder)[KEEP:]:
        old.unlink(missing_ok=True)


def load(folder: Path, damaged: list[Path] | None = None, name: str | None = None) -> tuple[State, Progress] | None:
    """The newest whole checkpoint, or the named one; None when there is none.

    The paths of newer ones that are damaged are added to `damaged`.
    """
    for path in [folder / f"{name}.ckpt"] if name else _numbered(folder):
        content = _content(path)
        if content and hashlib.sha256(content[32:]).digest() == content[:32]:
            return _unpack(content[32:])
        if damaged is not None:
            damaged.append(path)
    return None


def forget_after(folder: Path, step: int) -> None:
    """Remove the numbered checkpoints of later steps."""
    for path in _numbered(folder):
        if int(path.stem) > step:
            path.unlink(missing_ok=True)


def _unpack(payload: bytes) -> tuple[State, Progress]:
    state = reader.arrays_in(payload, MOST_BYTES)
    return state, reader.validated(reader.parse(str(state.pop("progress"))), Progress)


def _finite(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures of an epoch as JSON holds them: None for what is infinite or undefined."""
    return {name: None if isinstance(one, float) and not isfinite(one) else one for name, one in figures.items()}


def _content(path: Path) -> bytes:
    """A checkpoint's bytes; none where it can't be read."""
    try:
        return reader.content(path, MOST_BYTES)
    except Refused:
        return b""


def _numbered(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.ckpt"), reverse=True)


def _variables(model: Network) -> dict[str, Any]:
    """Weights with random-number states, optimiser and running metrics, named by group and number."""
    groups = {"w": model.variables, "o": model.optimizer.variables, "m": model.metrics_variables}
    named, counted = {}, set()
    for letter, variables in groups.items():
        for index, variable in enumerate(variables):
            if id(variable) not in counted:
                counted.add(id(variable))
                named[f"{letter}{index:04d}"] = variable
    return named
