"""Many answers as a table: one small line for each file, with its thumbnail or the reason why there is none."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from mlcore import images
from mlcore.library import batch
from mlcore.library.certainty import Level, columns
from mlcore.library.classifier import Prediction
from mlcore.library.out_of_distribution import Unlike
from pages.parts.answer import trust

THUMBNAIL = 48


@dataclass(frozen=True)
class Line:
    """A file with its likeliest classes [(class, probability)], or with kind and message of its refusal.

    `heading` is the answer in a word or two; `set` the classes among which the truth is 9 times in 10, where that was
    fitted; `level` what was measured of held-out answers about as sure.
    """

    file: str
    top: tuple[tuple[str, float], ...] = ()
    sure: bool = False
    heading: str = ""
    set: tuple[str, ...] | None = None
    level: Level | None = None
    unlike: Unlike | None = None
    thumbnail: str = ""
    kind: str = ""
    message: str = ""

    @property
    def answer(self) -> str:
        """What the table says first: the class, where the model is sure and the picture like those it learned from."""
        if self.unlike and self.unlike.flagged:
            return "unlike what it learned from"
        return self.heading

    def plain(self) -> dict:
        """The line as the CSV file has it."""
        values: dict[str, str | float] = {
            "file": self.file,
            "answer": self.top[0][0] if self.top else "",
            "sure": "yes" if self.sure else "no",
            **columns(self.set, self.level.accuracy if self.level else None),
            "unlike": ("yes" if self.unlike.flagged else "no") if self.unlike else "",
            "unlike_score": round(self.unlike.score, 6) if self.unlike else "",
        }
        for rank, (name, probability) in enumerate(self.top, 1):
            values |= {f"class_{rank}": name, f"probability_{rank}": round(probability, 6)}
        return values | {"kind": self.kind, "message": self.message}


def classify(classifier, uploads: list, top: int) -> Iterator[Line]:
    """Answer files and the pictures inside archives; of the pictures only thumbnails stay."""
    backing = trust.backing_of(classifier.card)
    for row in batch.classify(classifier, [(upload.name, upload) for upload in uploads], THUMBNAIL):
        if row.refusal:
            yield Line(row.file, kind=str(row.refusal.kind), message=row.refusal.message)
        elif row.prediction:
            yield _line(row.file, row.thumbnail, row.prediction, backing, top)


def _line(file: str, thumbnail, prediction: Prediction, backing: trust.Backing, top: int) -> Line:
    return Line(
        file,
        tuple(prediction.top(top)),
        prediction.sure,
        trust.heading(prediction, backing),
        prediction.set,
        backing.certainty.near(prediction.confidence) if backing.certainty else None,
        prediction.unlike,
        _address(thumbnail),
    )


def _address(thumbnail) -> str:
    """A small picture as an address that a table can show."""
    return "data:image/png;base64," + base64.b64encode(images.png(thumbnail)).decode()
