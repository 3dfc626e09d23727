"""Every source hands over pictures that go with its facts; a download that fails says what to do."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

from mlcore import data
from mlcore.data.sources import Example, facts, sources
from mlcore.errors import Kind, Refused

BUILT_IN = [entry for entry in sources.all() if "built-in" in entry.traits]
DOWNLOADS = [entry for entry in BUILT_IN if facts(entry).download_bytes]


def test_the_shelf_holds_what_is_promised():
    assert {"digits", "mnist", "fashion-mnist", "cifar10", "cifar100", "folder"} <= set(sources.names())


@pytest.mark.parametrize("entry", sources.all(), ids=lambda entry: entry.name)
def test_every_source_says_in_a_sentence_what_it_is(entry):
    assert entry.summary.endswith(".")
    assert entry.title


@pytest.mark.parametrize("entry", BUILT_IN, ids=lambda entry: entry.name)
def test_facts_are_complete(entry):
    known = facts(entry)

    assert known.description.endswith(".")
    assert len(set(known.classes)) == len(known.classes) >= 2
    assert all(name == name.strip() and name for name in known.classes)
    assert known.shape[-1] == 3
    assert known.address.startswith("https://")
    assert known.license
    assert known.pictures > 1000


def test_classes_of_cifar100_are_a_hundred_in_order():
    classes = facts(sources.get("cifar100")).classes

    assert len(classes) == 100
    assert list(classes) == sorted(classes)
    assert (classes[0], classes[8], classes[99]) == ("apple", "bicycle", "worm")


def fake_keras(monkeypatch, load_data):
    loaders = {name: SimpleNamespace(load_data=load_data) for name in ("mnist", "fashion_mnist", "cifar10", "cifar100")}
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(datasets=SimpleNamespace(**loaders)))


@pytest.mark.parametrize("entry", DOWNLOADS, ids=lambda entry: entry.name)
def test_without_a_network_the_refusal_says_what_to_do(entry, monkeypatch, home):
    def offline():
        raise Exception("URL fetch failure on https://example.org: None -- [Errno -2] Name or service not known")

    fake_keras(monkeypatch, offline)

    with pytest.raises(Refused, match="data add") as refused:
        data.open(entry.name)
    assert refused.value.kind == Kind.NO_NETWORK
    assert entry.name in refused.value.message
    assert data.open("digits").splits  # needs no network


@pytest.mark.parametrize("entry", DOWNLOADS, ids=lambda entry: entry.name)
def test_a_download_is_stored_in_the_loaders_order(entry, monkeypatch, capsys):
    known, random = facts(entry), np.random.default_rng(0)
    grey = "mnist" in entry.name
    shape = known.shape[:2] if grey else known.shape

    def part(count):
        labels = np.arange(count, dtype="uint8") % len(known.classes)
        return random.integers(0, 256, (count, *shape), dtype="uint8"), labels if grey else labels[:, None]

    arrays = part(300), part(100)

    def online():
        sys.stdout.write("a progress bar")
        return arrays

    fake_keras(monkeypatch, online)
    dataset = data.open(entry.name)

    assert (dataset.shape, dataset.classes, dataset.source) == (known.shape, known.classes, entry.name)
    assert sum(dataset.splits.values()) == 400
    assert dataset.splits["test"] == 100
    test = dataset.split("test")
    expected = arrays[1][0][..., None].repeat(3, -1) if grey else arrays[1][0]
    np.testing.assert_array_equal(test.load(), expected)
    np.testing.assert_array_equal(test.labels, arrays[1][1].ravel())
    assert capsys.readouterr().out == ""  # the loader's progress must not spoil a JSON document


@pytest.fixture(scope="module")
def scans():
    from sklearn.datasets import load_digits

    return load_digits()


def test_digits_are_the_scans_enlarged(scans):
    dataset = data.open("digits")

    assert dataset.shape == facts(sources.get("digits")).shape
    assert sum(dataset.splits.values()) == facts(sources.get("digits")).pictures == 1797
    assert dataset.splits["test"] == 180
    assert dataset.classes == tuple("0123456789")
    for name in dataset.splits:
        part = dataset.split(name)
        original = [int(part.name(index)) for index in range(len(part))]
        np.testing.assert_array_equal(part.labels, scans.target[original])
        shrunk = part.load().reshape(-1, 8, 2, 8, 2, 3).mean(axis=(2, 4, 5))
        ink = scans.images[original] * (255 / 16)
        alike = [np.corrcoef(one.ravel(), other.ravel())[0, 1] for one, other in zip(shrunk, ink, strict=True)]
        assert min(alike) > 0.95  # the enlarged scan is the scan, softened by the filter


def test_two_that_open_a_built_in_set_at_once_share_it(home):
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(data.open, ["digits", "digits"])

    assert first.fingerprint == second.fingerprint
    assert [path.name for path in (home / "data").iterdir() if path.is_dir()] == ["digits"]


def test_digits_arrive_as_they_were_scanned(scans):
    first = next(iter(sources.get("digits").run(None).examples))

    assert isinstance(first, Example)
    np.testing.assert_array_equal(first.pixels[..., 1], np.rint(scans.images[0] * 255 / 16))


def test_listing_reads_no_pictures_and_loads_no_library():
    heavy = {"keras", "tensorflow", "sklearn", "scipy", "pandas"}
    code = f"import sys; from mlcore import data; data.all(); print({heavy} & set(sys.modules))"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"
