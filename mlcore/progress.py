"""Progress: how long work says how far it is, in one callback that is called `progress` everywhere."""

from typing import Protocol


class Progress(Protocol):
    """Hears the share of the work that is done, 0 to 1, and what is being done; raising inside it ends the work."""

    def __call__(self, share: float, text: str = "", /) -> None:
        """Note how far the work is."""


def silent(share: float, text: str = "", /) -> None:
    """Progress that nobody hears."""


def part(progress: Progress, index: int, count: int) -> Progress:
    """The progress of part `index` of `count` equal parts, counted from 0."""
    return lambda share, text="", /: progress((index + share) / count, text)
