"""Training: presets and drafts that load nothing heavy, and the loop that does."""

from mlcore.training.presets import PRESETS as presets
from mlcore.training.presets import checked, draft

__all__ = ["checked", "draft", "estimate", "presets", "train"]


def train(recipe, folder, emit=lambda event: None, should_stop=lambda: False):
    """Train a network by a recipe; see `mlcore.training.loop.train`."""
    from mlcore.training.loop import train

    return train(recipe, folder, emit, should_stop)


def estimate(recipe):
    """What a recipe will cost; see `mlcore.training.estimate.estimate`."""
    from mlcore.training.estimate import estimate

    return estimate(recipe)
