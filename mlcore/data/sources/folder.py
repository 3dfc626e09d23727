"""A folder or an archive of class folders: a person's own pictures."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pydantic import Field

from mlcore import archives, images
from mlcore.archives import DETECTED, Reading
from mlcore.archives.classes import ONE_CLASS
from mlcore.archives.delimited import TABLES
from mlcore.data import checks, sizes
from mlcore.data.sources import Example, Incoming, sources
from mlcore.errors import Kind, Notice, Refused
from mlcore.settings import Settings

MOST_TABLE = 200_000_000  # bytes


class FolderSettings(Settings):
    path: str = Field(description="Folder, ZIP or TAR file with one folder of pictures per class")


@sources.add("folder", "Folder or archive", FolderSettings)
def folder(settings: FolderSettings) -> Incoming:
    """Your own pictures: a folder, ZIP or TAR with one folder per class, with or without train, val and test."""
    return read(settings.path)


def read(source: archives.Source, reading: Reading = DETECTED, pictures: Path | None = None) -> Incoming:
    """The pictures of a folder, an archive or a table's, decoded one at a time; those that can't be are skipped."""
    archive = opened(source, reading, pictures)
    try:
        archive.require_classes()
    except Refused:
        archive.close()
        raise
    incoming = Incoming(
        classes=tuple(archive.classes) or (ONE_CLASS,),
        total=len(archive.members),
        examples=(),
        origin=origin(source),
        notices=list(archive.notices),
        skipped=archive.skipped,
    )
    incoming.sizes, incoming.files = sizes.looked_at(archive)
    incoming.examples = _examples(archive, incoming)
    return incoming


def opened(
    source: archives.Source, reading: Reading = DETECTED, pictures: Path | None = None, videos: bool = False
) -> archives.Archive:
    """A folder, an archive, dropped files, or a table (CSV) whose pictures lie beside it or in that folder."""
    path = Path(source).expanduser() if isinstance(source, str | Path) else None
    if path is None or path.is_dir() or path.suffix.lower() not in TABLES:
        if pictures:
            raise Refused(Kind.BAD_SETTING, f"{origin(source)!r} holds its pictures itself: --pictures is for a CSV.")
        return archives.open(path or source, videos=videos, reading=reading)
    with archives.open_file(path) as file:
        beside = {path.name: file.read(MOST_TABLE + 1)}
    if len(beside[path.name]) > MOST_TABLE:
        raise Refused(Kind.BAD_SETTING, f"{path.name!r} has over {MOST_TABLE / 1e6:.0f} MB, the most for a table.")
    return archives.open(pictures or path.parent, reading=replace(reading, labels=path.name), beside=beside)


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
            facts = {**images.facts(content), **member.facts}
            yield Example(
                picture.pixels, labels.get(member.class_name, 0), member.split, member.name, content, attributes=facts
            )
    incoming.notices += [together(kind, group) for kind, group in noticed.items()]


def origin(source: archives.Source) -> str:
    """What the folder or file is called, as text that any program can print."""
    if isinstance(source, list):
        return source[0].name.split("/")[0] if source else "an upload"
    name = source if isinstance(source, str | Path) else getattr(source, "name", None) or "an upload"
    return os.fsencode(Path(name).name).decode(errors="backslashreplace")


def together(kind: Kind, group: list[tuple[str, Notice]], things: str = "pictures") -> Notice:
    """One notice for all pictures that have the same one."""
    names = checks.listed([name for name, _ in group])
    return Notice(kind, f"{group[0][1].message} So in {len(group):,} of the {things}: {names}.")
