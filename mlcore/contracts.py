"""What work that takes long and who asked for it agree on: where events go, and how a stop is asked for."""

from typing import Protocol

from mlcore.events import Event


class Emit(Protocol):
    """Takes an event as soon as it has happened, and must not take long."""

    def __call__(self, event: Event, /) -> None: ...


class ShouldStop(Protocol):
    """Says whether the work should end now; it is asked after every few steps."""

    def __call__(self) -> bool: ...


def unheard(event: Event, /) -> None:
    """The `Emit` of work that nobody watches."""


def never() -> bool:
    """The `ShouldStop` of work that nobody ends early."""
    return False
