"""Pictures to take along."""

import io
import zipfile

import numpy as np
from PIL import Image, ImageSequence

from mlcore import images
from mlcore.generation.render import gif


def test_a_gif_shows_its_frames_in_order_and_rests_on_the_last():
    frames = [np.full((4, 6, 3), level, "uint8") for level in (0, 120, 255)]
    opened = Image.open(io.BytesIO(gif.gif(frames, frame_ms=50)))

    shown = [(np.asarray(each.convert("RGB")).mean(), each.info["duration"]) for each in ImageSequence.Iterator(opened)]
    assert shown == [(0, 50), (120, 50), (255, gif.LAST_MS)]
    assert (opened.size, opened.info["loop"]) == ((6, 4), 0)


def test_a_zip_holds_each_picture_to_the_bit():
    pictures = np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3), "uint8")
    archive = zipfile.ZipFile(io.BytesIO(gif.zipped(pictures, ["a", "b"])))

    assert archive.namelist() == ["a.png", "b.png"]
    for name, picture in zip(archive.namelist(), pictures, strict=True):
        np.testing.assert_array_equal(images.decode(archive.read(name)).pixels, picture)


def test_enlarging_repeats_pixels_and_never_shrinks():
    pixels = np.arange(6, dtype="uint8").reshape(1, 2, 3)

    np.testing.assert_array_equal(gif.enlarged(pixels, 5), pixels.repeat(2, 0).repeat(2, 1))
    np.testing.assert_array_equal(gif.enlarged(pixels, 1), pixels)
