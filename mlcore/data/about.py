"""What a person says of a data set: where it is from, its licence, a note. Changing that makes no new version."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from mlcore import durable, reader
from mlcore.errors import Kind, Refused

FILE = "about.json"
LONGEST = 10_000  # characters of each


class About(BaseModel):
    """Where it is from, its licence, and a note; None where nobody said otherwise than when it was added."""

    model_config = ConfigDict(frozen=True)

    origin: str | None = Field(None, max_length=LONGEST)
    license: str | None = Field(None, max_length=LONGEST)
    note: str = Field("", max_length=LONGEST)


def of(folder: Path) -> About:
    """What was said of the data set in a folder; nothing where that can't be read."""
    try:
        return reader.record(folder / FILE, About)
    except Refused:
        return About()


def write(folder: Path, said: dict[str, str]) -> None:
    """Keep what was said beside what was said before; raises Refused(bad-setting) for more than fits."""
    for name, text in said.items():
        if len(text) > LONGEST:
            raise Refused(Kind.BAD_SETTING, f"The {name} has {len(text):,} characters; allowed are {LONGEST:,}.")
    durable.write_json(folder / FILE, {**of(folder).model_dump(), **said})
