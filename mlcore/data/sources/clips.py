"""A folder or an archive of clips in class folders: a person's own short videos."""

from collections.abc import Iterator

from pydantic import Field

from mlcore import archives
from mlcore.archives import DETECTED, Reading
from mlcore.archives.classes import ONE_CLASS
from mlcore.clips import MOST_FRAMES, folders
from mlcore.data.sources import Example, Incoming, sources
from mlcore.data.sources.folder import opened, origin, together
from mlcore.errors import Kind, Notice, Refused
from mlcore.settings import Settings, number


class ClipSettings(Settings):
    path: str = Field(description="Folder, ZIP or TAR file with one folder of clips per class")
    frames: int = number(16, 2, MOST_FRAMES, "Frames to keep of each clip, at even distances")


@sources.add("clips", "Folder or archive of clips", ClipSettings)
def clips(settings: ClipSettings) -> Incoming:
    """Your own clips: class folders of short videos, animated pictures, or folders of frames."""
    return read(settings.path, settings.frames)


def read(source: archives.Source, frames: int, size: int | None = None, reading: Reading = DETECTED) -> Incoming:
    """The clips of a folder or an archive, decoded one at a time; those that can't be are skipped."""
    archive = opened(source, reading, videos=True)
    try:
        archive.require_classes(least=2)  # clips are for classifiers alone
    except Refused:
        archive.close()
        raise
    rows = folders.rows(archive.members, in_classes=True)
    incoming = Incoming(
        classes=tuple(archive.classes) or (ONE_CLASS,),
        total=len(rows),
        examples=(),
        origin=origin(source),
        notices=list(archive.notices),
        skipped=archive.skipped,
    )
    incoming.examples = _examples(archive, rows, frames, (size, size) if size else None, incoming)
    return incoming


def _examples(
    archive: archives.Archive,
    rows: list[folders.Row],
    frames: int,
    size: tuple[int, int] | None,
    incoming: Incoming,
) -> Iterator[Example]:
    labels: dict[str | None, int] = {name: label for label, name in enumerate(incoming.classes)}
    noticed: dict[Kind, list[tuple[str, Notice]]] = {}
    with archive:
        for member, clip in folders.read(archive, rows, frames, size):
            if isinstance(clip, Refused):
                archive.skip(member, clip)
                continue
            for notice in clip.notices:
                noticed.setdefault(notice.kind, []).append((member.name, notice))
            yield Example(
                clip.frames, labels.get(member.class_name, 0), member.split, member.name, attributes=member.facts
            )
    incoming.notices += [together(kind, group, "clips") for kind, group in noticed.items()]
