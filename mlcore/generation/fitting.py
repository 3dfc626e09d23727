"""Which data sets a generator can learn from."""

from mlcore import data
from mlcore.generation.generators import SIDES


def fitting() -> list[data.Summary]:
    """The data sets with square pictures of a size that generators make: those that need the least download first."""
    summaries = [summary for summary in data.all() if _fits(tuple(summary.shape))]
    return sorted(summaries, key=lambda summary: (not summary.stored, summary.download_bytes))


def _fits(shape: tuple[int, ...]) -> bool:
    return len(shape) == 3 and shape[0] == shape[1] and shape[0] in SIDES
