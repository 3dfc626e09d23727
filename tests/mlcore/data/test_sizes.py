"""At which size pictures are stored follows from theirs; nobody's are made small without a word."""

from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from mlcore import archives, data, images
from mlcore.data import sizes
from mlcore.errors import Kind, Refused

GIB = 2**30


def test_a_common_small_size_stays():
    plan = sizes.suggested([(28, 28)] * 9, 70_000)

    assert (plan.size, plan.store, plan.changes) == ((28, 28), "flat", False)
    assert plan.disk_bytes == 70_000 * 28 * 28 * 3
    assert "28 x 28" in plan.why


@pytest.mark.parametrize(
    ("shorter", "side"), [(20, 64), (64, 64), (100, 96), (150, 128), (160, 160), (223, 160), (224, 224), (3000, 224)]
)
def test_half_of_the_pictures_fill_the_square(shorter, side):
    some = [(shorter - 10, 900), (shorter, 900), (4000, shorter)]

    assert sizes.suggested(some, 3).size == (side, side)


@pytest.mark.parametrize(
    ("count", "shorter", "store"),
    [(GIB // (224**2 * 3), 375, "flat"), (GIB // (224**2 * 3) + 1, 375, "packed"), (10**6, 150, "flat")],
)
def test_what_has_no_room_as_pixels_is_packed_at_the_same_size(count, shorter, store):
    plan = sizes.suggested([(shorter, 500)], count, [100_000])

    assert plan.store == store
    assert plan.size[0] == (224 if shorter == 375 else 128)
    assert plan.disk_bytes == (count * 100_000 if store == "packed" else count * plan.size[0] ** 2 * 3)


def test_a_persons_own_choice_stands():
    assert sizes.suggested([(375, 500)], 10, side=300).size == (300, 300)
    assert sizes.suggested([(375, 500)], 10**6, side=300, store="flat").store == "flat"
    assert sizes.suggested([(32, 32)], 10, store="packed").store == "packed"


def test_clips_are_never_packed_and_smaller_where_there_is_no_room():
    plan = sizes.suggested([(300, 300)], 1000, frames=16)

    assert (plan.shape, plan.store) == ((16, 128, 128, 3), "flat")  # 1,000 clips of 16 x 160 x 160 x 3 take 1.2 GB


def test_a_suggestion_for_nothing_known_says_nothing_of_sizes():
    assert sizes.suggested([], 0).size == (224, 224)


@pytest.fixture
def archive(tmp_path):
    """A ZIP of twenty pictures, one of them turned by EXIF and one of them no picture."""
    path = tmp_path / "some.zip"
    turned = Image.Exif()
    turned[0x0112] = 6
    with ZipFile(path, "w") as file:
        for number in range(20):
            out = BytesIO()
            Image.fromarray(np.full((30, 50, 3), number, "uint8")).save(
                out, "JPEG", exif=turned if number == 7 else Image.Exif()
            )
            file.writestr(f"{'ab'[number % 2]}/{number}.jpg", out.getvalue() if number != 3 else b"none")
    return path


def test_headers_tell_the_sizes_of_upright_pictures(archive):
    with archives.open(archive) as opened:
        known, files = sizes.looked_at(opened)

    assert sorted(known) == [(30, 50)] * 18 + [(50, 30)]
    assert len(files) == 19


@pytest.mark.parametrize("count", [1, 7, 20, 50])
def test_some_members_are_spread_over_all(archive, count):
    with archives.open(archive) as opened:
        names = [member.name for member in opened.some(count)]
        everything = [member.name for member in opened.members]

    assert names == [everything[int(place * max(1, 20 / count))] for place in range(min(count, 20))]
    assert len(set(names)) == min(count, 20)


def test_a_store_of_another_name_is_refused(archive):
    with pytest.raises(Refused, match="flat") as refused:
        data.add(archive, "set", store="zipped")
    assert refused.value.kind == Kind.BAD_SETTING


def test_sides_are_those_of_the_decoded_picture():
    pixels = np.zeros((3, 7, 3), "uint8")

    assert images.sides(images.png(pixels)) == images.decode(images.png(pixels)).pixels.shape[:2] == (3, 7)
    with pytest.raises(Refused):
        images.sides(b"")
