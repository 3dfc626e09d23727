"""A data set on its way in, stored behind the page: from whichever page it was begun, every page can follow it."""

from collections.abc import Callable

from mlcore.data import Dataset
from pages.parts import background

KIND = "ingest"


def begin(name: str, title: str, store: Callable[[Callable[..., None]], Dataset], source: str = "built-in") -> None:
    """Begin to store a data set; `store(progress)` does it. `source` tells apart two of one name."""
    background.begin((KIND, name, source), f"Adding {title}", store)


def follow(show: Callable[[Dataset], None], only: str = "") -> None:
    """How far data sets are on their way in, or the one of that name; `show(dataset)` once it is there."""
    requests = background.follow(KIND, show)
    background.wait([request for request in requests if only in ("", request.key[1])])
