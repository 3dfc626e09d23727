"""The status of a run is changed by one at a time."""

import shutil
import threading

import pytest

from mlcore import durable
from mlcore.errors import Refused
from mlcore.jobs import record


def test_a_change_leaves_the_other_values_and_its_moment(tmp_path):
    record.write(tmp_path, state="queued", title="a")
    before = record.read(tmp_path)
    record.change(tmp_path, state="running")

    after = record.read(tmp_path)
    assert (after["state"], after["title"]) == ("running", "a")
    assert after["changed"] > before["changed"]


def test_of_many_who_change_it_at_once_none_undoes_another(tmp_path):
    """Eight threads of 20 changes each: without a lock a few in a hundred are lost."""
    record.write(tmp_path, state="queued")

    def change(who):
        for count in range(20):
            record.change(tmp_path, **{f"by {who}": count})

    threads = [threading.Thread(target=change, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    status = record.read(tmp_path)
    assert {status[f"by {who}"] for who in range(8)} == {19}


def test_a_folder_that_is_gone_stays_away(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    shutil.rmtree(folder)

    for write in (record.write, record.change):
        with pytest.raises(Refused, match="'run' is gone"):
            write(folder, state="done")
    assert not folder.exists()


def test_what_a_process_keeps_gone_isnt_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(durable, "_kept", set())
    folder = tmp_path / "models" / "run"
    durable.keep_gone(folder)
    for path in (folder / "a.json", folder / "checkpoints" / "b.ckpt", folder / "a" / "b" / "c"):
        with pytest.raises(FileNotFoundError):
            durable.write_bytes(path, b"late")
    assert list(tmp_path.iterdir()) == []

    folder.mkdir(parents=True)
    durable.write_bytes(folder / "a" / "b" / "c", b"in time")
    assert (folder / "a" / "b" / "c").read_bytes() == b"in time"
