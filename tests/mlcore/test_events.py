"""Events outlive kills: what was written whole is read back, and a torn line hurts only itself."""

import json
import os
from dataclasses import fields
from multiprocessing import get_context

import numpy as np
import pytest

from mlcore import events
from mlcore.errors import Kind, Refused
from mlcore.events import CheckpointSaved, NoticeGiven, StepsDone, append, read


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.jsonl"


def read_events(path):
    return [line.event for line in read(path)[0]]


def test_what_was_appended_is_read_back_in_order(path):
    for epoch in range(3):
        append(path, CheckpointSaved(epoch, epoch * 10))

    assert read_events(path) == [CheckpointSaved(epoch, epoch * 10) for epoch in range(3)]


@pytest.mark.parametrize("kind", events.KNOWN.values(), ids=lambda kind: kind.__name__)
def test_every_kind_of_event_makes_the_round_trip(path, kind):
    samples = {"int": 3, "float": 0.25, "float | None": None, "str": 'zwei\nZeilen "ü"', "list": [0.5, -2.0]}
    event = kind(**{field.name: samples[getattr(field.type, "__name__", str(field.type))] for field in fields(kind)})
    append(path, event)

    assert read_events(path) == [event]
    assert path.read_bytes().count(b"\n") == 1


def test_a_line_says_when_it_was_written(path, monkeypatch):
    monkeypatch.setattr(events.time, "time", lambda: 1234.5678)
    append(path, NoticeGiven("hello"))

    assert read(path)[0][0].at == 1234.568


def test_a_reader_goes_on_from_its_offset(path):
    append(path, NoticeGiven("one"))
    length = path.stat().st_size
    first, offset = read(path)
    append(path, NoticeGiven("two"))
    second, end = read(path, offset)

    assert [line.event.message for line in first + second] == ["one", "two"]
    assert (offset, end) == (length, path.stat().st_size)
    assert read(path, end) == ([], end)


@pytest.mark.parametrize("cut", range(1, 40))
def test_an_unfinished_last_line_waits_until_it_is_whole(path, cut):
    append(path, NoticeGiven("one"))
    whole = path.stat().st_size
    append(path, NoticeGiven("two"))
    text = path.read_bytes()
    path.write_bytes(text[:-cut])
    lines, offset = read(path)
    path.write_bytes(text)

    assert ([line.event.message for line in lines], offset) == (["one"], whole)
    assert read(path, offset)[0][0].event == NoticeGiven("two")


@pytest.mark.parametrize("cut", range(1, 40))
def test_an_event_after_a_torn_line_isnt_swallowed_by_it(path, cut):
    append(path, NoticeGiven("one"))
    append(path, NoticeGiven("two"))
    path.write_bytes(path.read_bytes()[:-cut])
    append(path, NoticeGiven("three"))

    whole = ["one", "two", "three"] if cut == 1 else ["one", "three"]  # cut 1 took the line's end only
    assert [event.message for event in read_events(path)] == whole


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"12",
        b"null",
        b'["event"]',
        b"\xff\xfe",
        b'{"at": 1}',
        b'{"event": "NoticeGiven", "message": "no time"}',
        b'{"at": 1, "event": "FromTheFuture", "x": 1}',
        b'{"at": 1, "event": "CheckpointSaved", "epoch": 1}',
        b'{"at": 1, "event": ["NoticeGiven"]}',
    ],
)
def test_a_line_that_is_no_event_is_passed_over(path, line):
    append(path, NoticeGiven("one"))
    path.write_bytes(path.read_bytes() + line + b"\n")
    append(path, NoticeGiven("two"))

    assert [event.message for event in read_events(path)] == ["one", "two"]


def test_a_newer_versions_extra_field_is_ignored(path):
    path.write_bytes(b'{"at": 1, "event": "NoticeGiven", "message": "one", "colour": "red"}\n')

    assert read_events(path) == [NoticeGiven("one")]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), np.float32("nan"), np.float64("inf")])
def test_a_number_that_isnt_finite_becomes_nothing(path, value):
    append(path, StepsDone(1, 2, 3, value, 0.5, None, 10.0, None))

    assert read_events(path)[0].loss is None
    json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(f"{name} isn't JSON"))


def test_numbers_of_numpy_are_numbers(path):
    append(path, StepsDone(np.int64(1), 2, 3, np.float32(0.5), np.float64(0.25), None, 10.0, None))

    assert read_events(path) == [StepsDone(1, 2, 3, 0.5, 0.25, None, 10.0, None)]


def test_a_run_that_never_wrote_has_no_events(path):
    assert read(path) == ([], 0)


def _write_many(path, writer):
    for number in range(100):
        append(path, CheckpointSaved(writer, number))


def test_writers_in_several_processes_lose_nothing(path):
    context = get_context("spawn")
    writers = [context.Process(target=_write_many, args=(path, writer)) for writer in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    seen = read_events(path)
    assert len(seen) == 300
    for writer in range(3):
        assert [event.step for event in seen if event.epoch == writer] == list(range(100))


STEPS = '{"at": %s, "event": "StepsDone", "epoch": 1, "step": 1, "steps": %s, "loss": %s, "accuracy": null, '
STEPS += '"learning_rate": 0.1, "pictures_per_second": 5, "eta_seconds": null}'


@pytest.mark.parametrize(
    "line",
    [
        STEPS % (1, "null", 1),
        STEPS % (1, '"many"', 1),
        STEPS % (1, "9" * 30, 1),
        STEPS % (1, 10, "NaN"),
        STEPS % ('"yesterday"', 10, 1),
        STEPS % ("1e20", 10, 1),
        STEPS % (-1, 10, 1),
        "[" * 7000,
        '{"at": 1, "event": ["StepsDone"]}',
        '{"at": 1, "event": "NoticeGiven", "message": "\\ud800"}',
    ],
)
def test_a_line_of_another_shape_is_passed_over(path, line):
    append(path, NoticeGiven("one"))
    path.write_text(path.read_text() + line + "\n")
    append(path, NoticeGiven("two"))

    assert read_events(path) == [NoticeGiven("one"), NoticeGiven("two")]


def test_facts_that_a_newer_version_added_are_left_out(path):
    path.write_text((STEPS % (1, 10, 1))[:-1] + ', "colour": 5}\n')

    assert read_events(path)[0].steps == 10


def test_a_long_history_is_read_from_its_end_and_that_is_told(path, monkeypatch):
    monkeypatch.setattr(events, "MOST_BYTES", 1000)
    for number in range(100):
        append(path, NoticeGiven(str(number)))
    lines, offset = read(path)

    assert "aren't read" in lines[0].event.message
    assert [line.event.message for line in lines[1:]] == [str(number) for number in range(101 - len(lines), 100)]
    assert (len(lines) > 5, offset) == (True, path.stat().st_size)
    assert [line.event.message for line in events.latest(path, 500)] == [str(number) for number in range(93, 100)]


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: path.symlink_to("/dev/null"), os.mkfifo])
def test_what_isnt_a_file_is_neither_read_nor_written_to(path, make):
    make(path)

    for work in (lambda: read(path), lambda: append(path, NoticeGiven("one"))):
        with pytest.raises(Refused) as refused:
            work()
        assert refused.value.kind == Kind.UNREADABLE_FILE
    assert events.latest(path, 100) == []
