"""Names of members: which are dangerous, which are clutter, which are written alike."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from mlcore.archives.entry import Skipped
from mlcore.errors import Kind, Refused

SHOWN = 60  # characters of an odd name
LISTED = 3  # names in a sentence
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LONGEST_CLASS = 200  # characters of the name of a class, where it isn't that of a folder
NO_CLASS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST = 4096  # characters; no file system has longer paths
CLUTTER = {"__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "system volume information", "__pycache__"}
PICTURE_ENDING = re.compile(
    r"\.(a?png|jpe?g|jpe|jfif|mpo|gif|bmp|dib|webp|tiff?|avif"
    r"|hei[cf]|ico|cur|svg|psd|eps|jp2|j2k|jpf|jxl|tga|fits?|p[bgnp]m|pcx|dds|exr|hdr|qoi|xcf"
    r"|dng|cr[23]|nef|arw|orf|raf|rw2)$",
    re.IGNORECASE,
)
VIDEO_ENDING = re.compile(r"\.(mp4|m4v|mov|webm|mkv|avi|wmv|flv|mpe?g|3gp|ogv)$", re.IGNORECASE)


def checked(name: str) -> str:
    """The path with its parts joined by single slashes; raises Refused(unsafe-path) for a dangerous one.

    Backslashes are slashes, too: older programs of Windows pack so. It may still be `unprintable`.
    """
    path = name.replace("\\", "/")
    if reason := _danger(path):
        shown = name if len(name) <= SHOWN else f"{name[:SHOWN]}..."
        raise Refused(Kind.UNSAFE_PATH, f"The archive isn't opened: the name {shown!r} {reason}.")
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def unnamed(path: str) -> Skipped | None:
    """What is said of a file that is left out for its name; None where that can be shown."""
    if not (reason := unprintable(path)):
        return None
    plain = CONTROL.sub("?", path)
    shown = plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}..."
    return Skipped(shown, Kind.UNSAFE_PATH, f"Its name {reason}; give it another.")


def unprintable(name: str) -> str:
    """Why a name can't be shown, in words; nothing where it can."""
    if CONTROL.search(name):
        return "holds control characters"
    return f"is longer than {LONGEST:,} characters" if len(name) > LONGEST else ""


def no_class(name: str) -> str:
    """Why a text can't be the name of a class, in words; nothing where it can.

    Letters of every language may stand in it, also those that join others and aren't seen.
    """
    if not name.strip():
        return "is empty"
    if len(name) > LONGEST_CLASS:
        return f"has {len(name):,} characters; allowed are {LONGEST_CLASS}"
    return "holds control characters, such as a line end" if NO_CLASS.search(name) else ""


def _danger(path: str) -> str:
    if "\0" in path:
        return "holds a NUL, where other programs end it"
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "begins at the root of a disk"
    return "leads out of the archive" if ".." in path.split("/") else ""


def is_clutter(path: str) -> bool:
    """Whether a path is what systems leave behind: hidden files and folders, __MACOSX, Thumbs.db."""
    return any(part.startswith(".") or part.lower() in CLUTTER for part in path.split("/"))


def is_picture_name(path: str) -> bool:
    """Whether a file is called like a picture, allowed or not: then it is opened, or named when it can't be."""
    return bool(PICTURE_ENDING.search(path))


def is_video_name(path: str) -> bool:
    """Whether a file is called like a video, allowed or not."""
    return bool(VIDEO_ENDING.search(path))


def natural(name: str) -> list[tuple[int, str]]:
    """Sorts by the numbers in names: frame-2 before frame-10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


def similar(classes: Iterable[str]) -> list[list[str]]:
    """Groups of class names that differ only in case, spaces, punctuation or a final s."""
    groups: dict[str, list[str]] = {}
    for name in classes:
        groups.setdefault(_key(name), []).append(name)
    return [names for names in groups.values() if len(names) > 1]


def _key(name: str) -> str:
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())
    return plain.removesuffix("s") if len(plain) > 3 else plain or name


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - LISTED
    return ", ".join(map(repr, names[:LISTED])) + (f" and {more:,} more" if more > 0 else "")
