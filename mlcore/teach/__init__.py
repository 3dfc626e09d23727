"""Few-shot learning: a frozen backbone's features and a linear probe, taught in well under a second.

`learn` answers at once and needs no Keras; `learn_draft` does it from what a draft's pictures were when they came;
`keep` makes a data set of a draft, and the task "teach" a model
of a data set.
"""

from mlcore.recipe import Recipe
from mlcore.teach import drafts
from mlcore.teach.embeddings import embedded, look_of
from mlcore.teach.keep import keep
from mlcore.teach.probe import Probe, learn, learn_embedded

__all__ = ["Probe", "drafts", "fine_tuning", "keep", "learn", "learn_draft", "look_at", "look_of", "seconds"]


def seconds(name: str) -> float:
    """What teaching a model on all of a data set will take, measured on a few of its pictures."""
    from mlcore.teach.cost import seconds

    return seconds(name)


def look_at(draft: drafts.Draft) -> None:
    """Look at a draft's pictures now, and keep what learning would have waited for."""
    if draft.count:
        embedded(draft, draft.classes, look_of(draft))


def learn_draft(draft: drafts.Draft) -> Probe:
    """Learn to tell a draft's classes apart; raises Refused as `learn` does."""
    classes, look = draft.classes, look_of(draft)
    counts = {one.name: len(one.pictures) for one in classes}
    return learn_embedded(counts, embedded(draft, classes, look), look)


def fine_tuning(model: str) -> Recipe:
    """The recipe that goes on from a taught model; see `mlcore.teach.model.fine_tuning`."""
    from mlcore.teach.model import fine_tuning

    return fine_tuning(model)
