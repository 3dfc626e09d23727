"""Short clips of a moving digit, made here: only the order of the frames tells the class."""

from collections.abc import Iterator

import numpy as np

from mlcore.data.sources import Example, Facts, Incoming, built_in
from mlcore.data.sources.digits import BRIGHTEST
from mlcore.data.sources.digits import FACTS as DIGITS
from mlcore.settings import Settings

FRAMES, SIDE, CLIPS = 8, 24, 3000
CLASSES = ("left", "right", "up", "down", "clockwise", "anticlockwise")  # in pairs: one is the other backwards
SPEEDS = (2, 3)  # pixels a frame; at 3 it comes nearly once around
RADIUS = 5  # pixels; an eighth of a turn a frame

FACTS = Facts(
    description="3,000 clips of eight frames: a handwritten digit moves straight or in a circle, one way or the other.",
    classes=CLASSES,
    shape=(FRAMES, SIDE, SIDE, 3),
    pictures=CLIPS,
    license=DIGITS.license,
    address=DIGITS.address,
)


@built_in("moving-digits", "Moving digits", FACTS)
def moving_digits(settings: Settings) -> Incoming:
    """Clips of a handwritten digit that moves: which way is only told by the order of the frames; no network needed."""
    return Incoming(CLASSES, CLIPS, examples(), origin=FACTS.address, size=SIDE)


def examples(seed: int = 0, count: int = CLIPS) -> Iterator[Example]:
    """So many clips, the classes in turn; digit, start and speed are drawn by the seed.

    The field has no border: what leaves on one side comes in on the other, and the start is anywhere. So the clips
    of a class played backwards are, as a population, the clips of its partner: a model that can't tell the order of
    frames is right in half of the answers within a pair, and not more.
    """
    digits, rng = _digits(), np.random.default_rng(seed)
    for number in range(count):
        label = number % len(CLASSES)
        ink = digits[rng.integers(len(digits))]
        yield Example(clip(ink, path(label, rng)), label, None, f"{CLASSES[label]}/{number:04}")


def path(label: int, rng: np.random.Generator) -> np.ndarray:
    """Where the digit's corner is in each frame: rows and columns, int (T, 2), not yet wrapped around."""
    steps, start = np.arange(FRAMES), rng.integers(0, SIDE, 2)
    kind, sign = label // 2, 1 if label % 2 else -1
    if kind == 2:
        angle = 2 * np.pi * (rng.integers(FRAMES) - sign * steps) / FRAMES  # rows count downwards
        return start + np.rint(RADIUS * np.stack([np.sin(angle), np.cos(angle)], axis=1)).astype(int)
    along = sign * int(rng.choice(SPEEDS)) * steps
    return start + np.stack([along * (kind == 1), along * (kind == 0)], axis=1)


def clip(ink: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """The clip uint8 (T, SIDE, SIDE, 3) of ink uint8 (8, 8) with its corner at these positions."""
    field = np.zeros((SIDE, SIDE), "uint8")
    field[: len(ink), : len(ink)] = ink
    frames = np.stack([np.roll(field, tuple(corner), axis=(0, 1)) for corner in corners])
    return np.repeat(frames[..., None], 3, axis=-1)


def _digits() -> np.ndarray:
    from sklearn.datasets import load_digits

    return np.rint(load_digits().images * (255 / BRIGHTEST)).astype("uint8")
