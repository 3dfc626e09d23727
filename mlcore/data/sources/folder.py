"""A folder or an archive of class folders: a person's own pictures."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pydantic import Field

from mlcore import archives, images
from mlcore.data import checks
from mlcore.data.sources import Example, Incoming, sources
from mlcore.errors import Kind, Notice, Refused
from mlcore.settings import Settings


class FolderSettings(Settings):
    path: str = Field(description="Folder, ZIP or TAR file with one folder of pictures per class")


@sources.add("folder", "Folder or archive", FolderSettings)
def folder(settings: FolderSettings) -> Incoming:
    """Your own pictures: a folder, ZIP or TAR with one folder per class, with or without train, val and test."""
    return read(settings.path)


def read(path: Path | str | BinaryIO, coding: str | None = None) -> Incoming:
    """The pictures of a folder or an archive, decoded one at a time; those that can't be are skipped."""
    path = Path(path).expanduser() if isinstance(path, str | Path) else path
    archive = archives.open(path, coding=coding)
    try:
        archive.require_classes()
    except Refused:
        archive.close()
        raise
    incoming = Incoming(
        classes=tuple(archive.classes),
        total=len(archive.members),
        examples=(),
        origin=origin(path),
        notices=list(archive.notices),
        skipped=archive.skipped,
    )
    incoming.examples = _examples(archive, incoming)
    return incoming


def _examples(archive: archives.Archive, incoming: Incoming) -> Iterator[Example]:
    labels: dict[str | None, int] = {name: label for label, name in enumerate(incoming.classes)}
    noticed: dict[Kind, list[tuple[str, Notice]]] = {}
    with archive:
        for member, content in archive.pictures():
            try:
                picture = images.decode(content)
            except Refused as refusal:
                archive.skip(member, refusal)
                continue
            for notice in picture.notices:
                noticed.setdefault(notice.kind, []).append((member.name, notice))
            label = labels[member.class_name]
            yield Example(picture.pixels, label, member.split, member.name, content, images.facts(content))
    incoming.notices += [together(kind, group) for kind, group in noticed.items()]


def origin(path: Path | BinaryIO) -> str:
    """What the folder or file is called, as text that any program can print."""
    return os.fsencode(Path(getattr(path, "name", None) or "an upload").name).decode(errors="backslashreplace")


def together(kind: Kind, group: list[tuple[str, Notice]], things: str = "pictures") -> Notice:
    """One notice for all pictures that have the same one."""
    names = checks.listed([name for name, _ in group])
    return Notice(kind, f"{group[0][1].message} So in {len(group):,} of the {things}: {names}.")
