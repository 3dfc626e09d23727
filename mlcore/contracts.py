"""Contracts of long work: how it tells what happens, and how it hears that it should end."""

from typing import Protocol

from mlcore.events import Event


class Emit(Protocol):
    """Takes an event of a run down: into its history, or to whoever listens."""

    def __call__(self, event: Event, /) -> None:
        """Take one event down."""


class ShouldStop(Protocol):
    """Says whether somebody asked for the end; cheap enough to be asked at every step."""

    def __call__(self) -> bool:
        """Whether the work should end now."""


def unheard(event: Event, /) -> None:
    """An `Emit` that takes nothing down."""


def never() -> bool:
    """A `ShouldStop` for work that nobody stops."""
    return False
