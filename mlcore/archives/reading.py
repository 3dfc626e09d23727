"""How an archive is to be read, where a person knows better than what its names tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlcore.archives.split_names import SPLITS
from mlcore.errors import Kind, Refused

LEFT_OUT = ""  # in place of a split


@dataclass(frozen=True)
class Reading:
    """What was said of an archive; what is empty is found by looking.

    `coding` is the code page of names that aren't UTF-8. `splits` are folders with their split, or `LEFT_OUT`;
    `classes_at` is how many folders deep the class stands, from 1 on; `by_name` takes it from the names of files, as
    of cat_12.jpg. `labels` is the table that names the classes ("none" for none), `label` and `path` are its columns.
    """

    coding: str | None = None
    splits: Mapping[str, str] = field(default_factory=dict)
    classes_at: int | None = None
    by_name: bool = False
    labels: str = ""
    label: str = ""
    path: str = ""
    unlabelled: bool = False


DETECTED = Reading()


def splits(text: str) -> dict[str, str]:
    """Folders with their splits out of 'train=FOLDER,test=FOLDER'; raises Refused(bad-setting)."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    wrong = next((split for split, equals, folder in pairs if not _is_pair(split, equals, folder)), None)
    if wrong is not None:
        message = f"{wrong.strip()!r} can't be read as a split: say it as train=FOLDER,val=FOLDER,test=FOLDER"
        raise Refused(Kind.BAD_SETTING, f"{message}; 'out' in place of a split leaves a folder out.")
    return {folder.strip().strip("/"): SPLITS.get(split.strip().lower(), LEFT_OUT) for split, _, folder in pairs}


def _is_pair(split: str, equals: str, folder: str) -> bool:
    return split.strip().lower() in {*SPLITS, "out"} and bool(equals and folder.strip().strip("/"))
