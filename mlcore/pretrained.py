"""Pretrained weights (EfficientNet-Lite0 on ImageNet) become a model of the library: `python -m mlcore.pretrained`.

Asked by `library.on_demand` in a process of its own, as JSON on the standard input; answers with one line of JSON.
"""

import errno
import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from mlcore import architectures, durable, images, library
from mlcore.architectures import outline
from mlcore.errors import Kind, Refused
from mlcore.library import on_demand
from mlcore.library.card import Card
from mlcore.library.publish import write_card
from mlcore.modelfiles import torch_state
from mlcore.tensors import KerasLayer, KerasModel

PARTS = {"Conv2D": 1, "DepthwiseConv2D": 1, "BatchNormalization": 4, "Dense": 2}  # arrays that a layer has
UNUSED = "num_batches_tracked"  # PyTorch counts the batches that its statistics have met


def make(folder: Path, path: Path) -> Card:
    """Fill a folder that holds a card and says what its weights are: network, outline and small copy.

    Raises Refused(corrupt-model) where the file of weights isn't the published one.
    """
    weights = on_demand.weights_of(folder)
    if weights is None:
        raise _unfit()
    network = _filled(Card.model_validate(durable.read_json(folder / "card.json")), _checked(path, weights))
    network.save(folder / "model.keras")
    outline.save(folder, network)
    return _described(folder, network)


def fill(network: KerasModel, tensors: dict[str, np.ndarray]) -> None:
    """Put PyTorch's tensors into a network whose layers compute in the same order; raises Refused(corrupt-model)."""
    left = (tensor for name, tensor in tensors.items() if not name.endswith(UNUSED))
    try:
        for layer in network.layers:
            _fill_layer(layer, left)
    except (StopIteration, ValueError):
        raise _unfit() from None
    if next(left, None) is not None:
        raise _unfit()


def _fill_layer(layer: KerasLayer, left: Iterator[np.ndarray]) -> None:
    kind = type(layer).__name__
    arrays = [next(left) for _ in range(PARTS.get(kind, 0))]
    if kind in ("Conv2D", "DepthwiseConv2D"):  # (out, in, h, w); depthwise (channels, 1, h, w)
        arrays = [arrays[0].transpose((2, 3, 1, 0) if kind == "Conv2D" else (2, 3, 0, 1))]
    if kind == "Dense":  # (out, in)
        arrays[0] = arrays[0].T
    if arrays:
        layer.set_weights(arrays)


def _checked(path: Path, weights: on_demand.Weights) -> dict[str, np.ndarray]:
    """The tensors of the very file that was published, or a refusal that says what to do."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != weights.sha256:
        raise Refused(
            Kind.CORRUPT_MODEL,
            f"The weights in {path.name!r} aren't those that were published: the file is damaged or another one; "
            f"install it again: {weights.command}",
        )
    return torch_state.read(data)


def _filled(card: Card, tensors: dict[str, np.ndarray]) -> KerasModel:
    network = architectures.build(card.architecture, {}, card.shape, len(card.classes))
    fill(network, tensors)
    return network


def _described(folder: Path, network: KerasModel) -> Card:
    """Export the small copy, compare it with the network, and write down what came of it."""
    from mlcore.library.export import write_small_copy

    card = Card.model_validate(durable.read_json(folder / "card.json"))
    copy = write_small_copy(network, folder, _pictures(card.size))
    card = card.model_copy(
        update={
            "parameters": network.count_params(),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "answers_fast": copy.usable,
            "fast_difference": copy.difference,
        }
    )
    write_card(folder, card)
    return card


def _pictures(size: tuple[int, int]) -> np.ndarray:
    """What the small copy must agree on: the example pictures and one of noise, uint8 (N, H, W, 3)."""
    examples = sorted(path for path in (library.STARTERS / "examples").iterdir() if path.suffix in (".jpg", ".png"))
    pictures = [images.fit(images.decode(path.read_bytes()).pixels, *size) for path in examples]
    return np.stack([*pictures, np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)])


def _unfit() -> Refused:
    return Refused(Kind.CORRUPT_MODEL, "The weights belong to another network than the one that they are for.")


def _answer(task: dict[str, str]) -> dict[str, str]:
    try:
        make(Path(task["folder"]), Path(task["weights"]))
        return {}
    except Refused as refusal:
        return _refused(refusal)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        return _refused(on_demand.full())


def _refused(refusal: Refused) -> dict[str, str]:
    return {"kind": str(refusal.kind), "refused": refusal.message}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_answer(json.load(sys.stdin))) + "\n")
