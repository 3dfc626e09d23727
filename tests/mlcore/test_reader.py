"""The one reader refuses in words whatever a folder holds, and reads what is ours; nothing makes it wait or grow."""

import io
import json
import os
import socket
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from mlcore import home, reader
from mlcore.errors import Kind, Refused
from mlcore.settings import Settings


class Point(Settings):
    x: int
    y: float = 0.0


class Line(Settings):
    ends: tuple[Point, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Plain:
    n: int


class Loose(BaseModel):
    n: int = 0


def refused(work, *given) -> Refused:
    with pytest.raises(Refused) as error:
        work(*given)
    return error.value


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def npy(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def npz(**values: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **values)
    return file.getvalue()


def test_a_missing_file_is_told_from_one_that_cant_be_read(tmp_path):
    assert refused(reader.content, tmp_path / "none").kind == Kind.MISSING_FILE
    assert refused(reader.content, tmp_path).kind == Kind.UNREADABLE_FILE


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "device", "link to a device", "link in a circle"])
def test_what_isnt_a_regular_file_is_refused_at_once(tmp_path, kind, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    path = Path("odd")
    make = {
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "socket": lambda: socket.socket(socket.AF_UNIX).bind(str(path)),
        "device": lambda: path.symlink_to("/dev/null"),
        "link to a device": lambda: path.symlink_to("/dev/zero"),
        "link in a circle": lambda: path.symlink_to("odd"),
    }
    make[kind]()

    for read in (reader.content, reader.document, reader.array, reader.arrays, reader.mapped, reader.checked):
        assert refused(read, path).kind == Kind.UNREADABLE_FILE
    assert refused(reader.tail, path, 10).kind == Kind.UNREADABLE_FILE


def test_a_name_that_no_file_can_have_is_refused(tmp_path):
    for name in ("a\0b", "x" * 300):
        assert refused(reader.content, tmp_path / name).kind == Kind.UNREADABLE_FILE


def test_a_file_is_read_up_to_its_bound(tmp_path):
    path = written(tmp_path / "file", b"12345")

    assert reader.content(path, 5) == b"12345"
    assert "at most 4" in refused(reader.content, path, 4).message


def test_a_growing_file_is_read_from_its_end(tmp_path):
    path = written(tmp_path / "log.txt", b"0123456789")

    assert reader.tail(path, 4) == (b"6789", 6)
    assert reader.tail(path, 40) == (b"0123456789", 0)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_link_within_the_home_is_followed_and_one_that_leaves_it_isnt(tmp_path, monkeypatch, what):
    monkeypatch.setenv("MLCORE_HOME", str(tmp_path / "home"))
    models = home.in_home("models")
    (models / "true").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    written(models / "true" / "card.json", "1")
    written(tmp_path / "elsewhere" / "card.json", "2")
    for name, target in (("inner", models / "true"), ("outer", tmp_path / "elsewhere")):
        if what == "folder":
            (models / name).symlink_to(target)
        else:
            (models / name).mkdir()
            (models / name / "card.json").symlink_to(target / "card.json")

    assert reader.document(models / "inner" / "card.json") == 1
    assert "out of the home" in refused(reader.document, models / "outer" / "card.json").message


def test_the_home_and_its_own_folders_may_be_links(tmp_path, monkeypatch):
    (tmp_path / "disk" / "models" / "one").mkdir(parents=True)
    written(tmp_path / "disk" / "models" / "one" / "card.json", "1")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "models").symlink_to(tmp_path / "disk" / "models")
    (tmp_path / "alias").symlink_to(tmp_path / "home")
    monkeypatch.setenv("MLCORE_HOME", str(tmp_path / "alias"))

    assert reader.document(home.in_home("models") / "one" / "card.json") == 1


@pytest.mark.parametrize("name", ["/etc/passwd", "../secret", "a/../../secret", "", "a\0b", "link/secret"])
def test_a_file_named_by_another_stays_within_its_folder(tmp_path, name):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "link").symlink_to(tmp_path)

    assert refused(reader.inside, tmp_path / "run", name).kind == Kind.UNSAFE_PATH
    assert reader.inside(tmp_path / "run", "previews/step-5.png") == tmp_path / "run" / "previews" / "step-5.png"


@pytest.mark.parametrize("make", [lambda path: os.mkfifo(path), lambda path: path.symlink_to("/dev/null")])
def test_a_folder_that_is_written_to_holds_files_and_folders_alone(tmp_path, make):
    (tmp_path / "inner").mkdir()
    written(tmp_path / "inner" / "file", b"1")
    reader.refuse_odd_files(tmp_path)
    make(tmp_path / "inner" / "odd")

    assert "neither a file nor a folder" in refused(reader.refuse_odd_files, tmp_path).message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "isn't JSON"),
        ("{", "isn't JSON"),
        (b"\xff\xfe{}", "UTF-8"),
        ("NaN", "finite"),
        ("[1e999]", "finite"),
        ("-Infinity", "finite"),
        ("1" * 19, "digits"),
        ("1" * 5000, "digits"),
        ('{"a": "\\ud800"}', "half a character"),
        ('{"\\udc00": 1}', "half a character"),
        ("[" * 65 + "]" * 65, "64 levels"),
        ("[" * 100_000, "64 levels"),
        ('{"a":' * 65 + "1" + "}" * 65, "64 levels"),
        ("[" + "1," * 1_100_000 + "1]", "values"),
        ("[" + "{}," * 50_000 + "{}]", "objects"),
    ],
)
def test_odd_json_is_refused_with_its_reason(text, reason):
    assert reason in refused(reader.parse, text).message


@pytest.mark.parametrize("text", ["[" * 64 + "]" * 64, "1" * 18, '"\\ud83d\\ude00"', '"ü"', "1e-300", "-5", "null"])
def test_json_within_the_bounds_is_read_as_python_reads_it(text):
    assert reader.parse(text) == json.loads(text)


def test_a_byte_order_mark_of_a_hand_edited_file_is_fine(tmp_path):
    assert reader.document(written(tmp_path / "recipe.json", b'\xef\xbb\xbf{"a": 1}')) == {"a": 1}


def test_a_record_has_its_shape_or_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "point.json"

    assert reader.record(written(path, '{"x": 3}'), Point) == Point(x=3)
    assert reader.record(written(path, '{"n": 3, "more": 1}'), Plain) == Plain(3)
    refusal = refused(reader.record, written(path, '{"x": "wide"}'), Point)
    assert (refusal.kind, "'x' can't be 'wide'" in refusal.message) == (Kind.UNREADABLE_FILE, True)
    for text in ("[]", "5", "null", '"x"'):
        assert refused(reader.record, written(path, text), Point).kind == Kind.UNREADABLE_FILE


def test_what_a_newer_version_added_is_left_out_and_named(tmp_path):
    path = written(tmp_path / "line.json", '{"ends": [{"x": 1, "z": 2}], "title": "t", "colour": {"a": []}}')

    assert reader.record(path, Line) == Line(ends=(Point(x=1),), title="t")
    assert reader.newer(path, Line) == ["ends.0.z", "colour"]
    assert reader.newer(written(path, '{"title": 5, "colour": 1}'), Line) == []


def test_facts_are_an_object_or_nothing(tmp_path):
    assert reader.facts(tmp_path / "none") == {}
    assert reader.facts(written(tmp_path / "list", "[1]")) == {}
    assert reader.facts(written(tmp_path / "object", '{"a": 1}')) == {"a": 1}


@pytest.mark.parametrize(
    "values", [np.arange(6.0).reshape(2, 3), np.zeros((0, 4)), np.array("text"), np.asfortranarray(np.eye(3)[:2])]
)
def test_an_array_is_read_as_numpy_reads_it(tmp_path, values):
    path = written(tmp_path / "a.npy", npy(values))

    np.testing.assert_array_equal(reader.array(path), np.load(path), strict=True)
    np.testing.assert_array_equal(reader.mapped(path), np.load(path), strict=True)
    assert reader.shape_of(path) == values.shape
    assert reader.array(path).flags.writeable


def test_arrays_are_read_by_their_names(tmp_path):
    found = reader.arrays(written(tmp_path / "a.npz", npz(one=np.eye(2), two=np.array("x"))))

    assert sorted(found) == ["one", "two"]
    np.testing.assert_array_equal(found["one"], np.eye(2))


HEADER = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"


def with_header(descr: str, shape: str, content: bytes = b"") -> bytes:
    """An npy file whose header says what it likes."""
    text = (HEADER % (descr, shape)).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        npy(np.eye(3))[:-1],
        npy(np.eye(3)) + b"0",
        with_header("<f8", "(1000000000000,)"),
        with_header("<f8", "(-1, -8)", bytes(64)),
        with_header("|O", "(1,)", bytes(8)),
        with_header("|V0", "(1000000000000,)"),
        with_header("|S0", "(1000000000000,)"),
        with_header("<M8[s]", "(1,)", bytes(8)),
        with_header("<f8", "[" * 40 + "]" * 40),
        with_header("<f8", "5", bytes(40)),
        with_header("<f8", "(" + "1" * 140),
        npy(np.eye(3)).replace(b"\x01\x00", b"\x09\x00", 1),
    ],
)
def test_an_array_that_isnt_as_large_as_it_says_is_refused(tmp_path, content):
    path = written(tmp_path / "a.npy", content)

    assert refused(reader.array, path).kind == Kind.UNREADABLE_FILE
    assert refused(reader.mapped, path).kind == Kind.UNREADABLE_FILE
    assert refused(reader.shape_of, path).kind == Kind.UNREADABLE_FILE


def zipped(kind: int, size: int = 1000) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        archive.writestr("a.npy", npy(np.zeros(size)))
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", zipped(zipfile.ZIP_LZMA), zipped(zipfile.ZIP_DEFLATED, 20_000_000), npz(a=np.eye(2))[:-1]],
    ids=["empty", "begun", "packed oddly", "a bomb", "cut"],
)
def test_a_file_of_arrays_that_isnt_one_of_ours_is_refused(tmp_path, content):
    assert refused(reader.arrays, written(tmp_path / "a.npz", content)).kind == Kind.UNREADABLE_FILE
    assert refused(reader.arrays_in, content).kind == Kind.UNREADABLE_FILE


def test_a_list_of_millions_of_arrays_is_refused_before_it_is_read(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(3000):
            archive.writestr(f"{number:0500}.npy", b"")
    content = file.getvalue()

    assert int.from_bytes(content[-10:-6], "little") > 2**20
    assert refused(reader.arrays_in, content).kind == Kind.UNREADABLE_FILE


def test_names_of_a_folder_leave_hidden_ones_out(tmp_path):
    for name in ("b", ".hidden", "a"):
        written(tmp_path / name, b"")

    assert reader.names_in(tmp_path) == ["a", "b"]
    assert reader.names_in(tmp_path / "none") == reader.names_in(tmp_path / "a") == []


def test_only_what_is_listed_as_unreadable_can_be_removed_as_such():
    listed = [reader.Unreadable("bad", "why"), reader.Unreadable("newer", "why", listed=True)]
    reader.refuse_readable("bad", listed, "draft")

    for name in ("newer", "../bad", "other"):
        assert refused(reader.refuse_readable, name, listed, "draft").kind == Kind.UNKNOWN_NAME
