"""Data sets: labelled pictures, stored once as uint8 and read back without filling the memory."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mlcore import durable, reader
from mlcore.archives import DETECTED, Reading, Source
from mlcore.clips.door import checked_count
from mlcore.data import about, ingest, meta, sizes, versions
from mlcore.data.additions import extend
from mlcore.data.edits import Drop, Move, Relabel, RenameClass
from mlcore.data.excerpt import Excerpt, excerpt
from mlcore.data.history import describe, edit, go_to, history, redo, undo, version_of
from mlcore.data.resize import resized
from mlcore.data.sources import Incoming, facts, sources
from mlcore.data.store import Dataset, Split
from mlcore.data.versions import Version
from mlcore.errors import Kind, MLCoreError, Notice, Refused, unknown
from mlcore.home import checked_name
from mlcore.progress import Progress, silent
from mlcore.registry import Entry

__all__ = [
    "Dataset",
    "Drop",
    "Excerpt",
    "Move",
    "Relabel",
    "RenameClass",
    "Split",
    "Summary",
    "Version",
    "add",
    "all",
    "at_hand",
    "describe",
    "edit",
    "excerpt",
    "extend",
    "free_name",
    "go_to",
    "history",
    "open",
    "redo",
    "refuse_one_class",
    "remove",
    "resized",
    "sources",
    "stored",
    "summary",
    "undo",
    "unreadable",
    "version_of",
]

STORES = ("flat", "packed")
SIZES = sizes.SIDES
# From meta.json:
COPIED = ("title", "description", "source", "classes", "splits", "class_counts", "created", "fingerprint")
free_name = ingest.free_name


@dataclass(frozen=True)
class Summary:
    """What a list of data sets shows; a built-in one that isn't stored yet has no splits."""

    name: str
    title: str
    description: str
    source: str
    license: str
    classes: tuple[str, ...]
    shape: tuple[int, ...]
    pictures: int
    splits: dict[str, int]
    class_counts: dict[str, int]
    notices: tuple[Notice, ...]
    stored: bool
    created: str
    download_bytes: int
    disk_bytes: int
    fingerprint: str = ""
    version: int = 1

    @property
    def is_sequence(self) -> bool:
        """Whether it holds clips (T, H, W, 3) instead of single pictures."""
        return len(self.shape) == 4


def all() -> list[Summary]:
    """Every data set that can be opened: the stored ones by name, then the built-in ones; reads no pictures."""
    here = [facts for folder in _folders() if (facts := _stored(folder))]
    names = {folder.name for folder in _folders()}
    return here + [_built_in(entry) for entry in _built_ins() if entry.name not in names]


def unreadable() -> list[reader.Unreadable]:
    """The stored data sets that can't be read, each with the reason; `remove` takes them as any other."""
    folders = [ingest.shelf_folder() / name for name in reader.names_in(ingest.shelf_folder())]
    reasons = {folder.name: reader.reason(_facts, folder) for folder in folders}
    return [reader.Unreadable(name, why) for name, why in reasons.items() if why]


def summary(name: str, seen: str = "") -> Summary | None:
    """The facts of one data set, stored or built-in; None where there is none of that name. `seen` is as in `open`."""
    built_in = next((entry for entry in _built_ins() if entry.name == name), None)
    return stored(name, seen) or (_built_in(built_in) if built_in else None)


def stored(name: str, seen: str = "") -> Summary | None:
    """The facts of a data set whose pictures are on this machine, else None; `seen` as in `open`."""
    folder = _folder(name)
    return _stored(folder, version_of(name, seen)) if folder else None


def open(name: str, progress: Progress = silent, version: int | None = None, seen: str = "") -> Dataset:
    """The current version of the data set of that name, or another; a built-in one is stored first.

    With the fingerprint that a run has `seen` it is the version with that one, where there is such a version.
    Storing may need a network. Raises Refused(unknown-data, unknown-name, missing-data, no-network).
    """
    version = version_of(name, seen) if version is None else version
    entry = next((entry for entry in _built_ins() if entry.name == name), None)
    folder = _folder(name)
    if folder:
        return Dataset(folder, version)
    if not entry:
        raise unknown(Kind.UNKNOWN_DATA, "data set", name, [each.name for each in all()])
    return Dataset(_store_built_in(entry, progress), version)


def at_hand(name: str, fingerprint: str = "") -> Dataset | Excerpt | None:
    """What can be looked at of a data set at once: all of it where it is stored, else what came along; None for none.

    With a `fingerprint` what came along takes the place of a stored set with other content, if it is of that one.
    """
    part = excerpt(name)
    if stored(name) is None:
        return part
    whole = open(name, seen=fingerprint)
    is_other = fingerprint not in ("", whole.fingerprint)
    return part.beside(whole) if part and is_other and part.fingerprint == fingerprint else whole


def add(
    path: Source,
    name: str,
    size: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
    frames: int | None = None,
    reading: Reading = DETECTED,
    pictures: Path | None = None,
    store: str = "",
) -> Dataset:
    """Store a folder, an archive, dropped files or a table (CSV) of paths and labels under a new name.

    Classes are those of folders, with or without train, val and test around them, or of a table beside the pictures.
    Pictures of one kind, with or without a folder, become one class: enough for generators and repair. `reading` says
    how to read what can be read in several ways, `pictures` is the folder of a table's pictures (its own without it).

    With `frames` it is read as clips (videos, animations, folders of frames), and so many frames of each are kept.

    Pictures become size x size pixels; without a size they keep a common one of up to 128 pixels, else they become
    squares of 224, 160, 128, 96 or 64 pixels, which half of them fill. `store` is "flat" for their pixels or "packed"
    for their files, which can be read at another size later (`resized`); without it, 160 pixels or more are packed
    where the pixels of all would take over 1 GB.
    A missing test or validation set is taken from the training pictures, chosen by their own hashes and the seed.
    `progress` hears how many pictures are done; an exception in it cancels. Raises Refused.
    """
    checked_name(name, "name of a data set")
    if size is not None:
        sizes.check_side(size)
    if not isinstance(seed, int) or not 0 <= seed < 10**reader.DIGITS:
        raise Refused(
            Kind.BAD_SETTING,
            f"The seed can't be {seed!r}: it is a whole number from 0 on, of at most {reader.DIGITS} digits.",
        )
    ingest.refuse_taken(name)
    if store not in ("", *STORES):
        raise Refused(Kind.BAD_SETTING, f"Pictures can't be stored as {store!r}: allowed are {' and '.join(STORES)}.")
    incoming = _incoming(path, size, frames, reading, pictures)
    incoming.store = store
    things, source = ("Pictures", "folder") if frames is None else (f"Clips of {frames} frames", "clips")
    described = {"title": name, "description": f"{things} from {incoming.origin}.", "source": source, "license": ""}
    return Dataset(ingest.store(incoming, name, described, size, seed, progress))


def _incoming(path: Source, size: int | None, frames: int | None, reading: Reading, pictures: Path | None) -> Incoming:
    from mlcore.data.sources import clips, folder

    if frames is None:
        return folder.read(path, reading, pictures)
    checked_count(frames)
    return clips.read(path, frames, size, reading)


def refuse_one_class(name: str, seen: str = "") -> None:
    """Raise Refused(need-two-classes) when the stored data set of that name has nothing to tell apart."""
    here = stored(name, seen)
    if here and len(here.classes) < 2:
        message = f"The data set {name!r} has only one class, {here.classes[0]!r}: a generator or a repair network can"
        raise Refused(Kind.NEED_TWO_CLASSES, f"{message} learn from it; a classifier needs at least two.")


def remove(name: str) -> None:
    """Delete a stored data set, damaged or whole; raises Refused(unknown-data)."""
    names = reader.names_in(ingest.shelf_folder())
    if name not in names:
        raise unknown(Kind.UNKNOWN_DATA, "stored data set", name, names)
    durable.remove_folder(ingest.shelf_folder() / name)


def _store_built_in(entry: Entry, progress: Progress) -> Path:
    source = facts(entry)
    described = {
        "title": entry.title,
        "description": source.description,
        "source": entry.name,
        "license": source.license,
    }
    try:
        return ingest.store(entry.run(entry.settings()), entry.name, described, None, 0, progress)
    except MLCoreError:
        if folder := _folder(entry.name):  # another process was quicker: it stored the very same
            return folder
        raise


def _folder(name: str) -> Path | None:
    return next((folder for folder in _folders() if folder.name == name), None)


def _folders() -> list[Path]:
    shelf = ingest.shelf_folder()
    if not shelf.is_dir():
        return []
    return sorted(folder for folder in shelf.iterdir() if folder.is_dir() and not folder.name.startswith("."))


def _built_ins() -> list[Entry]:
    return [entry for entry in sources.all() if "built-in" in entry.traits]


def _stored(folder: Path, version: int | None = None) -> Summary | None:
    """The summary of a stored data set; None when its facts can't be read."""
    try:
        version = version or versions.current(folder)
        read = _facts(folder, version)
    except Refused:
        return None
    said = about.of(folder)
    return Summary(
        name=folder.name,
        version=version,
        shape=tuple(read.shape),
        pictures=read.pictures,
        notices=read.remarks,
        stored=True,
        license=read.license if said.license is None else said.license,
        download_bytes=0,
        disk_bytes=_bytes_of(folder),
        **{key: getattr(read, key) for key in COPIED},
    )


def _facts(folder: Path, version: int | None = None) -> meta.Meta:
    """What a version of a stored data set says of itself, once its files are there; raises Refused."""
    own = versions.at(folder, version or versions.current(folder))
    facts = {part: meta.of(part) for part in (folder, own)}
    for part, name, size in ((part, name, size) for part, each in facts.items() for name, size in each.sizes.items()):
        if reader.shape_of(part / name) != size:
            raise Refused(Kind.UNREADABLE_FILE, f"{name!r} doesn't go with {meta.FILE!r}.")
    return facts[own]


def _bytes_of(folder: Path) -> int:
    with suppress(OSError):  # it is being removed right now
        facts = [file.lstat() for file in folder.rglob("*")]
        return sum(each.st_size // each.st_nlink for each in facts)  # versions share what is the same in them
    return 0


def _built_in(entry: Entry) -> Summary:
    source = facts(entry)
    return Summary(
        name=entry.name,
        title=entry.title,
        description=source.description,
        source=entry.name,
        license=source.license,
        classes=source.classes,
        shape=source.shape,
        pictures=source.pictures,
        splits={},
        class_counts={},
        notices=(),
        stored=False,
        created="",
        download_bytes=source.download_bytes,
        disk_bytes=0,
    )
