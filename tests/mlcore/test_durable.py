"""A file is either its old self or its new self, whatever dies in between."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from mlcore import durable

KILLS = 40
WRITER = """
import sys
from pathlib import Path
from mlcore import durable
path, size = Path(sys.argv[1]), int(sys.argv[2])
number = 0
while True:
    number += 1
    durable.write_bytes(path, str(number % 10).encode() * size)
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "file.json"


def hidden(path):
    return [name for name in os.listdir(path.parent) if name != path.name]


def test_what_was_written_is_read_back(path):
    durable.write_json(path, {"a": [1, "ü"]})

    assert durable.read_json(path) == {"a": [1, "ü"]}
    assert hidden(path) == []


def test_a_missing_or_damaged_document_gives_the_default(path):
    assert durable.read_json(path, default=3) == 3

    durable.write_text(path, '{"a": ')
    assert durable.read_json(path, default=3) == 3
    durable.write_bytes(path, b"\xff\xfe\x00")
    assert durable.read_json(path) is None


def test_what_json_cant_hold_leaves_the_old_document(path):
    durable.write_json(path, 1)

    with pytest.raises(ValueError, match="not JSON compliant"):
        durable.write_json(path, float("nan"))
    assert durable.read_json(path) == 1


def kill_while_writing(path, seed, size=200_000):
    """Start a process that writes the file without end, let it begin, kill it at a random moment."""
    command = [sys.executable, "-c", WRITER, str(path), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=os.getcwd()) as writer:
        first = writer.stdout.readline()
        time.sleep(random.Random(seed).uniform(0, 0.02))
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read()
    assert writer.returncode == -signal.SIGKILL, "the kill has to land on a running writer"
    return len((first + rest).splitlines())


def test_a_kill_never_leaves_half_a_file(path):
    cut_short = 0
    for seed in range(KILLS):
        finished = kill_while_writing(path, seed)
        content = path.read_bytes()

        assert len(content) == 200_000
        assert len(set(content)) == 1
        assert content[0] in str(finished % 10).encode() + str((finished + 1) % 10).encode()
        cut_short += bool(hidden(path))
        durable.sweep(path.parent)
        assert hidden(path) == []
    assert cut_short, "no kill fell into a write: the test proves nothing"


class FailingCall:
    """Passes calls through until the one that must fail."""

    def __init__(self, real, count, fail_at):
        self.real, self.count, self.fail_at = real, count, fail_at

    def __call__(self, *arguments, **named):
        self.count.append(self.real.__name__)
        if len(self.count) == self.fail_at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.real(*arguments, **named)


def fail_call(monkeypatch, fail_at):
    """Let the call number `fail_at` into the file system fail as a full disk would; gives the calls made."""
    count = []
    monkeypatch.setattr(durable.shutil, "rmtree", lambda *_, **__: None)  # frees space only, forgives failure itself
    for name in ("open", "write", "fsync", "replace", "close"):
        monkeypatch.setattr(durable.os, name, FailingCall(getattr(os, name), count, fail_at))
    return count


def calls_of(write, monkeypatch):
    with monkeypatch.context() as patch:
        calls = fail_call(patch, fail_at=0)
        write()
    return list(calls)


def test_a_disk_that_is_full_at_any_call_leaves_the_old_or_the_new(path, monkeypatch):
    durable.write_bytes(path, b"old")
    calls = calls_of(lambda: durable.write_bytes(path, b"old"), monkeypatch)
    assert {"open", "write", "fsync", "replace"} <= set(calls)

    for fail_at in range(1, len(calls) + 1):
        durable.write_bytes(path, b"old")
        with monkeypatch.context() as patch:
            fail_call(patch, fail_at)
            with pytest.raises(OSError, match="No space left"):
                durable.write_bytes(path, b"new")

        done = fail_at > calls.index("replace") + 1
        assert path.read_bytes() == (b"new" if done else b"old"), f"call {fail_at} of {calls}"
        assert hidden(path) == []


def test_a_disk_that_takes_little_at_a_time_gets_it_all(path, monkeypatch):
    real = os.write
    monkeypatch.setattr(durable.os, "write", lambda handle, data: real(handle, bytes(data[:7])))
    durable.write_bytes(path, bytes(range(256)))

    assert path.read_bytes() == bytes(range(256))


def make_folder(path, text):
    (path / "inner").mkdir(parents=True)
    (path / "inner" / "a.txt").write_text(text)
    return path


def content(path):
    return (path / "inner" / "a.txt").read_text()


def test_publishing_replaces_an_older_folder(tmp_path):
    final = tmp_path / "models" / "one"
    durable.publish_folder(make_folder(tmp_path / "built-1", "old"), final)
    durable.publish_folder(make_folder(tmp_path / "built-2", "new"), final)

    assert content(final) == "new"
    assert os.listdir(final.parent) == ["one"]


def test_publishing_that_fails_at_any_call_leaves_a_whole_folder(tmp_path, monkeypatch):
    final = make_folder(tmp_path / "models" / "one", "old")
    built = make_folder(tmp_path / "built", "new")
    with monkeypatch.context() as patch:
        calls = fail_call(patch, fail_at=0)
        durable.publish_folder(built, final)
    assert calls.count("replace") == 2

    for fail_at in range(1, len(calls) + 1):
        durable.remove_folder(final)
        make_folder(final, "old")
        durable.remove_folder(built)
        make_folder(built, "new")
        with monkeypatch.context() as patch:
            fail_call(patch, fail_at)
            with pytest.raises(OSError, match="No space left"):
                durable.publish_folder(built, final)
        assert content(final) in ("old", "new"), f"call {fail_at} of {calls}"


def test_removing_is_one_step_and_a_missing_folder_is_fine(tmp_path):
    folder = make_folder(tmp_path / "one", "text")
    durable.remove_folder(folder)
    durable.remove_folder(folder)

    assert os.listdir(tmp_path) == []


def test_a_removal_cut_short_is_swept(tmp_path, monkeypatch):
    folder = make_folder(tmp_path / "one", "text")
    monkeypatch.setattr(durable.shutil, "rmtree", lambda *_, **__: None)
    durable.remove_folder(folder)
    assert not folder.exists()
    assert len(os.listdir(tmp_path)) == 1
    monkeypatch.undo()

    durable.sweep(tmp_path)
    assert os.listdir(tmp_path) == []


def test_sweeping_keeps_what_isnt_left_over(tmp_path):
    (tmp_path / ".hidden").write_text("mine")
    (tmp_path / "half.partial").write_text("mine too")
    durable.sweep(tmp_path)

    assert sorted(os.listdir(tmp_path)) == [".hidden", "half.partial"]


def test_a_new_folder_appears_whole(path):
    final = path.parent / "model"
    with durable.new_folder(final) as built:
        (built / "a.txt").write_text("a")
        assert not final.exists()

    assert (final / "a.txt").read_text() == "a"
    assert os.listdir(path.parent) == ["model"]


def test_of_two_who_build_the_same_folder_the_quicker_ones_stays(path):
    final = path.parent / "model"
    with durable.new_folder(final) as slow:
        (slow / "whose.txt").write_text("slow")
        with durable.new_folder(final) as quick:
            (quick / "whose.txt").write_text("quick")

    assert (final / "whose.txt").read_text() == "quick"
    assert os.listdir(path.parent) == ["model"]


def test_a_folder_that_could_not_be_built_leaves_nothing(path):
    def fail():
        with durable.new_folder(path.parent / "model") as built:
            (built / "half.txt").write_text("half")
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        fail()
    assert os.listdir(path.parent) == []


def test_half_a_character_is_written_as_a_question_mark(path):
    """Python passes a byte of the command line on so that isn't UTF-8; written as it is, nobody could read it."""
    durable.write_json(path, {"note": "a\udcffb"})

    assert json.loads(path.read_bytes()) == {"note": "a?b"}
