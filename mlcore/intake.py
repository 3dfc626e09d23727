"""Says how a file would be read, whatever it is: its content decides, never its name."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mlcore import archives, clips, images, modelfiles
from mlcore.archives.names import is_video_name
from mlcore.clips import folders
from mlcore.data import checks, splits
from mlcore.errors import Kind, Notice, Refused
from mlcore.images import Picture
from mlcore.signatures import HEAD, identify

MODEL_ENDINGS = (".keras", *modelfiles.OTHER_ENDINGS)
CHECKED_FRAMES = 16  # of a video; all of it is decoded either way


def check(path: Path | str) -> dict:
    """One row of `check --json`: what a picture, clip, archive, folder or model file holds, or why it is refused.

    An archive or folder is read as a data set would be, picture by picture.
    """
    try:
        return {"file": _shown(path), "accepted": True, **_READERS[_type(Path(path))](path)}
    except Refused as refusal:
        return {"file": _shown(path), "accepted": False, "kind": str(refusal.kind), "message": refusal.message}


def read_file(path: Path | str) -> bytes:
    """A file's bytes, as many as a picture may have and one more; raises Refused when it can't be read."""
    with archives.open_file(path) as file:
        return file.read(images.MAX_BYTES + 1)


def pictures(source: Path | str | BinaryIO, name: str = "") -> Iterator[tuple[str, Picture | Refused]]:
    """Every picture of a file, folder, archive or open file by name, decoded, or with the refusal it gets.

    What lies in an archive is named `ARCHIVE/MEMBER`.
    """
    name = name or (_shown(source) if isinstance(source, Path | str) else "an upload")
    try:
        if _holds_many(source):
            yield from _members(source, name)
        else:
            yield name, images.decode(_content(source))
    except Refused as refusal:
        yield name, refusal


def clips_of(
    source: Path | str | BinaryIO, name: str, frames: int, size: tuple[int, int]
) -> Iterator[tuple[str, clips.Clip | Refused]]:
    """Every clip of a file, folder, archive or open file by name, as `frames` frames of one size, or its refusal.

    A folder of still pictures inside is one clip.
    """
    try:
        if _holds_many(source):
            with archives.open(source, name, videos=True) as archive:
                rows = folders.rows(archive.members, in_classes=False)
                if not rows:
                    raise Refused(Kind.NO_IMAGES, f"There is no clip in {name!r}.")
                for member, clip in folders.read(archive, rows, frames, size):
                    yield f"{name}/{member.name}", clip
        else:
            yield name, clips.decode(_content(source), frames, size)
    except Refused as refusal:
        yield name, refusal


def _holds_many(source: Path | str | BinaryIO) -> bool:
    if isinstance(source, Path | str):
        return _type(Path(source)) == "archive"
    source.seek(0)
    signature = identify(source.read(HEAD))
    source.seek(0)
    return signature is not None and signature.family.endswith("archive")


def _content(source: Path | str | BinaryIO) -> bytes:
    return read_file(source) if isinstance(source, Path | str) else source.read()


def _members(source: Path | str | BinaryIO, name: str) -> Iterator[tuple[str, Picture | Refused]]:
    with archives.open(source, name) as archive:
        if not archive.members and not archive.skipped:
            raise Refused(Kind.NO_IMAGES, f"There is no picture in {name!r}.")
        for member, data in archive.pictures():
            yield f"{name}/{member.name}", _decoded(data)
        for skipped in archive.skipped:
            yield f"{name}/{skipped.file}", Refused(skipped.kind, skipped.message)


def _decoded(data: bytes) -> Picture | Refused:
    try:
        return images.decode(data)
    except Refused as refusal:
        return refusal


def _type(path: Path) -> str:
    """Picture, video, archive (or folder) or model, by content; what no format claims is judged by its name."""
    if path.is_dir():
        if (path / "saved_model.pb").exists():
            message = f"This is a SavedModel, which may hold programs. {modelfiles.ADVICE}"
            raise Refused(Kind.UNSUPPORTED_MODEL_FORMAT, message)
        return "archive"
    with archives.open_file(path) as file:
        signature = identify(file.read(HEAD))
        if signature and signature.name == "ZIP" and modelfiles.is_model(file):
            return "model"
    family = signature.family if signature else "other"
    if family == "other":
        return _type_by_name(path.name.lower())
    return "model" if path.suffix.lower() == ".keras" else family.split()[-1]


def _type_by_name(name: str) -> str:
    if name.endswith(MODEL_ENDINGS):
        return "model"
    return "archive" if name.endswith(archives.ENDINGS) else "picture"


def _picture(path: Path | str) -> dict:
    picture = images.decode(read_file(path))
    return {
        "type": "picture",
        "width": picture.width,
        "height": picture.height,
        "pixels_sha256": picture.sha256,
        "notices": _plain(picture.notices),
    }


def _video(path: Path | str) -> dict:
    data = read_file(path)
    try:
        clip = clips.decode(data, CHECKED_FRAMES)
    except Refused:
        if not is_video_name(str(path)):
            images.decode(data)  # what isn't called a video is refused as a picture
        raise
    facts = {"width": clip.width, "height": clip.height, "frames": clip.length, "seconds": clip.seconds}
    return {"type": "clip", **facts, "notices": _plain(clip.notices)}


def _archive(path: Path | str) -> dict:
    with archives.open(path) as archive:
        archive.require_classes()
        survey = _Survey(archive)
        for member, data in archive.pictures():
            survey.add(member, _decoded(data))
    return {
        "type": "archive",
        "classes": survey.classes(),
        "skipped": [{"file": one.file, "kind": str(one.kind), "message": one.message} for one in archive.skipped],
        "ignored": archive.ignored,
        "notices": _plain(survey.notices()),
    }


def _model(path: Path | str) -> dict:
    network = modelfiles.scan(path)
    return {
        "type": "model",
        "input_shape": list(network.input_shape),
        "outputs": network.outputs,
        "layers": network.layers,
    }


_READERS: dict[str, Callable[[Path | str], dict]] = {
    "picture": _picture,
    "video": _video,
    "archive": _archive,
    "model": _model,
}


class _Survey:
    """What the pictures of an archive have in common, from 16 bytes of each."""

    def __init__(self, archive: archives.Archive):
        self._archive, self._names = archive, list(archive.classes)
        self._label_of: dict[str | None, int] = {name: label for label, name in enumerate(self._names)}
        self._labels: list[int] = []
        self._splits: list[int] = []
        self._digests: list[bytes] = []
        self._noticed: dict[Kind, list[tuple[str, Notice]]] = {}

    def add(self, member: archives.Member, picture: Picture | Refused) -> None:
        """Take a picture in, or skip it for its reason."""
        if isinstance(picture, Refused):
            self._archive.skip(member, picture)
            return
        self._labels.append(self._label_of[member.class_name])
        self._splits.append(splits.SPLITS.index(member.split or "train"))
        self._digests.append(hashlib.sha256(picture.pixels.data).digest()[:16])
        for notice in picture.notices:
            self._noticed.setdefault(notice.kind, []).append((member.name, notice))

    def classes(self) -> dict[str, int]:
        """Readable pictures per class that has one; raises Refused when too few classes are left."""
        counts = Counter(self._names[label] for label in self._labels)
        readable = {name: counts[name] for name in self._names if counts[name]}
        checks.require_readable(self._names, list(readable), self._archive.skipped)
        return readable

    def notices(self) -> list[Notice]:
        """What is worth knowing before anyone trains on it."""
        kept, labels = np.unique(self._labels, return_inverse=True)
        names = [self._names[index] for index in kept]
        empty = checks.empty_class([name for name in self._names if name not in names], self._archive.skipped)
        same = checks.groups(np.frombuffer(b"".join(self._digests), "uint8").reshape(-1, 16))
        return [
            *self._archive.notices,
            *([empty] if empty else []),
            *(_together(kind, noticed) for kind, noticed in self._noticed.items()),
            *checks.notices(names, labels, np.array(self._splits), same, self._archive.skipped),
        ]


def _together(kind: Kind, noticed: list[tuple[str, Notice]]) -> Notice:
    """One notice for all pictures with the same one."""
    name, first = noticed[0]
    return Notice(kind, f"{len(noticed):,} of the pictures, the first being {name!r}: {first.message}")


def _plain(notices: Iterable[Notice]) -> list[dict[str, str]]:
    return [{"kind": str(notice.kind), "message": notice.message} for notice in notices]


def _shown(path: Path | str) -> str:
    """A path as text that any program can print, whatever bytes it is made of."""
    return os.fsencode(path).decode(errors="backslashreplace")
