"""Few-shot learning: a frozen backbone's features and a linear probe, taught in well under a second.

`learn` answers at once and needs no Keras; `keep` makes a data set of a draft, and the task "teach" a model
of a data set.
"""

from mlcore.recipe import Recipe
from mlcore.teach import drafts
from mlcore.teach.keep import keep, warm_up
from mlcore.teach.probe import Probe, learn

__all__ = ["Probe", "drafts", "fine_tuning", "keep", "learn", "warm_up"]


def fine_tuning(model: str) -> Recipe:
    """The recipe that goes on from a taught model; see `mlcore.teach.model.fine_tuning`."""
    from mlcore.teach.model import fine_tuning

    return fine_tuning(model)
