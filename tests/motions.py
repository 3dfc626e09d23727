"""Short clips of a moving digit as files of every kind that is read, for the tests."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

FRAMES, SIDE = 4, 16
CLASSES = ("left", "right")


def clip(label: int, seed: int, frames: int = FRAMES, side: int = SIDE) -> np.ndarray:
    """A bright square that moves left (0) or right (1) over noise, uint8 (T, side, side, 3)."""
    rng = np.random.default_rng([label, seed])
    made = rng.integers(0, 40, (frames, side, side, 3)).astype("uint8")
    row, column = rng.integers(0, side - 4, 2)
    for number in range(frames):
        columns = (column + (2 * label - 1) * 2 * number + np.arange(4)) % side
        made[number, row : row + 4, columns] = 230
    return made


def animation(frames: np.ndarray, format: str = "GIF", **options) -> bytes:
    """The frames as an animated GIF, WEBP or PNG, a tenth of a second each."""
    pictures, file = [Image.fromarray(frame) for frame in frames], io.BytesIO()
    lossless = {"lossless": True} if format == "WEBP" else {}
    rest = {"save_all": True, "append_images": pictures[1:], "duration": 100, **lossless, **options}
    pictures[0].save(file, format, **rest)
    return file.getvalue()


def video(frames: np.ndarray, format: str = "mp4", codec: str = "libx264", rate: int = 10) -> bytes:
    """The frames as a video; skips the test where PyAV or the codec is missing."""
    av = pytest.importorskip("av")
    file = io.BytesIO()
    with av.open(file, "w", format=format) as container:
        try:
            stream = container.add_stream(codec, rate=rate)
        except av.codec.codec.UnknownCodecError:
            pytest.skip(f"PyAV comes without {codec} here")
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), "rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def png(pixels: np.ndarray) -> bytes:
    """A single picture as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def gifs(folder: Path, count: int = 20) -> Path:
    """A folder with animated GIFs in the class folders left and right."""
    for label, name in enumerate(CLASSES):
        (folder / name).mkdir()
        for number in range(count):
            (folder / name / f"{number:02}.gif").write_bytes(animation(clip(label, number)))
    return folder
