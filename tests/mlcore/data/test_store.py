"""What was stored is read back to the last byte; what is damaged is refused in a sentence."""

import json
import threading

import numpy as np
import pytest

from mlcore import data, images
from mlcore.data import store as storage
from mlcore.errors import Kind, Refused


@pytest.fixture
def pictures(noise):
    return noise(40)


@pytest.fixture
def dataset(keep, pictures):
    return keep([(pixels, number % 2, None) for number, pixels in enumerate(pictures)])


def whole(dataset):
    """All pictures by file name."""
    parts = [dataset.split(name) for name in dataset.splits]
    return {part.name(index): part.read([index])[0] for part in parts for index in range(len(part))}


def test_every_picture_comes_back_with_its_label_and_name(dataset, pictures):
    found = whole(dataset)

    assert len(found) == 40
    for number, pixels in enumerate(pictures):
        np.testing.assert_array_equal(found[f"{number}.png"], pixels)
    for name in ("train", "val", "test"):
        part = dataset.split(name)
        assert [int(part.name(index)[:-4]) % 2 for index in range(len(part))] == part.labels.tolist()


def test_facts_add_up(dataset):
    assert (dataset.name, dataset.title, dataset.shape, len(dataset)) == ("set", "Set", (12, 12, 3), 40)
    assert dataset.classes == ("a", "b")
    assert dataset.splits == {"train": 32, "val": 4, "test": 4}
    assert dataset.class_counts == {"a": 20, "b": 20}
    assert {name: dataset.counts(name) for name in dataset.splits} == {
        "train": {"a": 16, "b": 16},
        "val": {"a": 2, "b": 2},
        "test": {"a": 2, "b": 2},
    }
    assert dataset.split("train").labels.dtype == np.int64
    assert dataset.imbalance == 1.0


@pytest.mark.parametrize("loaded", [False, True], ids=["from disk", "from memory"])
def test_reading_keeps_the_order_of_the_indices_and_repeats(dataset, loaded):
    part = dataset.split("train")
    every = part.read(range(len(part)))
    if loaded:
        part.load()
    chosen = [5, 0, 5, 31, 6, 7, -1]

    np.testing.assert_array_equal(part.read(chosen), every[chosen])
    assert part.read([]).shape == (0, 12, 12, 3)
    with pytest.raises(IndexError):
        part.read([len(part)])


def test_loading_gives_the_same_pictures_and_keeps_them(dataset):
    part = dataset.split("train")

    assert part.load() is dataset.split("train").load()
    np.testing.assert_array_equal(part.load(), data.open("set").split("train").read(range(len(part))))
    with pytest.raises(ValueError, match="read-only"):
        part.load()[0] = 0


def test_a_split_that_fits_is_kept_when_asked(dataset):
    part = dataset.split("train")

    assert part.keep()
    assert part.keep()
    assert dataset.split("train").load() is part.load()


def test_a_split_that_is_too_large_is_loaded_but_not_kept(dataset, monkeypatch):
    monkeypatch.setattr(storage, "RESIDENT_BYTES", 1000)
    part = dataset.split("train")

    assert not part.fits
    assert not part.keep()
    assert part.load() is not part.load()
    np.testing.assert_array_equal(part.load(), part.read(range(len(part))))


def test_long_reads_are_cut_into_pieces(dataset, monkeypatch):
    expected = dataset.split("train").read(range(32))
    monkeypatch.setattr(storage, "READ_BYTES", 1)

    np.testing.assert_array_equal(dataset.split("train").read(range(32)), expected)


def test_threads_read_the_same_file_at_once(dataset):
    part, wrong = dataset.split("train"), []
    every = part.read(range(32))

    def check(seed):
        for chosen in np.random.default_rng(seed).integers(0, 32, (200, 9)):
            if (part.read(chosen) != every[chosen]).any():
                wrong.append(chosen)

    threads = [threading.Thread(target=check, args=[seed]) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_preview_shows_some_of_each_class(dataset, keep, noise):
    few = dataset.preview(3, seed=1)

    assert {name: shown.shape for name, shown in few.items()} == dict.fromkeys("ab", (3, 12, 12, 3))
    np.testing.assert_array_equal(few["a"], dataset.preview(3, seed=1)["a"])
    assert (few["a"] != dataset.preview(3, seed=2)["a"]).any()
    assert len(dataset.preview(100)["b"]) == 20


def test_the_fingerprint_follows_the_content(keep, noise):
    def stored(name, pictures, labels=(0, 1, 0, 1), size=None):
        return keep([(one, label, "train") for one, label in zip(pictures, labels, strict=True)], name, size=size)

    first = stored("one", noise(4)).fingerprint

    assert stored("two", noise(4)).fingerprint == first
    others = [stored("s", noise(4, seed=1)), stored("l", noise(4), (0, 1, 1, 0)), stored("z", noise(4), size=9)]
    assert len({first, *(other.fingerprint for other in others)}) == 4


def test_the_hash_is_that_of_the_picture_before_it_was_made_to_fit(keep, noise):
    pixels = noise(2, 30, 40)
    dataset = keep([(pixels[0], 0, None), (pixels[1], 1, None)], size=8)

    hashes = np.load(dataset.folder / "hashes.npy")

    assert [row.tobytes().hex() for row in hashes] == [images.Picture(one).sha256[:32] for one in pixels]


def test_an_open_data_set_goes_on_when_its_name_is_given_away(dataset, keep, noise):
    before = dataset.split("train").read([3])
    data.remove("set")
    keep([(pixels, number % 2, None) for number, pixels in enumerate(noise(40, seed=9))])

    np.testing.assert_array_equal(dataset.split("train").read([3]), before)


def cut_pictures(folder):
    (folder / "pictures.bin").write_bytes((folder / "pictures.bin").read_bytes()[:-1])


def change_labels(folder):
    np.save(folder / "labels.npy", np.load(folder / "labels.npy")[::-1])


def change_meta(**values):
    def change(folder):
        meta = json.loads((folder / "meta.json").read_text())
        (folder / "meta.json").write_text(json.dumps({**meta, **values}))

    return change


def empty(file):
    return lambda folder: (folder / file).write_bytes(b"")


def delete(file):
    return lambda folder: (folder / file).unlink()


DAMAGES = {
    "cut pictures": cut_pictures,
    "changed labels": change_labels,
    "other version": change_meta(version=99),
    "odd shape": change_meta(shape="wide"),
    "odd splits": change_meta(splits=None),
    "odd notice": change_meta(notices=[{"kind": "too-small", "message": 5}]),
    "meta is a list": lambda folder: (folder / "meta.json").write_text("[]"),
    **{f"no {file}": delete(file) for file in ("meta.json", "pictures.bin", "labels.npy", "splits.npy", "hashes.npy")},
    **{f"empty {file}": empty(file) for file in ("meta.json", "labels.npy", "splits.npy", "hashes.npy")},
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_store_is_refused_and_can_be_removed(dataset, damage):
    damage(dataset.folder)

    with pytest.raises(Refused) as refused:
        data.open("set")
    assert refused.value.kind == Kind.MISSING_DATA
    assert "'set'" in refused.value.message

    data.all()  # still lists the rest
    data.remove("set")
    assert not dataset.folder.exists()


def test_pictures_cut_off_after_opening_are_refused(dataset):
    (dataset.folder / "pictures.bin").write_bytes(b"")
    (dataset.folder / "names.txt").write_bytes(b"\xff")

    for read in (lambda: dataset.split("train").read([0]), lambda: dataset.split("train").name(0)):
        with pytest.raises(Refused) as refused:
            read()
        assert refused.value.kind == Kind.MISSING_DATA


def test_an_unknown_split_is_refused_with_the_known_ones(dataset):
    with pytest.raises(Refused, match="test, train, val"):
        dataset.split("validation")
