"""Training: presets and drafts that load nothing heavy, and the loop that does."""

from mlcore.contracts import never, unheard
from mlcore.training import teachers
from mlcore.training.presets import PRESETS as presets
from mlcore.training.presets import Preset, checked, draft, proposed

__all__ = ["Preset", "best", "checked", "draft", "estimate", "presets", "proposed", "teachers", "train"]


def train(recipe, folder, emit=unheard, should_stop=never):
    """Train a network by a recipe; see `mlcore.training.loop.train`."""
    from mlcore.training.loop import train

    return train(recipe, folder, emit, should_stop)


def best(name, minutes, assignments=None):
    """The plan for the best model of a data set in so many minutes; see `mlcore.training.budget.best`."""
    from mlcore.training.budget import best

    return best(name, minutes, assignments)


def estimate(recipe, shrink=1):
    """What a recipe will cost; see `mlcore.training.cost.estimate`."""
    from mlcore.training.cost import estimate

    return estimate(recipe, shrink)
