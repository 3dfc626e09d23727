"""A folder or an archive of class folders: a person's own pictures."""

from pathlib import Path
from typing import BinaryIO

from pydantic import Field

from mlcore import images
from mlcore.data import checks
from mlcore.data.sources import Example, Incoming, sources
from mlcore.errors import Kind, Notice, Refused
from mlcore.settings import Settings

# What the archive says of these, the store says better once every picture is decoded.
SAID_LATER = {Kind.SKIPPED_FILES, Kind.EMPTY_CLASS, Kind.CLASS_TOO_SMALL, Kind.LABEL_CONFLICT, Kind.TRAIN_TEST_LEAK}


class FolderSettings(Settings):
    path: str = Field(description="Folder, ZIP or TAR file with one folder of pictures per class")


@sources.add("folder", "Folder or archive", FolderSettings)
def folder(settings: FolderSettings) -> Incoming:
    """Your own pictures: a folder, ZIP or TAR with one folder per class, with or without train, val and test."""
    return read(settings.path)


def read(path: Path | str | BinaryIO) -> Incoming:
    """The pictures of a folder or an archive, decoded one at a time; those that can't be are skipped."""
    from mlcore import archives

    path = Path(path).expanduser() if isinstance(path, str) else path
    archive = archives.open(path)
    try:
        archive.require_classes()
    except Refused:
        archive.__exit__(None, None, None)
        raise
    origin = Path(getattr(path, "name", "an upload")).name
    incoming = Incoming(tuple(sorted(archive.classes)), len(archive.members), (), origin)
    incoming.notices += [notice for notice in archive.notices if notice.kind not in SAID_LATER]
    incoming.examples = _examples(archive, incoming)
    return incoming


def _examples(archive, incoming: Incoming):
    from mlcore import archives

    labels = {name: label for label, name in enumerate(incoming.classes)}
    noticed: dict[Kind, list[tuple[str, Notice]]] = {}
    with archive:
        for member, data in archive.pictures():
            try:
                picture = images.decode(data)
            except Refused as refusal:
                incoming.skipped.append(archives.Skipped(member.name, refusal.kind, refusal.message))
                continue
            for notice in picture.notices:
                noticed.setdefault(notice.kind, []).append((member.name, notice))
            yield Example(picture.pixels, labels[member.class_name], member.split, member.name)
        incoming.skipped[:0] = archive.skipped
    incoming.notices += [_together(kind, found) for kind, found in noticed.items()]


def _together(kind: Kind, found: list[tuple[str, Notice]]) -> Notice:
    """One notice for all pictures with the same one."""
    names = checks.listed([name for name, _ in found])
    return Notice(kind, f"{found[0][1].message} ({len(found):,} of the pictures: {names})")
