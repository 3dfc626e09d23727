"""Pictures packed as JPEG: the files that came, without their metadata, read at the size of the set."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from mlcore import data, images
from mlcore.data import packed, packed_writer
from mlcore.errors import Kind, Refused


def photograph(height=60, width=80, seed=0):
    """Smooth colours, as photographs have them, uint8 (height, width, 3)."""
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 6, 3), dtype="uint8")
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def file_of(pixels, **settings):
    """The picture as a JPEG file."""
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", **{"quality": 90} | settings)
    return out.getvalue()


@pytest.fixture
def packed_set(tmp_path):
    """Twenty photographs in two classes, packed at 32 pixels, and the files that they came as."""
    files = [file_of(photograph(seed=number)) for number in range(20)]
    for number, file in enumerate(files):
        path = tmp_path / "ab"[number % 2] / f"{number:02}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(file)
    return data.add(tmp_path, "set", size=32, store="packed"), files


def by_name(dataset):
    """All pictures by the name of their file."""
    parts = [dataset.split(name) for name in dataset.splits]
    return {part.name(index): part.read([index])[0] for part in parts for index in range(len(part))}


def test_every_picture_is_the_file_that_came_decoded_at_the_size_of_the_set(packed_set):
    dataset, files = packed_set

    found = by_name(dataset)

    assert dataset.shape == (32, 32, 3)
    assert len(found) == 20
    for number, file in enumerate(files):
        name = f"{'ab'[number % 2]}/{number:02}.jpg"
        np.testing.assert_array_equal(found[name], images.fitted(file, 32, 32))
    assert sum(path.stat().st_size for path in dataset.folder.glob("shard-*")) <= sum(map(len, files))


def test_many_are_read_as_each_alone_whatever_their_order(packed_set):
    dataset, _ = packed_set
    part = dataset.split("train")
    chosen = np.random.default_rng(0).permutation(len(part))

    together = part.read(chosen)

    for place, index in enumerate(chosen):
        np.testing.assert_array_equal(together[place], part.read([index])[0])
    assert part.keep()
    np.testing.assert_array_equal(part.load()[chosen], together)


def test_a_new_shard_is_begun_when_one_is_full(monkeypatch, packed_set, tmp_path):
    whole = by_name(packed_set[0])
    monkeypatch.setattr(packed, "SHARD_BYTES", 4000)

    parted = data.add(tmp_path, "parted", size=32, store="packed")

    assert len(list(parted.folder.glob("shard-*"))) > 3
    assert all(path.stat().st_size <= 4000 for path in parted.folder.glob("shard-*"))
    for name, pixels in by_name(parted).items():
        np.testing.assert_array_equal(pixels, whole[name])


def test_what_isnt_plain_is_encoded_anew_and_looks_the_same(tmp_path):
    rows = {"png": photograph(), "turned": photograph(seed=1), "large": photograph(1200, 1600, seed=2)}
    exif = Image.Exif()
    exif[0x0112] = 6
    sources = {
        "png": images.png(rows["png"]),
        "turned": file_of(rows["turned"], exif=exif),
        "large": file_of(rows["large"]),
    }
    for name, file in sources.items():
        decoded = images.decode(file).pixels
        kept = packed_writer.kept(decoded, file)
        shown = images.fitted(kept, 32, 32).astype(int)
        assert abs(shown - images.fit(decoded, 32, 32)).mean() < 2, name
    assert Image.open(BytesIO(packed_writer.kept(rows["large"], sources["large"]))).size == (683, 512)


def test_what_is_larger_than_anything_that_is_stored_is_refused():
    assert images.fitted(file_of(np.zeros((2048, 2048, 3), "uint8")), 8, 8).shape == (8, 8, 3)
    for odd in (file_of(np.zeros((2048, 2049, 3), "uint8")), b"", images.png(photograph()), file_of(photograph())[:-9]):
        with pytest.raises(Refused):
            images.fitted(odd, 8, 8)


def shapes():
    yield 1, 65_000
    yield 7_000, 900
    yield 700, 7_000
    yield 1_024, 1_024


@pytest.mark.parametrize("shape", shapes())
def test_what_is_kept_is_bounded_and_of_the_same_aspect(shape):
    kept = images.decode(packed_writer.kept(np.zeros((*shape, 3), "uint8"), b"")).pixels
    most = packed_writer.MOST_ASPECT

    assert min(kept.shape[:2]) == min(*shape, packed_writer.SIDE) or np.prod(shape) <= packed_writer.MOST_PIXELS
    aspect, given = (max(sides) / min(sides) for sides in (kept.shape[:2], shape))
    assert aspect == pytest.approx(min(given, most), rel=0.01)


def test_a_set_without_a_shard_or_with_another_is_refused_and_listed(packed_set):
    dataset, _ = packed_set
    shard = packed.shard(dataset.folder, 0)
    whole = shard.read_bytes()

    for damage in (shard.unlink, lambda: shard.write_bytes(whole[:-1]), lambda: shard.write_bytes(b"")):
        damage()
        with pytest.raises(Refused) as refused:
            data.open("set")
        assert refused.value.kind == Kind.MISSING_DATA


def test_a_picture_that_cant_be_decoded_is_refused_when_it_is_read(packed_set):
    dataset, _ = packed_set
    shard = packed.shard(dataset.folder, 0)
    shard.write_bytes(bytes(shard.stat().st_size))

    with pytest.raises(Refused) as refused:
        data.open("set").split("train").read([0])
    assert refused.value.kind == Kind.MISSING_DATA


def test_another_size_is_a_version_that_reads_the_same_files(packed_set):
    dataset, files = packed_set
    before = {path.name: path.stat().st_mtime_ns for path in dataset.folder.glob("shard-*")}

    larger = data.resized("set", 50)

    assert (larger.shape, larger.version) == ((50, 50, 3), 2)
    assert larger.fingerprint != dataset.fingerprint
    np.testing.assert_array_equal(by_name(larger)["a/00.jpg"], images.fitted(files[0], 50, 50))
    assert {path.name: path.stat().st_mtime_ns for path in dataset.folder.glob("shard-*")} == before
    np.testing.assert_array_equal(larger.labels, dataset.labels)
    assert data.resized("set", 50).version == 2
    assert data.undo("set").fingerprint == dataset.fingerprint


def test_edits_of_a_resized_set_keep_its_size(packed_set):
    data.resized("set", 50)

    edited = data.edit("set", [data.Drop([0])])

    assert (edited.shape, len(edited), edited.store) == ((50, 50, 3), 19, "packed")


def test_pixels_alone_have_no_other_size(keep, noise):
    keep([(pixels, number % 2, None) for number, pixels in enumerate(noise(4))])

    for side, kind in ((64, Kind.NOT_COMPATIBLE), (7, Kind.BAD_SETTING), (513, Kind.BAD_SETTING)):
        with pytest.raises(Refused) as refused:
            data.resized("set", side)
        assert refused.value.kind == kind


def test_pictures_that_are_added_later_are_packed_too(packed_set, tmp_path):
    more = tmp_path / "more" / "c"
    more.mkdir(parents=True)
    file = file_of(photograph(seed=99))
    (more / "new.jpg").write_bytes(file)

    data.extend("set", tmp_path / "more")
    larger = data.resized("set", 40)

    assert (len(larger), larger.classes) == (21, ("a", "b", "c"))
    np.testing.assert_array_equal(by_name(larger)["c/new.jpg"], images.fitted(file, 40, 40))
