"""A finished generator of a GAN: pictures from a seed (its latent vectors), the same ones every time."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydantic import BaseModel, Field

from mlcore import library, reader
from mlcore.errors import Kind, Refused, unknown
from mlcore.generation.latent import sampling
from mlcore.library.card import Card
from mlcore.library.litert import Runner
from mlcore.library.opened import Opened

MOST = 4096  # pictures at a time

# Vectors (N, V), a wanted picture and its weights to errors (N,) and their slopes by the vectors (N, V).
InversionLoss = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


class Facts(BaseModel):
    """What `generator.json` says."""

    noise: int = Field(64, ge=1, le=MOST)
    conditional: bool = False


class Generator(Opened):
    """Makes pictures. `noise` is how many random numbers go into one; `conditional` whether a class can be chosen.

    A checked LiteRT copy answers before Keras is loaded; without it Keras does, some seconds later.
    """

    def __init__(self, card: Card, folder: Path) -> None:
        super().__init__(card, folder)
        facts = reader.record(folder / "generator.json", Facts)
        self.noise, self.conditional = facts.noise, facts.conditional

    def sample(self, count: int, seed: int = 0, target: int | str | None = None, truncation: float = 1.0) -> np.ndarray:
        """Pictures uint8 (count, H, W, 3): of one class, or of each class in turn.

        A picture depends on seed and index alone, not on the count. Truncation below 1 draws nearer to the middle:
        more typical, less varied. Raises Refused for a class that isn't there and for more than 4,096 at a time.
        """
        if not 1 <= count <= MOST:
            raise Refused(Kind.BAD_SETTING, f"{count} pictures can't be made at a time; allowed are 1 to {MOST:,}.")
        labels = self.shares(count, target)
        return self.draw(truncation * self.latents(count, seed), labels)

    def latents(self, count: int, seed: int) -> np.ndarray:
        """The random numbers float32 (count, noise) behind the pictures of a seed."""
        return sampling.latents(self.noise, count, seed)

    def draw(self, latents: np.ndarray, shares: np.ndarray | None = None) -> np.ndarray:
        """Pictures uint8 (N, H, W, 3) of latents (N, noise) and shares of classes (N, K), such as one-hot rows."""
        if self.conditional and shares is None:
            shares = self.shares(len(latents), None)
        return sampling.to_pictures(self._call(sampling.vectors(latents, shares if self.conditional else None)))

    def shares(self, count: int, target: int | str | None = None) -> np.ndarray | None:
        """Shares of classes float32 (count, K): all of one class, or each class in turn; None where none are known."""
        if not self.conditional:
            if target is not None:
                raise Refused(Kind.NOT_COMPATIBLE, f"{self.card.title!r} was trained without classes; leave it out.")
            return None
        classes = len(self.card.classes)
        chosen = np.arange(count) % classes if target is None else np.full(count, self._index(target))
        return np.eye(classes, dtype="float32")[chosen]

    def _index(self, target: int | str) -> int:
        names = self.card.classes
        if target in names:
            return names.index(target)
        if isinstance(target, int) and 0 <= target < len(names):
            return target
        raise unknown(Kind.UNKNOWN_NAME, "class", str(target), names)

    @property
    def inversion_loss(self) -> InversionLoss:
        """How far pictures are from a wanted one, and its slopes by the vectors; loads the Keras network once."""
        return self._once("inversion_loss", self._compile_inversion_loss)

    def _compile_inversion_loss(self) -> InversionLoss:
        from mlcore.backend.inversion_loss import inversion_loss

        return inversion_loss(self.model)

    @property
    def _call(self) -> Callable[[np.ndarray], np.ndarray]:
        """Vectors (N, noise + classes) to levels 0..255, float32 (N, H, W, 3), by whichever network answers."""
        copy = self._once("runner", lambda: self._small_copy(self._first_picture))
        if copy:
            return copy.maps
        if tuple(self.model.input_shape[1:]) != (self._width,):
            message = f"{self.card.title!r} can't be opened: its network takes other numbers than its folder says."
            raise Refused(Kind.NOT_COMPATIBLE, message)
        return self._compiled

    @property
    def _width(self) -> int:
        """How many numbers go into a picture, its class among them."""
        return self.noise + self.conditional * len(self.card.classes)

    def _first_picture(self, runner: Runner) -> np.ndarray:
        if runner.takes != (self._width,):
            raise ValueError("The small copy is of a network for other vectors.")
        return runner.maps(np.zeros((1, self._width), "float32"))


def open_generator(id: str) -> Generator:
    """The generator of that id; raises Refused(unknown-model), and not-compatible for a classifier."""
    card = library.card_of(id)
    if card.kind != "generator":
        raise Refused(Kind.NOT_COMPATIBLE, f"{card.title!r} is a {card.kind}; it can't make pictures.")
    return Generator(card, library.folder(id))
