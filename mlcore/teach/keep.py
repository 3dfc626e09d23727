"""Make something lasting of a draft: a data set, and with it a model in the library."""

import re
from collections.abc import Iterator

from mlcore import data, images, reader
from mlcore.data import ingest
from mlcore.data.sources import Example, Incoming
from mlcore.errors import Kind, Refused
from mlcore.home import checked_name
from mlcore.progress import Progress, silent
from mlcore.teach.drafts import Draft, DraftClass
from mlcore.teach.embeddings import Look, look_of


def keep(draft: Draft, name: str = "", backbone: str = "") -> data.Dataset:
    """Store a draft's pictures as a data set, in the size that the backbone looks at; raises Refused.

    Without a name it gets one from its classes. A tenth of each class is set aside to test with.
    """
    look = Look.through(backbone) if backbone else look_of(draft)
    return store(draft, name, max(look.backbone.size))


def store(draft: Draft, name: str = "", size: int | None = None, progress: Progress = silent) -> data.Dataset:
    """Store a draft's pictures as a data set of that size, or of one that suits them; raises Refused."""
    name = checked_name(name or free_name(draft), "name of a data set")
    classes = [one for one in draft.classes if one.pictures]
    if not classes:
        raise Refused(Kind.NO_IMAGES, "There is no picture yet: drop some into a class, or record them.")
    title = ", ".join(one.name for one in classes[:4]) + (" and more" if len(classes) > 4 else "")
    described = {"title": title or name, "description": "Pictures taught by hand.", "source": "folder", "license": ""}
    incoming = Incoming(tuple(one.name for one in classes), draft.count, _examples(draft, classes), origin="Teach")
    incoming.sizes = draft.sizes()
    return data.Dataset(ingest.store(incoming, name, described, size, 0, progress))


def free_name(draft: Draft) -> str:
    """A name that no data set has, made of the first classes' names."""
    words = re.sub("[^a-z0-9]+", "-", "-".join(one.name.lower() for one in draft.classes[:3])).strip("-")
    return data.free_name(words[:40].strip("-") or "taught")


def _examples(draft: Draft, classes: list[DraftClass]) -> Iterator[Example]:
    for label, one in enumerate(classes):
        for number, file in enumerate(draft.files(one).values(), 1):
            pixels = images.decode(reader.content(file)).pixels
            yield Example(pixels, label, None, f"{one.name} {number}")
