"""Clips out of folders and archives: files of their own, and folders of frames."""

import io
import tarfile

import numpy as np
import pytest

from mlcore import archives, clips
from mlcore.clips import Clip, folders
from mlcore.errors import Kind, Refused
from tests import motions
from tests.odd_archives import tarred, zipped

FRAMES = {label: motions.clip(label, 7, frames=12) for label in (0, 1)}


def frame_files(prefix: str, label: int) -> dict[str, bytes]:
    """The frames of a clip as PNGs, numbered without leading zeros."""
    return {f"{prefix}/frame-{number}.png": motions.png(pixels) for number, pixels in enumerate(FRAMES[label])}


def content() -> dict[str, bytes]:
    """A GIF and a folder of frames in each of two classes."""
    files = {}
    for label, name in enumerate(motions.CLASSES):
        files |= {f"{name}/a.gif": motions.animation(FRAMES[label])} | frame_files(f"{name}/b", label)
    return files


def read(data: bytes, count: int = 4, in_classes: bool = True) -> dict:
    with archives.open(io.BytesIO(data), videos=True) as archive:
        found = folders.rows(archive.members, in_classes)
        return {member.name: clip for member, clip in folders.read(archive, found, count, None)}


@pytest.mark.parametrize("pack", [zipped, tarred, lambda files: tarred(files, "gz")], ids=["zip", "tar", "tar.gz"])
def test_files_and_folders_of_frames_are_clips(pack):
    found = read(pack(content()))

    assert list(found) == ["left/a.gif", "left/b", "right/a.gif", "right/b"]
    for label, name in enumerate(motions.CLASSES):
        np.testing.assert_array_equal(found[f"{name}/b"].frames, FRAMES[label][[1, 4, 7, 10]])
        assert found[f"{name}/b"].length == 12
        assert found[f"{name}/a.gif"].length == 12


def test_frames_go_by_their_numbers_even_where_the_archive_shuffles_them():
    files = list(content().items())
    shuffled = [files[place] for place in np.random.default_rng(0).permutation(len(files))]

    np.testing.assert_array_equal(read(zipped(dict(shuffled)))["left/b"].frames, FRAMES[0][[1, 4, 7, 10]])


def test_only_the_frames_that_are_kept_are_decoded():
    files = content()
    files["left/b/frame-0.png"] = b"damaged, and not among those that are taken"

    assert isinstance(read(zipped(files))["left/b"], Clip)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"left/b/frame-4.png": b"damaged"}, Kind.NOT_AN_IMAGE),
        ({"left/a.gif": motions.animation(FRAMES[0])[:200]}, Kind.TRUNCATED_OR_CORRUPT),
        ({"left/still.png": motions.png(FRAMES[0][0])}, Kind.NOT_COMPATIBLE),
        ({"left/alone/1.png": motions.png(FRAMES[0][0])}, Kind.NOT_COMPATIBLE),
    ],
)
def test_a_bad_clip_stops_nobody_and_keeps_its_reason(change, kind):
    found = read(zipped(content() | change))

    refused = [clip for clip in found.values() if isinstance(clip, Refused)]
    assert [refusal.kind for refusal in refused] == [kind]
    assert sum(isinstance(clip, Clip) for clip in found.values()) >= 3


def test_a_frame_that_is_damaged_in_its_archive_refuses_its_clip():
    data = bytearray(zipped(content()))
    at = data.index(b"left/b/frame-4.png") + 60
    data[at : at + 4] = b"ruin"

    found = read(bytes(data))
    assert found["left/b"].kind == Kind.TRUNCATED_OR_CORRUPT
    assert isinstance(found["right/b"], Clip)


def test_frames_of_too_many_unfinished_clips_are_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr(folders, "MOST_WAITING", 5 * 16 * 16 * 3)

    with pytest.raises(Refused, match="clip by clip"):
        read(zipped(dict(sorted(content().items(), key=lambda item: item[0][::-1]))))


def test_without_classes_every_folder_of_pictures_is_a_clip():
    found = read(zipped(frame_files("one", 0) | frame_files("two", 1) | {"c.gif": content()["left/a.gif"]}), 4, False)

    assert sorted(found) == ["c.gif", "one", "two"]


def test_videos_are_members_only_where_clips_are_wanted():
    files = {
        "left/1.mp4": b"\0\0\0\x20ftypisom" + bytes(40),
        "left/x": b"\x1a\x45\xdf\xa3" + bytes(40),
        "right/a": b"text",
    }
    with archives.open(io.BytesIO(zipped(files))) as archive:
        assert (archive.members, archive.ignored) == ((), 3)
        with pytest.raises(Refused, match="2 videos") as refusal:
            archive.require_classes()
        assert refusal.value.kind == Kind.NO_IMAGES
    with archives.open(io.BytesIO(zipped(files)), videos=True) as archive:
        assert [member.name for member in archive.members] == ["left/1.mp4", "left/x"]


def test_the_folder_below_the_class_is_told_with_and_without_splits():
    pixels = motions.png(FRAMES[0][0])
    for prefix in ("", "root/", "train/", "root/train/"):
        files = {f"{prefix}left/b/1.png": pixels, f"{prefix}right/2.png": pixels, f"{prefix}right/c/d/3.png": pixels}
        if "train" in prefix:
            files[f"{prefix.replace('train', 'test')}left/4.png"] = pixels
        with archives.open(io.BytesIO(zipped(files))) as archive:
            folder_of = {member.name.rpartition("/")[2]: member.folder for member in archive.members}
        assert {folder_of[name] for name in ("2.png",)} == {""}
        assert (folder_of["1.png"], folder_of["3.png"]) == ("b", "c/d")


def test_links_and_bombs_are_refused_with_videos_as_without():
    link = tarfile.TarInfo("left/1.mp4")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with pytest.raises(Refused) as refusal:
        archives.open(io.BytesIO(tarred([(link, b"")])), videos=True)
    assert refusal.value.kind == Kind.UNSAFE_LINK


def test_a_strip_of_what_was_read_looks_like_the_clip():
    clip = read(zipped(content()))["left/b"]

    assert clips.strip(clip.frames).shape == (16, 4 * 18 - 2, 3)
