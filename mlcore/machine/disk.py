"""How much room is left on a disk, and whether want of it explains an error."""

import errno
import shutil
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
WORDS = ("no space left on device", "disk quota exceeded", "errno = 28")  # of libraries that raise errors of their own


def free(path: Path) -> int:
    """Bytes that are free where a file or folder is, or will be."""
    there = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    return shutil.disk_usage(there).free


def lack(path: Path, needed: float, what: str) -> str:
    """That something needs more bytes than are free, in a sentence with both; nothing where they suffice."""
    there = free(path)
    if there >= needed:
        return ""
    return f"{what} needs {_said(needed)} on the disk, and {_said(there)} are free; make room."


def _said(size: float) -> str:
    return f"{size / 1e6:,.1f} MB" if size < 1e7 else f"{size / 1e6:,.0f} MB"


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, says that there is no room."""
    if error is None:
        return False
    says_so = isinstance(error, OSError) and error.errno in FULL
    in_words = any(words in str(error).lower() for words in WORDS)
    return says_so or in_words or is_full(error.__cause__ or error.__context__)
