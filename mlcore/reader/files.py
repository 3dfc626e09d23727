"""Files read with care: regular ones only, of a bounded size, by links only where those stay within the home."""

import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path, PurePath

from mlcore.errors import Kind, Refused
from mlcore.home import FOLDERS, home, in_home

MOST_BYTES = 32 * 2**20
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # a pipe is no reason to wait


def content(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file of at most so many; raises Refused(missing-file, unreadable-file)."""
    with opened(path, most) as file:
        return _read(file, path, most)


def tail(path: Path, count: int) -> tuple[bytes, int]:
    """At most the last `count` bytes of a file, and where in it they begin; raises Refused as `content` does."""
    with opened(path) as file:
        start = max(0, os.fstat(file.fileno()).st_size - count)
        file.seek(start)
        return _read(file, path, count, whole=False), start


def opened(path: Path, most: int | None = None) -> BufferedReader:
    """A regular file, opened for reading and by nothing that makes one wait; raises Refused as `content` does."""
    path = Path(path)
    try:
        _refuse(path, os.stat(path), most)  # a device isn't even opened
        _refuse_leaving(path)
        handle = os.open(path, FLAGS)
    except FileNotFoundError:
        if path.is_symlink():
            raise unreadable(path, "is a link that leads nowhere") from None
        raise Refused(Kind.MISSING_FILE, f"There is no {path.name!r}.") from None
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", "") or "its name can't be used"
        raise unreadable(path, f"can't be opened ({words})") from None
    file = os.fdopen(handle, "rb")
    try:
        _refuse(path, os.fstat(handle), most)
    except Refused:
        file.close()
        raise
    return file


def checked(path: Path, most: int | None = None) -> Path:
    """The path itself, for those who open files by name, once it leads to a regular file; raises Refused."""
    opened(path, most).close()
    return path


def digest(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits; raises Refused as `content` does."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inside(folder: Path, name: str) -> Path:
    """The path of a file in a folder by a name that came from outside; raises Refused(unsafe-path) if it leaves it."""
    parts = PurePath(str(name)).parts
    odd = not parts or PurePath(name).is_absolute() or ".." in parts or "\0" in str(name)
    if odd or not (folder / name).resolve().is_relative_to(folder.resolve()):
        raise Refused(Kind.UNSAFE_PATH, f"{str(name)!r} isn't a file within the folder {folder.name!r}.")
    return folder / name


def refuse_odd_files(folder: Path) -> None:
    """Raise Refused(unreadable-file) where a folder holds links, pipes or devices: who writes there would follow."""
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent, name)
            mode = path.lstat().st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                raise unreadable(path, f"is {_what(mode)} and neither a file nor a folder")


def unreadable(path: Path, why: str) -> Refused:
    """The refusal of a file, such as "'card.json' is a pipe"."""
    return Refused(Kind.UNREADABLE_FILE, f"{path.name!r} {why}.")


def _read(file: BufferedReader, path: Path, most: int, whole: bool = True) -> bytes:
    try:
        data = file.read(min(most, os.fstat(file.fileno()).st_size) + 1)  # so many bytes are set aside
    except OSError as error:
        raise unreadable(path, f"can't be read ({error.strerror})") from None
    if whole and len(data) > most:  # it has grown meanwhile
        raise unreadable(path, f"is larger than {most:,} bytes")
    return data[:most]


def _refuse(path: Path, facts: os.stat_result, most: int | None) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise unreadable(path, f"is {_what(facts.st_mode)} and not a file")
    if most is not None and facts.st_size > most:
        raise unreadable(path, f"holds {facts.st_size:,} bytes; at most {most:,} are read")


def _refuse_leaving(path: Path) -> None:
    if _leads_out(path):
        raise unreadable(path, "is reached by a link that leads out of the home")


def _what(mode: int) -> str:
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFLNK: "a link"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _leads_out(path: Path) -> bool:
    """Whether a path in the home leaves it by a link; the home and its own folders may be links themselves."""
    base = home()
    try:
        parts = path.relative_to(base).parts
    except ValueError:
        return False  # given by a person, or what came along
    steps = [base.joinpath(*parts[:depth]) for depth in range(2, len(parts) + 1)]
    if ".." not in parts and not any(os.path.islink(step) for step in steps):
        return False
    roots = {base.resolve(), *(in_home(name).resolve() for name in FOLDERS)}
    return not any(path.resolve().is_relative_to(root) for root in roots)
