"""Clips of every kind are decoded alike, or refused for the right reason."""

import contextlib
import io
import struct
import sys
import time

import numpy as np
import pytest
from PIL import Image

from mlcore import clips
from mlcore.clips import animation, video
from mlcore.clips.sampling import evenly
from mlcore.errors import Kind, Refused
from tests import motions

CODECS = {"mp4": "libx264", "mov": "mjpeg", "webm": "libvpx-vp9", "matroska": "libx264", "avi": "mpeg4"}


def grey_steps(frames: int = 20, side: int = 32) -> np.ndarray:
    """Frame number n is grey 10 n all over, which no coding can garble by much."""
    return np.repeat(np.arange(frames, dtype="uint8") * 10, side * side * 3).reshape(frames, side, side, 3)


def kind(data: bytes, frames: int = 4) -> Kind:
    with pytest.raises(Refused) as refusal:
        clips.decode(data, frames)
    assert refusal.value.message.endswith(".")
    assert "\n" not in refusal.value.message
    return refusal.value.kind


@pytest.mark.parametrize(
    ("length", "count", "chosen"),
    [
        (8, 8, [0, 1, 2, 3, 4, 5, 6, 7]),
        (8, 4, [1, 3, 5, 7]),
        (9, 3, [1, 4, 7]),
        (2, 4, [0, 0, 1, 1]),
        (20, 2, [5, 15]),
    ],
)
def test_frames_are_taken_from_the_middles_of_equal_stretches(length, count, chosen):
    assert evenly(length, count) == chosen


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_an_animation_keeps_its_pixels(format):
    frames = motions.clip(1, 0, frames=6) // 32 * 32  # few enough colours for a GIF
    made = clips.decode(motions.animation(frames, format), 3)

    np.testing.assert_array_equal(made.frames, frames[[1, 3, 5]])
    assert (made.length, made.seconds, made.notices) == (6, 0.6, ())
    assert not made.frames.flags.writeable


@pytest.mark.parametrize("format", CODECS)
def test_a_video_gives_its_frames_in_order(format):
    made = clips.decode(motions.video(grey_steps(), format, CODECS[format]), 5)

    assert made.frames.shape == (5, 32, 32, 3)
    assert (made.length, made.seconds) == (20, pytest.approx(2.0, abs=0.01))
    np.testing.assert_allclose(made.frames.mean(axis=(1, 2, 3)), [20, 60, 100, 140, 180], atol=4)


def test_a_video_that_a_phone_turned_stands_upright():
    """The matrix in the track's header says: a quarter turn clockwise (ISO/IEC 14496-12, 6.2.2)."""
    frames = np.zeros((4, 32, 48, 3), "uint8")
    frames[:, :, :24] = 255  # the left half is white: turned clockwise, the upper half
    data = bytearray(motions.video(frames))
    header = data.index(b"tkhd")
    at = header + 4 + 40  # version and flags, times, ids, layer, volume come first
    assert struct.unpack_from(">9i", data, at)[0] == 1 << 16
    struct.pack_into(">9i", data, at, 0, 1 << 16, 0, -1 << 16, 0, 0, 32 << 16, 0, 1 << 30)

    made = clips.decode(bytes(data), 2)

    assert made.frames.shape == (2, 48, 32, 3)
    assert made.frames[:, :20].mean() > 240
    assert made.frames[:, 28:].mean() < 15


def test_frames_are_made_to_fit_where_a_size_is_given():
    made = clips.decode(motions.animation(grey_steps(4, 30)), 4, size=(8, 12))

    assert made.frames.shape == (4, 8, 12, 3)


def test_a_short_clip_shows_frames_twice_and_says_so():
    made = clips.decode(motions.animation(grey_steps(2)), 4)

    np.testing.assert_array_equal(made.frames[:, 0, 0, 0], [0, 0, 10, 10])
    assert [notice.kind for notice in made.notices] == [Kind.FEW_FRAMES]


def test_large_frames_are_made_smaller_at_once():
    frames = np.zeros((2, 40, 1500, 3), "uint8")
    frames[1] = 99  # equal frames would be written as one
    made = clips.decode(motions.animation(frames), 2)

    assert made.frames.shape == (2, 27, 1024, 3)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_a_single_picture_is_no_clip(format):
    file = io.BytesIO()
    Image.fromarray(motions.clip(0, 0)[0]).save(file, format)

    assert kind(file.getvalue()) == Kind.NOT_COMPATIBLE


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Kind.EMPTY_FILE),
        (b"plain text", Kind.NOT_AN_IMAGE),
        (b"PK\3\4" + bytes(100), Kind.NOT_AN_IMAGE),
        (b"\xff\xd8\xff" + bytes(100), Kind.NOT_COMPATIBLE),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(100), Kind.TRUNCATED_OR_CORRUPT),
        (b"\x1a\x45\xdf\xa3" + bytes(100), Kind.TRUNCATED_OR_CORRUPT),
        (b"RIFF\x64\0\0\0AVI LIST" + bytes(100), Kind.TRUNCATED_OR_CORRUPT),
        (b"GIF89a" + bytes(20), Kind.TOO_MANY_PIXELS),
    ],
)
def test_what_is_no_clip_is_told_what_it_is(data, expected):
    if expected == Kind.TOO_MANY_PIXELS:
        data = b"GIF89a" + struct.pack("<HH", 60000, 60000) + bytes(20)
    assert kind(data) == expected


@pytest.mark.parametrize("frames", [0, 1, 65, 2.5, True, "8"])
def test_a_number_of_frames_that_makes_no_clip_is_refused(frames):
    assert kind(motions.animation(grey_steps(4)), frames) == Kind.BAD_SETTING


@pytest.mark.parametrize("made", ["GIF", "WEBP", "PNG", "mp4", "webm", "avi"])
def test_cut_and_damaged_files_are_read_or_refused_and_never_crash(made):
    """Seed 0: 30 cuts, which all have to be refused, and 30 files with four bytes changed."""
    frames, rng = motions.clip(0, 0, frames=6), np.random.default_rng(0)
    data = motions.animation(frames, made) if made.isupper() else motions.video(frames, made, CODECS[made])
    clips.decode(data, 4)
    started = time.process_time()
    for _ in range(30):
        with pytest.raises(Refused):
            clips.decode(data[: rng.integers(1, len(data) - 8)], 4)
        broken = bytearray(data)
        for place in rng.integers(len(data), size=4):
            broken[place] = rng.integers(256)
        with contextlib.suppress(Refused):
            assert clips.decode(bytes(broken), 4).frames.shape[0] == 4
    assert time.process_time() - started < 20


def test_long_and_large_clips_are_refused_before_they_take_long(monkeypatch):
    monkeypatch.setattr(animation, "MOST_PIXELS", 6 * 16 * 16 - 1)
    monkeypatch.setattr(video, "MOST_PIXELS", 6 * 16 * 16 - 1)
    frames = motions.clip(0, 0, frames=6)

    assert kind(motions.animation(frames)) == Kind.TOO_MANY_PIXELS
    assert kind(motions.video(frames)) == Kind.TOO_MANY_PIXELS
    monkeypatch.setattr(video, "MOST_FRAMES", 5)
    monkeypatch.setattr(video, "MOST_PIXELS", 1 << 40)
    assert kind(motions.video(frames)) == Kind.TOO_MANY_FRAMES


def test_a_gif_of_a_thousand_and_one_frames_is_refused():
    assert kind(motions.animation(np.arange(1001 * 48, dtype="uint32").astype("uint8").reshape(1001, 4, 4, 3))) == (
        Kind.TOO_MANY_FRAMES
    )


def test_a_coding_that_isnt_on_the_list_is_named():
    with pytest.raises(Refused, match=r"H\.264") as refusal:
        clips.decode(motions.video(grey_steps(3), "avi", "ffv1"), 2)
    assert refusal.value.kind == Kind.UNSUPPORTED_FORMAT


def test_without_pyav_a_video_gets_a_sentence_and_an_animation_its_frames(monkeypatch):
    data = motions.video(grey_steps(4))
    monkeypatch.setitem(sys.modules, "av", None)

    with pytest.raises(Refused, match="pip install av") as refusal:
        clips.decode(data, 2)
    assert refusal.value.kind == Kind.UNSUPPORTED_FORMAT
    assert clips.decode(motions.animation(grey_steps(4)), 2).length == 4


def test_pyav_is_loaded_when_the_first_video_is_read_and_not_before():
    import subprocess

    code = "import sys; from mlcore import clips, intake, data; print('av' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_a_network_sees_a_longer_clip_at_even_distances_and_a_picture_not_at_all():
    longer = np.arange(8, dtype="uint8")[:, None, None, None] * np.ones((8, 6, 6, 3), "uint8")

    seen = clips.fitted(longer, (4, 6, 6, 3))

    np.testing.assert_array_equal(seen[:, 0, 0, 0], [1, 3, 5, 7])
    with pytest.raises(Refused, match="single pictures"):
        clips.fitted(longer, (6, 6, 3))
    with pytest.raises(Refused, match="clips of 4 frames"):
        clips.fitted(longer[0], (4, 6, 6, 3))
