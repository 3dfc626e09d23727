"""A mask means what was painted, whatever the program's habit; what can't be told is refused in words."""

import tracemalloc
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from mlcore.errors import Kind, Refused
from mlcore.repair.mask_files import read_mask, smaller
from tests.odd_pictures import exif, grey_tiff

SHAPE = (60, 90)
HOLE = np.zeros(SHAPE, bool)
HOLE[20:40, 30:60] = True
PHOTO = np.random.default_rng(0).integers(0, 256, (*SHAPE, 3)).astype("uint8")
SKY = np.broadcast_to(np.linspace(60, 250, 90)[None, :, None], (*SHAPE, 3)).astype("uint8")
BLACK, WHITE, RED, WINE, NAVY = (0, 0, 0), (255, 255, 255), (255, 0, 0), (128, 0, 0), (0, 0, 128)


def file(pixels, kind="PNG", mode=None, **options) -> bytes:
    held = BytesIO()
    image = Image.fromarray(np.asarray(pixels, "uint8")) if mode is None else Image.fromarray(pixels).convert(mode)
    image.save(held, kind, **options)
    return held.getvalue()


def grey(inside, outside=0, dtype="uint8") -> np.ndarray:
    return np.where(HOLE, inside, outside).astype(dtype)


def painted(colour, ground) -> np.ndarray:
    return np.where(HOLE[..., None], colour, ground).astype("uint8")


def layer(colours, opaque) -> np.ndarray:
    return np.dstack([np.broadcast_to(colours, (*SHAPE, 3)), np.broadcast_to(opaque, SHAPE) * 255]).astype("uint8")


def palette(*colours) -> bytes:
    image = Image.fromarray(HOLE.astype("uint8"))
    image.putpalette([level for colour in colours for level in colour])
    held = BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def sixteen(inside, outside=0) -> bytes:
    held = BytesIO()
    Image.fromarray(grey(inside, outside, "uint16")).save(held, "PNG")
    return held.getvalue()


MEANT = {
    "white on black": file(grey(255)),
    "grey on black": file(grey(90)),
    "0 and 1": file(grey(1)),
    "one bit": file(HOLE * np.uint8(255), mode="1"),
    "two greys": file(grey(200, 100)),
    "JPEG": file(grey(255), "JPEG", quality=70),
    "16 bits": sixteen(65535),
    "16 bits, 0 and 1": sixteen(1),
    "12 bits in 16": sixteen(4095),
    "red on black": file(painted(RED, BLACK)),
    "wine on black": file(painted(WINE, BLACK)),
    "navy on black": file(painted(NAVY, BLACK)),
    "red on white": file(painted(RED, WHITE)),
    "red on white, JPEG": file(painted(RED, WHITE), "JPEG", quality=95, subsampling=0),
    "palette of white": palette(BLACK, WHITE),
    "palette of wine": palette(BLACK, WINE),
    "palette of 1": palette(BLACK, (1, 1, 1)),
    "black paint on a clear layer": file(layer(BLACK, HOLE)),
    "white paint on a clear layer": file(layer(painted(WHITE, BLACK), HOLE)),
    "white paint on clear white": file(layer(WHITE, HOLE)),
    "red paint on a clear layer": file(layer(RED, HOLE)),
    "grey with a clear layer": file(layer(BLACK, HOLE), mode="LA"),
    "a hole erased from a photograph": file(layer(PHOTO, ~HOLE)),
    "a hole erased from a sky": file(layer(SKY, ~HOLE)),
    "white on black, nothing clear": file(layer(painted(WHITE, BLACK), np.ones(SHAPE))),
    "WEBP of a clear layer": file(layer(BLACK, HOLE), "WEBP", lossless=True),
}


@pytest.mark.parametrize("how", MEANT)
def test_a_mask_means_what_was_painted(how):
    lossy = "JPEG" in how

    assert (read_mask(MEANT[how]) != HOLE).mean() <= 0.01 * lossy


def test_soft_edges_are_lost_from_half_on():
    levels = np.tile(np.arange(256, dtype="uint8"), (2, 1))

    np.testing.assert_array_equal(read_mask(file(levels))[0], np.arange(256) >= 128)
    dim = read_mask(file(levels[:, :101]))  # painted in a dim grey
    np.testing.assert_array_equal(dim[0], np.arange(101) > 50)


def test_a_turned_mask_is_turned_as_its_picture_is():
    turned = read_mask(file(grey(255), "JPEG", exif=exif(6)))

    assert turned.shape == SHAPE[::-1]
    assert (turned != HOLE[::-1].T).mean() < 0.01


@pytest.mark.parametrize(
    "data",
    [
        file(np.zeros(SHAPE)),
        file(layer(WHITE, np.zeros(SHAPE))),
        sixteen(0),
        file(np.full(SHAPE, 90)),
        file(np.zeros((*SHAPE, 3)), "JPEG"),
    ],
    ids=["black", "clear", "16 bits", "one grey", "JPEG"],
)
def test_a_mask_that_marks_nothing_says_so(data):
    with pytest.raises(Refused, match="marks nothing") as refused:
        read_mask(data)
    assert refused.value.kind == Kind.NOTHING_MARKED


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (file(PHOTO), "many colours"),
        (file(painted(RED, (0, 255, 0))), "many colours"),
        (file(np.arange(5400).reshape(SHAPE) % 5), "5 values from 0 to 4"),
        (file(layer(painted(WHITE, BLACK), np.arange(90) > 20)), "bright paint, dark paint and clear places"),
    ],
    ids=["a photograph", "red on green", "numbers of classes", "black and white and clear"],
)
def test_what_cant_be_told_is_refused_in_words(data, what):
    with pytest.raises(Refused, match=what) as refused:
        read_mask(data)
    assert refused.value.kind == Kind.NOT_COMPATIBLE
    assert refused.value.message.endswith("painted in one colour on a clear layer.")


def test_what_no_picture_may_be_no_mask_may_be():
    for data, kind in (
        (b"", Kind.EMPTY_FILE),
        (b"text", Kind.NOT_AN_IMAGE),
        (file(grey(255))[:-9], Kind.TRUNCATED_OR_CORRUPT),
        (grey_tiff(32, 3, bytes(16)), Kind.UNSUPPORTED_PIXEL_TYPE),
    ):
        with pytest.raises(Refused) as refused:
            read_mask(data)
        assert refused.value.kind == kind


def test_a_single_lost_pixel_stays_lost_when_made_smaller():
    mask = np.zeros((3000, 4000), bool)
    mask[1240, 2340] = True

    small = smaller(mask, 192, 256)

    assert np.argwhere(small).tolist() == [[1240 * 192 // 3000, 2340 * 256 // 4000]]


@pytest.mark.parametrize("mode", ["L", "I;16", "RGB", "RGBA"])
def test_a_mask_of_any_depth_is_turned_as_its_picture_is(mode):
    levels = grey(65_535 if mode == "I;16" else 255, dtype="uint16" if mode == "I;16" else "uint8")
    held = BytesIO()
    image = Image.fromarray(levels)
    (image if mode == "I;16" else image.convert(mode)).save(held, "PNG", exif=exif(6))

    np.testing.assert_array_equal(read_mask(held.getvalue()), HOLE[::-1].T)


def test_a_large_grey_mask_takes_three_bytes_a_pixel_and_counts():
    """The pixels, whether each is opaque, and the answer; 26 million of them took 604 MB."""
    side = 4000
    data = file(np.tile(np.array([0, 255], "uint8"), (side, side // 2)))
    tracemalloc.start()
    try:
        read_mask(data)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most < 3 * side**2 + 60_000_000  # counting 4 million at a time takes 8 bytes for each
