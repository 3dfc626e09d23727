"""Memory: what is left, and what explains that a process vanished."""

from types import SimpleNamespace

import psutil
import pytest

from mlcore.machine import memory


def files(folder, **content):
    for name, text in content.items():
        (folder / name.replace("_", ".")).write_text(text)


@pytest.fixture
def container(tmp_path, monkeypatch):
    """A container with a limit of 1,000 bytes, 900 of them used, where two processes were ended."""
    files(tmp_path, memory_max="1000\n", memory_current="900\n", memory_events="oom 3\noom_kill 2\noom_group_kill 0\n")
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    return tmp_path


def test_a_container_allows_less_than_the_machine_has(container):
    assert memory.facts() == {"available": 100, "total": 1000, "endings": 2}


def test_files_that_the_system_only_keeps_at_hand_are_free(container):
    files(container, memory_stat="anon 300\nfile 600\ninactive_file 550\nactive_file 50\n")

    assert memory.available() == 650


def test_a_container_of_the_first_version_allows_less_too(tmp_path, monkeypatch):
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text("1000\n")
    (tmp_path / "memory" / "memory.usage_in_bytes").write_text("900\n")
    (tmp_path / "memory" / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 4\n")
    monkeypatch.setattr(memory, "CGROUP", tmp_path)

    assert memory.facts() == {"available": 100, "total": 1000, "endings": 4}


def test_a_limit_beyond_all_memory_is_none(tmp_path, monkeypatch):
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    (tmp_path / "memory" / "memory.usage_in_bytes").write_text("900\n")
    monkeypatch.setattr(memory, "CGROUP", tmp_path)

    assert memory.total() == psutil.virtual_memory().total


def test_without_a_limit_the_machine_counts(container):
    files(container, memory_max="max\n")

    assert memory.total() == psutil.virtual_memory().total
    assert memory.available() <= memory.total()


def test_on_other_systems_nothing_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    monkeypatch.setattr(memory, "VMSTAT", tmp_path / "vmstat")

    assert memory.endings() is None
    assert memory.total() == psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"available": 500, "total": 1000, "endings": 2}, {"endings": 3}, True),
        ({"available": 500, "total": 1000, "endings": 2}, {"endings": 2}, False),
        ({"available": 500, "total": 1000, "endings": 2}, {"endings": 0}, False),  # counted anew after a start
        ({"available": 40, "total": 1000, "endings": None}, {"endings": None}, True),
        ({"available": 60, "total": 1000, "endings": None}, {"endings": None}, False),
        ({}, {}, False),
    ],
)
def test_an_ending_counted_since_or_next_to_no_memory_explains_it(before, after, expected):
    assert memory.ran_out(before, after) is expected


def test_what_was_freed_is_handed_back_where_the_platform_can_be_asked_to(monkeypatch):
    asked = []
    trims = SimpleNamespace(malloc_trim=lambda kept: asked.append(kept) or 1)
    monkeypatch.setattr(memory, "_c_library", lambda: trims)
    assert memory.give_back()
    assert asked == [0]

    for other in (None, SimpleNamespace()):  # Windows, macOS
        monkeypatch.setattr(memory, "_c_library", lambda other=other: other)
        assert not memory.give_back()
