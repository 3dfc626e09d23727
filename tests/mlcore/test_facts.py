"""What a picture's file says of itself is read, and a damaged one says less."""

import io

import numpy as np
import pytest
from PIL import Image

from mlcore import images
from tests import odd_pictures

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 9, 3)).astype("uint8")


def photograph(format="JPEG", inner=(), gps=(), **tags):
    exif, file = Image.Exif(), io.BytesIO()
    for tag, value in tags.items():
        exif[int(tag[1:], 16)] = value
    exif.get_ifd(0x8769).update(dict(inner))
    exif.get_ifd(0x8825).update(dict(gps))
    Image.fromarray(PIXELS).save(file, format, exif=exif)
    return file.getvalue()


def test_a_plain_file_tells_size_and_format():
    data = photograph("PNG")

    assert images.facts(data) == {"bytes": len(data), "format": "PNG", "width": 9, "height": 6}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_camera_is_named_once(format):
    assert images.facts(photograph(format, x10F="Canon", x110="Canon EOS 5D"))["camera"] == "Canon EOS 5D"
    assert images.facts(photograph(format, x10F="NIKON ", x110="D90\0", x131="GIMP")) | {"bytes": 0} == {
        "bytes": 0,
        "format": format,
        "width": 9,
        "height": 6,
        "camera": "NIKON D90",
        "software": "GIMP",
    }


def test_a_place_and_an_owner_are_marked_and_not_kept():
    found = images.facts(photograph(gps={1: "N", 2: (48.0, 8.0, 0.0)}, inner={0xA431: "SN-12345"}))

    assert (found["gps"], found["private"]) == ("yes", "yes")
    assert "12345" not in str(found)
    assert images.facts(photograph(x13B="Ada"))["private"] == "yes"
    assert "private" not in images.facts(photograph(x13B=" \0"))


def test_width_and_height_are_those_of_the_upright_picture():
    data = photograph(x112=6)

    found = images.facts(data)

    assert (found["width"], found["height"]) == images.decode(data).pixels.shape[1::-1] == (6, 9)


@pytest.mark.parametrize("case", odd_pictures.good(), ids=str)
def test_odd_files_tell_what_they_can_and_raise_nothing(case):
    data = case.make()

    assert images.facts(data)["bytes"] == len(data)
