"""A JPEG without metadata is the same picture, and tells nothing else."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from mlcore import images

SECRET = b"a name and a place"


def jpeg(mode="RGB", seed=0, **settings):
    """A JPEG file of smooth colours."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), dtype="uint8")
    picture = Image.fromarray(coarse).resize((50, 40), Image.Resampling.BICUBIC).convert(mode)
    out = BytesIO()
    picture.save(out, "JPEG", **settings)
    return out.getvalue()


def gps():
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def test_metadata_goes_and_every_pixel_stays():
    told = jpeg(exif=gps(), comment=SECRET, icc_profile=SECRET * 100, xmp=SECRET) + SECRET

    plain = images.plain(told)

    assert SECRET in told
    assert SECRET not in plain
    assert not Image.open(BytesIO(plain)).getexif()
    np.testing.assert_array_equal(images.decode(plain).pixels, images.decode(told).pixels)


CODINGS = [{}, {"progressive": True}, {"subsampling": "4:4:4"}, {"restart_marker_rows": 1}, {"keep_rgb": True}]


@pytest.mark.parametrize("settings", [*CODINGS, {"mode": "L"}], ids=str)
def test_every_common_coding_stays_byte_for_byte(settings):
    whole = jpeg(**settings)

    assert images.plain(whole) == whole


def test_what_more_than_its_pixels_explains_isnt_plain():
    turned = Image.Exif()
    turned[0x0112] = 6

    assert images.plain(jpeg(exif=turned)) is None
    assert images.plain(jpeg(mode="CMYK")) is None
    assert images.plain(images.png(np.zeros((4, 4, 3), "uint8"))) is None
    assert images.plain(b"") is None


@pytest.mark.parametrize("stray", [b"\xff\x01", b"\xff\xd0\0", b"\xff\xfe\xff\xff"], ids=repr)
def test_a_file_with_stray_bytes_isnt_plain(stray):
    """A decoder looks for the next marker then, and what it skips may be more or less than we would leave out."""
    whole = jpeg(restart_marker_rows=1) + b"what follows"

    end = whole.index(b"\xff\xd9")

    assert images.plain(whole) == whole[: end + 2]
    assert images.plain(whole[:end] + b"\xff\xfe\0\2" + stray + whole[end:]) is None


@pytest.mark.parametrize("lacking", [0, 1, 2])
def test_a_file_without_its_end_mark_gets_one(lacking):
    whole = jpeg()

    assert images.decode(images.plain(whole[: len(whole) - lacking])).sha256 == images.decode(whole).sha256
