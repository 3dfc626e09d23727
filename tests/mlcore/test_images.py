"""Every picture goes in as the picture it is, or is refused for the right reason."""

import base64
import contextlib
import subprocess
import sys
import threading
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageFile

from mlcore import images
from mlcore.errors import Kind, Refused
from mlcore.images import opening, structure
from tests import odd_pictures
from tests.heic_files import BLUE, GREEN, RED, heic
from tests.odd_pictures import Case, saved, scene

# pytest puts its own warning filters in place of the one that mlcore.images sets
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "AVIF")


@pytest.mark.parametrize("case", odd_pictures.good(), ids=str)
def test_a_good_picture_is_read_as_it_is(case: Case):
    picture = images.decode(case.make())

    assert tuple(notice.kind for notice in picture.notices) == case.notices
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape == (picture.height, picture.width, 3)
    if case.pixels is not None:
        np.testing.assert_array_equal(picture.pixels, case.pixels)


@pytest.mark.parametrize("case", odd_pictures.refused(), ids=str)
def test_a_bad_picture_is_refused_for_its_reason(case: Case):
    with pytest.raises(Refused) as refusal:
        images.decode(case.make())

    assert refusal.value.kind == case.kind
    assert refusal.value.message.endswith(".")
    assert "\n" not in refusal.value.message


@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_cut_off_anywhere_is_refused(format):
    data = saved(scene(), format)

    spare = {"GIF": 1, "JPEG": 2}.get(format, 0)  # bytes at its end that only say that this is the end
    for length in range(1, len(data) - spare):
        with pytest.raises(Refused):
            images.decode(data[:length])


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 95, "subsampling": 0}], ids=str)
def test_a_jpeg_may_lack_its_end_mark_and_nothing_else(options):
    data = saved(np.random.default_rng(0).integers(0, 256, (24, 40, 3)).astype("uint8"), "JPEG", **options)
    whole = images.decode(data)

    for missing in (1, 2):
        assert images.decode(data[:-missing]).sha256 == whole.sha256
    for missing in range(4, len(data)):  # the third may be bits that only fill a byte
        with pytest.raises(Refused):
            images.decode(data[:-missing])


@pytest.mark.parametrize(
    ("name", "shape", "corners"),
    [
        ("plain", (48, 64), {(5, 5): RED, (40, 5): GREEN, (40, 60): BLUE}),
        ("deep", (48, 64), {(5, 5): RED, (40, 5): GREEN, (40, 60): BLUE}),
        ("turned", (64, 48), {(5, 43): RED, (5, 7): GREEN, (60, 7): BLUE}),
        ("clear", (48, 64), {(5, 5): (255, 255, 255), (40, 5): GREEN, (40, 60): BLUE}),
    ],
)
def test_what_telephones_take_is_read_upright(name, shape, corners):
    picture = images.decode(heic(name))

    assert (picture.pixels.shape, picture.notices) == ((*shape, 3), ())
    for corner, colour in corners.items():
        assert np.abs(picture.pixels[corner].astype(int) - colour).max() <= 8  # lossy, 60 of 100


def test_a_heic_cut_off_anywhere_is_refused():
    data = heic("plain")

    for length in range(1, len(data)):
        with pytest.raises(Refused):
            images.decode(data[:length])


def test_a_damaged_heic_is_read_or_refused():
    rng, data, sizes = np.random.default_rng(0), heic("plain"), []
    for _ in range(300):
        changed = bytearray(data)
        for at in rng.integers(len(data), size=3):
            changed[at] = rng.integers(256)
        with contextlib.suppress(Refused):
            sizes.append(images.decode(bytes(changed)).pixels.size)

    assert 0 < len(sizes) < 300
    assert max(sizes) <= 3 * images.MAX_PIXELS


def test_without_its_decoder_a_heic_says_how_to_convert(monkeypatch):
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    opening._heif.cache_clear()

    with pytest.raises(Refused, match="as JPEG") as refused:
        images.decode(heic("plain"))
    assert refused.value.kind == Kind.UNSUPPORTED_FORMAT


def test_lossy_pictures_stay_near_their_colours():
    pixels = odd_pictures.flat((200, 100, 50), 32, 32)

    for format in ("JPEG", "WEBP", "AVIF"):
        seen = images.decode(saved(pixels, format)).pixels
        assert abs(seen.astype(int) - pixels).max() <= 5, format


def test_a_turned_jpeg_equals_the_turned_pixels():
    plain = images.decode(saved(scene(64, 48), "JPEG", subsampling=0)).pixels

    for number, turn in odd_pictures.TURNS.items():
        turned = images.decode(saved(scene(64, 48), "JPEG", subsampling=0, exif=odd_pictures.exif(number)))
        np.testing.assert_array_equal(turned.pixels, turn(plain))


def test_deep_grey_is_rounded_to_the_nearest_of_256():
    values = np.arange(65536, dtype="uint16").reshape(256, 256)

    seen = images.decode(saved(values, "PNG")).pixels[..., 0]

    np.testing.assert_array_equal(seen, np.round(values / 257))


def test_transparency_over_white_is_the_formula():
    colour, alpha = np.meshgrid(np.arange(256), np.arange(256))
    rgba = np.stack([colour, colour, colour, alpha], -1).astype("uint8")

    seen = images.decode(saved(rgba, "PNG")).pixels[..., 0]

    np.testing.assert_array_equal(seen, np.round((colour * alpha + 255 * (255 - alpha)) / 255))


@pytest.mark.parametrize("mode", ["RGBA", "P", "I;16", "CMYK"])
def test_a_large_picture_read_in_bands_equals_the_whole(mode, monkeypatch):
    image = Image.fromarray(np.arange(0, 65536, 16, dtype="uint16").reshape(64, 64))
    image = image if mode == "I;16" else Image.fromarray(scene(64, 64)).convert(mode)
    data = saved(image, "TIFF" if mode == "CMYK" else "PNG")
    whole = images.decode(data).pixels

    monkeypatch.setattr("mlcore.images.colour.BAND", 64 * 7)

    np.testing.assert_array_equal(images.decode(data).pixels, whole)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_kind_of_bytes_will_do(kind):
    np.testing.assert_array_equal(images.decode(kind(saved(scene(), "PNG"))).pixels, scene())


def test_a_picture_cannot_be_changed_and_knows_its_digest():
    picture = images.decode(saved(scene(), "PNG"))

    assert picture.sha256 == images.decode(saved(scene(), "BMP")).sha256
    assert picture.sha256 != images.decode(saved(scene()[::-1], "PNG")).sha256
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0] = 0


def test_pillow_stays_strict_and_foreign_decoders_stay_out():
    images.decode(saved(scene(), "PNG"))

    assert not ImageFile.LOAD_TRUNCATED_IMAGES
    with pytest.raises(Refused) as refusal:
        images.decode(saved(scene(), "ICO"))
    assert refusal.value.kind == Kind.UNSUPPORTED_FORMAT


def test_foreign_decoders_arent_even_imported():
    code = (
        "import base64, sys; from mlcore import images\n"
        "for line in sys.stdin: images.decode(base64.b64decode(line))\n"
        "print(*(name for name in sys.modules if name.startswith('PIL.') and name.endswith('ImagePlugin')))"
    )
    files = "\n".join(base64.b64encode(saved(scene(), format)).decode() for format in FORMATS)
    done = subprocess.run([sys.executable, "-c", code], input=files, capture_output=True, text=True)

    known = {"Avif", "Bmp", "Gif", "Jpeg", "Png", "Ppm", "Tiff", "WebP"}  # Ppm is one that Pillow always has
    assert set(done.stdout.split()) == {f"PIL.{name}ImagePlugin" for name in known}


def test_no_warning_reaches_the_caller():
    """A large picture and damaged EXIF data make Pillow warn; in a program of its own nothing may show."""
    code = (
        "import sys; from mlcore import images\n"
        "from mlcore.errors import Refused\n"
        "from tests import odd_pictures as odd\n"
        "for case in odd.good() + odd.refused():\n"
        "    if 'large' in case.name or 'EXIF' in case.name:\n"
        "        try: images.decode(case.make())\n"
        "        except Refused: pass\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_hostile_picture_takes_much_memory():
    code = (
        "import resource, sys; from mlcore import images; from mlcore.errors import Refused\n"
        "from tests import odd_pictures as odd\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for case in odd.refused():\n"
        "    try: images.decode(case.make())\n"
        "    except Refused: pass\n"
        "unit = 1024 if sys.platform == 'linux' else 1 << 20\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // unit)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert int(done.stdout) < 300  # MB; making the files takes a part of it


@pytest.mark.parametrize("size", [(8160, 6144), (8192, 6144), (8688, 5792), (8256, 6192)])
def test_what_cameras_of_50_megapixels_give_is_read_whole_in_any_format(size):
    structure.too_many_pixels(*size)

    assert structure.shrinking(*size) == 1


@pytest.mark.parametrize("size", [(9504, 6336), (11648, 8736), (12032, 9024)])
def test_what_cameras_of_100_megapixels_give_is_read_at_half_its_size(size):
    structure.too_many_pixels(*size, "JPEG")

    assert structure.shrinking(*size) == 2


@pytest.mark.parametrize(("most", "scale", "words"), [(2000, 2, "half its size"), (500, 4, "a quarter of its size")])
def test_a_large_jpeg_read_smaller_is_the_average_of_the_whole(most, scale, words, monkeypatch):
    data = saved(scene(64, 96), "JPEG", quality=100, subsampling=0, exif=odd_pictures.exif(6))
    whole = images.decode(data).pixels.astype(float)
    monkeypatch.setattr(structure, "MAX_PIXELS", most)

    picture = images.decode(data)

    (notice,) = picture.notices
    assert notice.kind == Kind.READ_SMALLER
    assert "64 x 96 pixels" in notice.message  # as it is seen: turned
    assert words in notice.message
    average = whole.reshape(96 // scale, scale, 64 // scale, scale, 3).mean(axis=(1, 3))
    assert abs(picture.pixels - average).mean() < 4  # DCT scaling leaves out high frequencies, a mean rolls them off


def test_a_refusal_tells_width_and_height_in_their_order():
    with pytest.raises(Refused, match="50,000 x 60,000 pixels; 53 million are allowed, and 110 million as JPEG"):
        images.decode(odd_pictures.large_jpeg(50_000, 60_000))


def test_a_progressive_jpeg_is_measured_by_what_it_takes_until_its_last_scan():
    assert structure.check("JPEG", odd_pictures.large_jpeg(10_400, 10_400, subsampling=0)) == 1
    assert structure.check("JPEG", odd_pictures.large_jpeg(10_400, 10_400, progressive=True)) == 1  # colours by four

    with pytest.raises(Refused, match="several scans, which takes 649 MB") as refusal:
        images.decode(odd_pictures.large_jpeg(10_400, 10_400, progressive=True, subsampling=0))

    assert refusal.value.kind == Kind.TOO_MANY_PIXELS


def test_a_hundred_megapixels_take_seven_bytes_for_each_pixel_that_is_read(tmp_path):
    """Pillow's four and ours; made in a process of its own, too, whose memory ends with it."""
    make = f"Image.new('RGB', (11648, 8736), (90, 60, 30)).save({str(tmp_path / 'large.jpg')!r}, quality=20)"
    read = (
        "import resource, sys; from mlcore import images\n"
        f"data = open({str(tmp_path / 'large.jpg')!r}, 'rb').read()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "picture = images.decode(data)\n"
        "unit = 1024 if sys.platform == 'linux' else 1 << 20\n"
        "print(picture.width, picture.height, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // unit)"
    )
    subprocess.run([sys.executable, "-c", f"from PIL import Image; {make}"], check=True)
    done = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True)

    width, height, megabytes = map(int, done.stdout.split())
    assert (width, height) == (5824, 4368)
    assert megabytes < 7 * width * height / 2**20 + 40  # a band's conversion on top; whole it would take 680


def test_eight_threads_read_the_same():
    data, results = saved(scene(64, 64), "PNG"), []
    threads = [
        threading.Thread(target=lambda: results.extend(images.decode(data).sha256 for _ in range(20))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 160
    assert set(results) == {images.decode(data).sha256}


def outcomes(seed: int, number: int) -> int:
    """Decode damaged files; the number that still gave a picture. Anything but a picture or Refused is an error."""
    rng, whole, pictures = np.random.default_rng(seed), odd_pictures.seeds(), 0
    for turn in range(number):
        try:
            picture = images.decode(odd_pictures.damaged(rng, whole[turn % len(whole)]))
        except Refused:
            continue
        assert picture.pixels.dtype == np.uint8
        pictures += 1
    return pictures


def test_damaged_pictures_are_pictures_or_refused():
    assert 0 < outcomes(seed=0, number=400) < 400


@pytest.mark.slow
def test_many_damaged_pictures_are_pictures_or_refused():
    assert 0 < outcomes(seed=1, number=4000) < 4000


def test_fit_leaves_a_picture_of_the_right_size_alone():
    pixels = scene(20, 30)

    assert images.fit(pixels, 20, 30) is pixels


def test_fit_takes_the_middle():
    bars = np.repeat(np.array([0, 255, 0], "uint8"), [10, 20, 10])[None, :, None] * np.ones((20, 1, 3), "uint8")

    np.testing.assert_array_equal(images.fit(bars, 10, 10)[:, 1:-1], 255)  # the outermost blend with their neighbours
    np.testing.assert_array_equal(images.fit(bars.transpose(1, 0, 2), 10, 10)[1:-1], 255)


def test_fit_averages_instead_of_skipping():
    checks = np.indices((64, 64)).sum(0) % 2 * np.uint8(255)
    pixels = np.repeat(checks[..., None], 3, axis=2).astype("uint8")

    assert abs(images.fit(pixels, 8, 8).astype(int) - 127).max() <= 8


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (3, 3), (200, 100)])
def test_fit_gives_the_asked_size_from_anything(size):
    for height, width in ((1, 1), (28, 28), (5, 64), (64, 5)):
        assert images.fit(scene(2, 2).repeat(size[0], 0).repeat(size[1], 1), height, width).shape == (height, width, 3)


def test_thumbnail_keeps_the_whole_and_never_grows():
    assert images.thumbnail(scene(40, 80), 20).shape == (10, 20, 3)
    np.testing.assert_array_equal(images.thumbnail(scene(4, 5), 20), scene(4, 5))


def test_png_is_lossless_and_carries_nothing_else():
    data = images.png(scene())

    np.testing.assert_array_equal(np.asarray(Image.open(BytesIO(data))), scene())
    assert Image.open(BytesIO(data)).info == {}
    np.testing.assert_array_equal(images.decode(data).pixels, scene())


@pytest.mark.parametrize("size", [(32, 32), (20, 45)])
def test_a_large_picture_is_fitted_colour_by_colour_to_the_same_pixels(monkeypatch, size):
    pixels = np.random.default_rng(0).integers(0, 256, (150, 211, 3), "uint8")
    whole = images.fit(pixels, *size)
    monkeypatch.setattr("mlcore.images.size.LARGE", 0)

    np.testing.assert_array_equal(images.fit(pixels, *size), whole)
