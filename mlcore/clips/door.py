"""Decodes clips that anyone may have made: animated GIF, WEBP and PNG by Pillow, MP4, MOV, WEBM and AVI by PyAV."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlcore import images
from mlcore.clips import animation, video
from mlcore.clips.size import shrunk
from mlcore.errors import Kind, Notice, Refused
from mlcore.images import Picture
from mlcore.signatures import HEAD, Signature, identify

ENDINGS = ("gif", "webp", "png", "apng", "mp4", "m4v", "mov", "webm", "mkv", "avi")
MOST_FRAMES = 64  # that a network gets to see of one clip
ALLOWED = "a clip has to be an animated GIF, WEBP or PNG, or an MP4, MOV, WEBM, MKV or AVI video"


@dataclass(frozen=True, eq=False)
class Clip:
    """A few frames at even distances: `frames` uint8 sRGB (T, H, W, 3), read-only.

    `length` is how many frames the file holds, `seconds` how long it lasts where it says so.
    """

    frames: np.ndarray
    notices: tuple[Notice, ...] = ()
    length: int = 0
    seconds: float | None = None

    @property
    def nbytes(self) -> int:
        """Memory that the frames take."""
        return self.frames.nbytes

    @property
    def width(self) -> int:
        return self.frames.shape[2]

    @property
    def height(self) -> int:
        return self.frames.shape[1]

    @property
    def poster(self) -> Picture:
        """The frame in the middle, for where only one fits."""
        return Picture(self.frames[len(self.frames) // 2])

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal digest of the frames' pixels."""
        return hashlib.sha256(np.ascontiguousarray(self.frames).data).hexdigest()


def decode(data: bytes, frames: int, size: tuple[int, int] | None = None) -> Clip:
    """So many frames of an animation or a video, at even distances; raises Refused and nothing else.

    With `size` (height, width) each frame is made to fit at once; else only frames over 1,024 pixels are made
    smaller. Limits: 200 MB; 1,000 frames and 500 million pixels in all for an animation, 20,000 and 2,000 million for
    a video. A file of one frame is a picture and no clip.
    """
    checked_count(frames)
    if not len(data):
        raise Refused(Kind.EMPTY_FILE, "The file is empty.")
    if len(data) > images.MAX_BYTES:
        most = f"{images.MAX_BYTES / 1e6:.0f} MB"
        raise Refused(Kind.TOO_MANY_PIXELS, f"The file has more than {most}, the most for a clip.")
    signature = identify(data[:HEAD])
    if signature and signature.family == "video":
        pictures, length, seconds = video.read(data, signature.name, frames, size)
    elif signature and signature.name in animation.FORMATS:
        pictures, length, seconds = animation.read(data, signature.name, frames, size)
    else:
        raise _no_clip(signature)
    return _clip(pictures, length, seconds)


def from_frames(pictures: Sequence[np.ndarray], length: int, size: tuple[int, int] | None = None) -> Clip:
    """A clip of pictures uint8 (h, w, 3), each made to fit `size` or the first one; `length` as in Clip."""
    return _clip([shrunk(pixels, size) for pixels in pictures], length, None)


def checked_count(frames: int) -> None:
    """Raise Refused(bad-setting) unless so many frames can be taken from a clip."""
    if isinstance(frames, bool) or not isinstance(frames, int) or not 2 <= frames <= MOST_FRAMES:
        allowed = f"2 to {MOST_FRAMES} are allowed"
        raise Refused(Kind.BAD_SETTING, f"A clip can't be kept as {frames!r} frames: {allowed}.")


def _clip(pictures: Sequence[np.ndarray], length: int, seconds: float | None) -> Clip:
    height, width = pictures[0].shape[:2]  # of the first one: some videos change their size
    frames = np.stack([images.fit(pixels, height, width) for pixels in pictures])
    frames.flags.writeable = False
    return Clip(frames, tuple(_notices(frames, length)), length, seconds)


def _notices(frames: np.ndarray, length: int) -> Iterator[Notice]:
    count, height, width = frames.shape[:3]
    if length < count:
        message = f"The clip has only {length} frames for the {count} that are wanted; some are shown more than once."
        yield Notice(Kind.FEW_FRAMES, message)
    yield from images.size_notices(height, width)


def _no_clip(signature: Signature | None) -> Refused:
    if signature and signature.family in ("picture", "other picture"):
        return Refused(Kind.NOT_COMPATIBLE, f"This is a single picture ({signature.name}) and not a clip; {ALLOWED}.")
    content = f"a file of the kind {signature.name}" if signature else "unknown data"
    return Refused(Kind.NOT_AN_IMAGE, f"This is no clip but {content}; {ALLOWED}.")
