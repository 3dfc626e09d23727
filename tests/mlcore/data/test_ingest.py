"""Pictures are stored one by one, whole or not at all, under a name that only one can have."""

import errno
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from mlcore import data, durable, images
from mlcore.data import ingest, meta, sizes, writer
from mlcore.errors import Kind, Refused
from mlcore.machine import disk


def both(pictures):
    return [(pixels, number % 2, "train") for number, pixels in enumerate(pictures)]


def left(home):
    return sorted(path.name for path in (home / "data").iterdir() if path.name != ".lock")


def test_a_common_small_size_is_kept(keep, noise):
    assert keep(both(noise(4, 20, 128))).shape == (20, 128, 3)


@pytest.mark.parametrize(("shape", "side"), [((129, 20), 64), ((200, 130), 128), ((600, 400), 224)])
def test_a_large_size_becomes_a_square_no_larger_than_the_pictures_and_says_so(keep, noise, shape, side):
    pictures = noise(4, *shape)

    dataset = keep(both(pictures))

    assert dataset.shape == (side, side, 3)
    np.testing.assert_array_equal(_by_name(dataset, "0.png"), images.fit(pictures[0], side, side))
    [told] = [one.message for one in dataset.notices if one.kind == Kind.RESIZED]
    assert f"{shape[1]} x {shape[0]} pixels" in told
    assert f"square of {side} pixels" in told


@pytest.mark.parametrize(("spare", "store"), [(0, "flat"), (-1, "packed")])
def test_many_large_pictures_are_packed_and_none_is_made_smaller(keep, noise, monkeypatch, spare, store):
    monkeypatch.setattr(sizes, "ROOM", 4 * 224 * 224 * 3 + spare)

    dataset = keep(both(noise(4, 300, 300)), total=4)

    assert dataset.shape == (224, 224, 3)
    assert meta.of(dataset.folder).store == store


@pytest.mark.parametrize("odd", range(4))
def test_different_small_sizes_become_a_square_wherever_the_odd_one_stands(keep, noise, odd):
    pictures = list(noise(4))
    pictures[odd] = noise(1, 30, 20, seed=1)[0]

    dataset = keep(both(pictures), sizes=[one.shape[:2] for one in pictures])

    assert dataset.shape == (64, 64, 3)
    for index, pixels in enumerate(pictures):
        np.testing.assert_array_equal(_by_name(dataset, f"{index}.png"), images.fit(pixels, 64, 64))


def test_without_sizes_the_first_pictures_are_looked_at(keep, noise, monkeypatch):
    pictures = [noise(1, 20, 20)[0], noise(1, 30, 20)[0], *noise(20, 20, 20)]

    assert keep(both(pictures)).shape == (64, 64, 3)
    monkeypatch.setattr(sizes, "AHEAD_BYTES", 1)
    assert keep(both(pictures), "few").shape == (20, 20, 3)


def test_an_odd_one_that_nobody_looked_at_is_made_to_fit_and_told(keep, noise):
    pictures = [*noise(4), noise(1, 30, 20, seed=1)[0]]

    dataset = keep(both(pictures), sizes=[(12, 12)] * 4)

    assert dataset.shape == (12, 12, 3)
    np.testing.assert_array_equal(_by_name(dataset, "4.png"), images.fit(pictures[4], 12, 12))
    [told] = [one.message for one in dataset.notices if one.kind == Kind.RESIZED]
    assert "1 of 5" in told


def test_what_the_disk_cant_hold_is_refused_before_it_is_read(keep, noise, home, monkeypatch):
    monkeypatch.setattr(disk, "free", lambda path: 1000)

    with pytest.raises(Refused) as refused:
        keep(both(noise(4)), total=4)

    assert refused.value.kind == Kind.DISK_FULL
    assert left(home) == []


def _by_name(dataset, name):
    for part in map(dataset.split, dataset.splits):
        for index in range(len(part)):
            if part.name(index) == name:
                return part.read([index])[0]


def test_a_given_size_makes_a_square(keep, noise):
    pictures = noise(4, 30, 20)

    dataset = keep(both(pictures), size=16)

    assert dataset.shape == (16, 16, 3)
    np.testing.assert_array_equal(_by_name(dataset, "2.png"), images.fit(pictures[2], 16, 16))


def test_a_class_without_pictures_is_left_out_and_noticed(keep, noise):
    dataset = keep([(one, 2 * (number % 2), None) for number, one in enumerate(noise(8))], classes=("a", "b", "c"))

    assert dataset.classes == ("a", "c")
    assert dataset.class_counts == {"a": 4, "c": 4}
    assert [one.kind for one in dataset.notices] == [Kind.EMPTY_CLASS]
    assert "class b" in dataset.notices[0].message


def test_copies_are_noticed(keep, noise):
    pictures = noise(20)
    rows = [(pixels, number % 2, "train") for number, pixels in enumerate(pictures)]
    rows += [(pictures[0], 0, "test"), (pictures[2], 1, "test"), (pictures[3], 1, "test"), (pictures[19], 1, "val")]

    kinds = {one.kind: one.message for one in keep(rows).notices}

    assert kinds[Kind.LABEL_CONFLICT].startswith("2 pictures")
    leaks = [one.message for one in keep(rows, "again").notices if one.kind == Kind.TRAIN_TEST_LEAK]
    assert [message[:12] for message in leaks] == ["3 of 3 test ", "1 of 1 val p"]


@pytest.mark.parametrize(
    ("labels", "kind"), [([], Kind.NO_IMAGES), ([0, 0, 0], Kind.NEED_TWO_CLASSES)], ids=["none", "one class"]
)
def test_pictures_that_teach_nothing_are_refused_and_leave_nothing(keep, noise, home, labels, kind):
    with pytest.raises(Refused) as refused:
        keep([(pixels, label, None) for pixels, label in zip(noise(3), labels, strict=False)])

    assert refused.value.kind == kind
    assert left(home) == []


def test_progress_is_reported_to_the_end(keep, noise, monkeypatch):
    monkeypatch.setattr(ingest, "TOLD_SECONDS", 0)
    seen = []

    keep(both(noise(5)), progress=lambda share, text="": seen.append(share), total=5)

    assert seen == [0, 1 / 5, 2 / 5, 3 / 5, 4 / 5, 1, 1]  # the last one while looking for near copies


@pytest.mark.parametrize("wrong", [KeyboardInterrupt, Refused(Kind.CANCELLED, "Stopped."), OSError("disk")], ids=repr)
def test_an_exception_cancels_and_leaves_nothing(keep, noise, home, wrong):
    def stop(share, text=""):
        raise wrong

    with pytest.raises(type(wrong) if isinstance(wrong, Exception) else wrong):
        keep(both(noise(5)), progress=stop)

    assert left(home) == []


@pytest.mark.parametrize(("where", "what"), [(writer.Writer, "add"), (np, "save"), (durable, "write_json")])
def test_a_full_disk_is_said_in_a_sentence(keep, noise, home, monkeypatch, where, what):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(where, what, full)

    with pytest.raises(Refused, match="The disk is full"):
        keep(both(noise(5)))
    assert left(home) == []


def test_a_taken_name_is_refused_with_a_free_one(keep, noise):
    keep(both(noise(4)))
    keep(both(noise(4)), "set-2")

    with pytest.raises(Refused, match="'set-3'") as refused:
        keep(both(noise(4)))
    assert refused.value.kind == Kind.BAD_SETTING


@pytest.mark.parametrize("name", ["cifar10", "mnist", "digits"])
def test_the_name_of_a_built_in_set_is_refused_with_a_free_one(keep, noise, name):
    with pytest.raises(Refused, match=f"built-in data set.*'{name}-2'") as refused:
        keep(both(noise(4)), name)

    assert refused.value.kind == Kind.BAD_SETTING
    assert data.free_name(name) == f"{name}-2"


def test_a_free_name_is_a_possible_name(home):
    (home / "data" / ("x" * 64)).mkdir(parents=True)

    assert len(data.free_name("x" * 64)) <= 64
    assert data.free_name("new") == "new"


ADDER = """
import sys
from pathlib import Path
import numpy as np
from mlcore.data import ingest
from mlcore.data.sources import Example, Incoming
from mlcore.errors import Refused
from mlcore.progress import silent

def examples():
    for number in range(40):
        yield Example(np.full((8, 8, 3), number, "uint8"), number % 2, None, str(number))
    print("read", flush=True)
    sys.stdin.readline()

facts = {"title": sys.argv[1], "description": "", "source": "folder", "license": ""}
try:
    ingest.store(Incoming(("a", "b"), 40, examples()), "same", facts, None, 0, silent)
    print("stored", flush=True)
except Refused as refused:
    print(refused.message, flush=True)
"""


def adder(title):
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", ADDER, title]
    return subprocess.Popen(command, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ)


def test_of_two_that_add_the_same_name_one_wins_and_one_is_told(home):
    both = [adder("first"), adder("second")]
    assert [one.stdout.readline() for one in both] == ["read\n"] * 2  # neither has published yet

    answers = [one.communicate("\n", timeout=60)[0].strip() for one in both]

    assert sorted(answers, key=len)[0] == "stored"
    assert "called 'same' already" in sorted(answers, key=len)[1]
    assert data.open("same").title == ["first", "second"][answers.index("stored")]
    assert left(home) == ["same"]


def test_what_a_killed_process_left_behind_is_swept_up(home, keep, noise):
    dead = adder("killed")
    assert dead.stdout.readline() == "read\n"
    dead.kill()
    dead.wait()
    (abandoned,) = left(home)
    alive = home / "data" / f".busy.{os.getpid()}-00ff.partial"
    alive.mkdir()

    keep(both(noise(4)))
    assert left(home) == sorted([abandoned, alive.name, "set"])  # still fresh: it may be another machine's

    for path in (alive, home / "data" / abandoned, *(home / "data" / abandoned).iterdir()):
        os.utime(path, (0, 0))
    keep(both(noise(4)), "later")
    assert left(home) == sorted([alive.name, "set", "later"])
    dead.stdin.close()
    dead.stdout.close()


def peak(keep, count, name):
    """Largest memory in bytes while storing and then reading a set once through."""

    def rows():
        for number in range(count):
            yield np.full((32, 32, 3), number % 251, "uint8"), number % 2, None

    tracemalloc.start()
    dataset = keep(rows(), name)
    part = dataset.split("train")
    for start in range(0, len(part), 128):
        part.read(range(start, min(start + 128, len(part))))
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def test_memory_stays_flat_as_the_set_grows(keep):
    small, large = peak(keep, 2_000, "small"), peak(keep, 20_000, "large")

    kept_per_picture = (large - small) / 18_000
    assert kept_per_picture < 250  # bytes of labels, hashes, groups and names; a picture has 3,072
