"""Frames of MP4, MOV, WEBM, MKV and AVI, decoded by PyAV (FFmpeg) behind limits.

FFmpeg reads hundreds of formats, some of which open other files or addresses. Here the format is told by the first
bytes and forced, bytes come from memory alone, and only common codecs may run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import numpy as np

from mlcore.clips import structure
from mlcore.clips.sampling import evenly
from mlcore.clips.size import shrunk
from mlcore.errors import Kind, MLCoreError, Refused
from mlcore.images.structure import MAX_PIXELS, damaged

FORMATS = {"MP4 video": "mp4", "QuickTime video": "mov", "AVI video": "avi", "Matroska or WebM video": "matroska"}
CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "mjpeg")
MOST_FRAMES = 20_000
MOST_PIXELS = 2_000_000_000  # in all frames together: half a minute of 1920 x 1080, ten seconds of work
LIMITS = {"codec_whitelist": ",".join(CODECS), "protocol_whitelist": "none", "max_pixels": str(MAX_PIXELS)}


def read(
    data: bytes, name: str, count: int, size: tuple[int, int] | None
) -> tuple[list[np.ndarray], int, float | None]:
    """So many frames uint8 (h, w, 3), how many the file holds, and its seconds or None; raises Refused.

    The file is decoded twice, since few say truly how many frames they hold: once to count, once to take.
    """
    structure.check(name, data)
    length, seconds = _measured(data, name)
    wanted = evenly(length, count)
    frames = {index: shrunk(_pixels(frame), size) for index, frame in enumerate(_frames(data, name)) if index in wanted}
    if len(frames) < len(set(wanted)):
        raise damaged(name)
    return [frames[index] for index in wanted], length, seconds


def _measured(data: bytes, name: str) -> tuple[int, float | None]:
    """Frames and seconds; raises Refused for a video that is too long, too large or no video."""
    length, pixels = 0, 0
    last_start: float | None = None
    for frame in _frames(data, name):
        length, pixels, last_start = length + 1, pixels + frame.width * frame.height, frame.time
        if length > MOST_FRAMES:
            raise Refused(Kind.TOO_MANY_FRAMES, f"The video has more than {MOST_FRAMES:,} frames; cut it shorter.")
        if pixels > MOST_PIXELS:
            raise Refused(
                Kind.TOO_MANY_PIXELS,
                f"The frames of the video have more than {MOST_PIXELS // 10**6:,} million pixels in all, which is half "
                "a minute of 1920 x 1080; cut it shorter or make it smaller.",
            )
    if length < 2:
        raise Refused(Kind.NOT_COMPATIBLE, "The video has a single frame, which is a picture and no clip.")
    return length, last_start * length / (length - 1) if last_start else None


def _frames(data: bytes, name: str) -> Iterator[Any]:
    """Every frame in the order it is shown."""
    with _refusing(name), _opened(data, name) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            if frame.width * frame.height > MAX_PIXELS:
                most = f"{MAX_PIXELS // 10**6} million are allowed"
                raise Refused(Kind.TOO_MANY_PIXELS, f"A frame has {frame.width:,} x {frame.height:,} pixels; {most}.")
            if frame.is_corrupt:
                raise damaged(name)
            yield frame


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Any]:
    container = _av().open(BytesIO(data), format=FORMATS[name], options=LIMITS)
    try:
        if not container.streams.video:
            raise Refused(Kind.NOT_AN_IMAGE, f"This {name} file holds sound or texts but no pictures.")
        codec = container.streams.video[0].codec_context
        if codec is None or codec.name not in CODECS:
            coding = f"coded as {codec.name}" if codec else "in an unknown coding"
            raise Refused(Kind.UNSUPPORTED_FORMAT, f"This {name} is {coding}; save it as MP4 with H.264.")
        yield container
    finally:
        container.close()


def _pixels(frame: Any) -> np.ndarray:
    """A frame as it is meant to be seen: phones turn it by a mark in the file."""
    return np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90))


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    try:
        yield
    except MLCoreError:
        raise
    except Exception as error:  # FFmpeg has an exception for each of its error numbers
        raise damaged(name) from error


def _av() -> Any:
    try:
        import av
    except ImportError as error:
        raise Refused(
            Kind.UNSUPPORTED_FORMAT,
            "Videos can't be read on this machine because the package 'av' is missing: install it (`pip install av`), "
            "or bring animated GIFs or folders of frames.",
        ) from error
    av.logging.set_level(None)  # what FFmpeg says of damaged files is no news for anybody's terminal
    return av
