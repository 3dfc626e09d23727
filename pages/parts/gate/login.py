"""Whether people have to log in, as Streamlit's secrets say it; what can't be read keeps the studio shut."""

import codecs
import difflib
import importlib.util
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import config

KEYS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
TELLING = ("redirect_uri", "cookie_secret", "server_metadata_url")  # keys that hardly anything but a login has
ALIKE = 0.7  # 'auht' and 'aut' are slips of 'auth', 'api' and 'database' aren't
MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
AUTHLIB = "Nobody can log in yet: a package is missing. Install streamlit[auth], then start Vitrine again."
MEND = "Mend the file, or remove it to do without a login; then start Vitrine again."
UNSURE = (
    "Nobody can log in: whether a secrets.toml says how can't be told ({}). "
    "Let Vitrine look into its folder, or name another file in secrets.files; then start Vitrine again."
)
MISSING = (
    "Nobody can log in: the setting secrets.files names no file that is there. "
    "Put it there, or take the setting away to do without a login; then start Vitrine again."
)

log = logging.getLogger("vitrine")


@dataclass(frozen=True)
class Login:
    """Whether one is asked for, and why nobody can log in where nobody can."""

    asked: bool
    fault: str = ""


@cache
def configured() -> Login:
    """What holds from the start of the server to its end: no login, a login, or nobody gets in.

    Read once: a file that an editor is just writing would open the gate for a moment.
    """
    named = [Path(file) for file in st.get_option("secrets.files")]
    try:
        files = [file for file in named if _is_there(file)]
        login = judged(files) if files else _without()
    except OSError as error:
        files, login = [Path(error.filename)], Login(True, UNSURE.format(error.strerror))
    if login.fault:
        log.error("%s The file: %s", login.fault, ", ".join(map(str, files or named)))
    elif login.asked and not has_authlib():
        log.error(AUTHLIB)
    return login


def _without() -> Login:
    """What holds where no file is there: no login, unless somebody said where one is."""
    return Login(True, MISSING) if config.is_manually_set("secrets.files") else Login(asked=False)


def _is_there(file: Path) -> bool:
    """Whether there is anything of a name; raises OSError where nobody can tell."""
    try:
        os.lstat(file)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def has_authlib() -> bool:
    """Whether the package is there that asks a provider of logins."""
    return importlib.util.find_spec("authlib") is not None


def judged(files: list[Path]) -> Login:
    """The login that files of secrets describe, read as Streamlit reads them."""
    try:
        secrets = st.secrets.to_dict()
    except Exception as error:  # whatever it is, a gate that can't be read stays shut
        return _shut(_unreadable(files, error))
    if "auth" in secrets:
        lacking = _lacking(secrets["auth"])
        return _shut(f"its section [auth] lacks {', '.join(lacking)}") if lacking else Login(asked=True)
    meant = next((name for name, value in secrets.items() if _resembles(name, value)), None)
    if meant is not None:
        return _shut(f"it has no section [auth], but {meant!r}, which looks as if it were meant")
    return Login(asked=False) if secrets else _shut("it is empty")


def _shut(reason: str) -> Login:
    return Login(True, f"Nobody can log in: secrets.toml says how, and {reason}. {MEND}")


def _unreadable(files: list[Path], error: Exception) -> str:
    """Why a file can't be read; never what stands in it."""
    if any(_begins_with_a_mark(file) for file in files):
        return "it begins with a byte-order mark: save it as UTF-8 without one"
    if isinstance(error, UnicodeDecodeError):
        return "it isn't text in UTF-8"
    if isinstance(error.__cause__, ValueError):  # the parser's own words, such as: Invalid value (at line 3, column 13)
        return f"it can't be read: {error.__cause__}"
    return f"it can't be opened ({getattr(error, 'strerror', None) or 'is it a file, and not a link to nowhere?'})"


def _begins_with_a_mark(file: Path) -> bool:
    try:
        with open(file, "rb") as stream:
            return stream.read(3).startswith(MARKS)
    except OSError:
        return False


def _lacking(section: Any) -> list[str]:
    """The keys that a section of a login doesn't give as text."""
    given = section if isinstance(section, Mapping) else {}
    return [key for key in KEYS if not (isinstance(given.get(key), str) and given[key].strip())]


def _resembles(name: str, value: Any) -> bool:
    """Whether a name in the secrets was meant for the login: spelled nearly so, or with keys that a login has."""
    folded = name.strip().casefold()
    if "auth" in folded or difflib.SequenceMatcher(None, folded, "auth").ratio() >= ALIKE:
        return True
    return name in TELLING or (isinstance(value, Mapping) and any(key in value for key in TELLING))
