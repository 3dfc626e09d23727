"""Downloads through Keras' loaders, which need a network the first time and keep a copy in the home (`cache/keras`)."""

import contextlib
import importlib
import sys
from collections.abc import Iterable, Iterator

import numpy as np

from mlcore.data.sources import Example, Facts, Incoming
from mlcore.errors import Kind, Refused
from mlcore.machine import keras_folder

Labelled = tuple[np.ndarray, np.ndarray]  # pictures uint8 (N, H, W) or (N, H, W, 3), and their labels


def load(name: str, module: str, facts: Facts) -> Incoming:
    """The pictures of a Keras data set, train then test; raises Refused(no-network) when it can't be fetched."""
    (train, train_labels), (test, test_labels) = _fetch(name, module, facts)
    return Incoming(
        classes=facts.classes,
        total=len(train) + len(test),
        examples=_examples([("train", train, train_labels), ("test", test, test_labels)]),
        origin=facts.address,
    )


def _fetch(name: str, module: str, facts: Facts) -> tuple[Labelled, Labelled]:
    loader = importlib.import_module("keras").datasets
    keras_folder.lend("datasets")
    try:
        with contextlib.redirect_stdout(sys.stderr):  # the loader's progress bar would spoil a JSON document
            return getattr(loader, module).load_data()
    except Exception as error:  # the loader raises a bare Exception when it is offline
        raise Refused(
            Kind.NO_NETWORK,
            f"The data set {name!r} ({facts.download_bytes / 1e6:.0f} MB) couldn't be downloaded: connect "
            f"to a network and try again, or bring its pictures ({facts.address}) as a folder or ZIP of class folders "
            f"with `python -m mlcore data add FILE --name {name}`; the data set 'digits' needs no network.",
        ) from error


def _examples(parts: Iterable[tuple[str, np.ndarray, np.ndarray]]) -> Iterator[Example]:
    for split, pictures, labels in parts:
        for number, (picture, label) in enumerate(zip(pictures, labels.ravel(), strict=True)):
            yield Example(_coloured(picture), int(label), split, f"{split}/{number:05}")


def _coloured(picture: np.ndarray) -> np.ndarray:
    return np.repeat(picture[..., None], 3, axis=-1) if picture.ndim == 2 else picture
