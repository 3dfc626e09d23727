"""The one way to turn a trained network into a model of the library: its Keras file first, its card last.

A folder becomes a model with its card. So there is a whole model or none, whenever the machine stops.
"""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from mlcore import durable, reader
from mlcore.contracts import Emit
from mlcore.data import Dataset
from mlcore.events import ModelSaved, StageStarted
from mlcore.library.card import Card
from mlcore.library.litert import SmallCopy
from mlcore.settings import Settings
from mlcore.tensors import KerasModel


class Spent(Protocol):
    """How far training came."""

    seconds: float


class Trained(Protocol):
    """What training left, as far as a card tells of it; the network has another name in every kind."""

    @property
    def dataset(self) -> Dataset:
        """The data set whose pictures were learned from."""

    @property
    def progress(self) -> Spent:
        """The time spent."""


def save_network(network: KerasModel, folder: Path, thing: str, emit: Emit) -> None:
    """Write a Keras network as `model.keras`; people are told that the thing, such as "network", is being saved."""
    emit(StageStarted(f"Saving the {thing}"))
    durable.write_bytes(folder / "model.keras", keras_file(network))


def describe(folder: Path, network: KerasModel, trained: Trained, copy: SmallCopy, **own: Any) -> Card:
    """The card of a network: what the folder, training and the small copy tell, and what is the kind's `own`."""
    status = reader.facts(folder / "status.json")
    return Card(
        id=folder.name,
        title=status.get("title") or folder.name,
        fingerprint=trained.dataset.fingerprint,
        classes=trained.dataset.classes,
        shape=trained.dataset.shape,
        parameters=network.count_params(),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(trained.progress.seconds, 1),
        answers_fast=copy.usable,
        fast_difference=copy.difference,
        **own,
    )


def publish(card: Card, folder: Path, emit: Emit) -> Card:
    """Put a model into the library, as the last step, and tell how good it is."""
    write_card(folder, card)
    measured = card.accuracy
    good = (measured.value, measured.low, measured.high, measured.n) if measured else (None, None, None, 0)
    emit(ModelSaved(*good))
    return card


def write_card(folder: Path, card: Card) -> None:
    """Put the card into a model's folder; from now on it is in the library."""
    durable.write_json(folder / "card.json", card.model_dump(mode="json"))


def keras_file(network: KerasModel) -> bytes:
    """The `.keras` file without optimiser state: a third of the size, and nothing that loading needs."""
    plain = type(network).from_config(network.get_config())
    plain.set_weights(network.get_weights())
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.keras"
        plain.save(path)
        return path.read_bytes()


def changed_settings(usual: Settings, chosen: Settings) -> str:
    """The `--set` options that make the chosen settings of the usual ones, for the command on a card."""
    before, now = (each.model_dump(mode="json", exclude={"fingerprint"}) for each in (usual, chosen))
    changed = {name: value for name, value in now.items() if before[name] != value}
    return "".join(f" --set {name}={_text(value)}" for name, value in changed.items())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
