"""Where everything that is made lives on disk."""

import os
import re
from pathlib import Path

from mlcore.errors import Kind, Refused

NAME = re.compile(r"\A[a-z0-9][a-z0-9_-]{0,63}\Z")  # `$` would let a line end through


def home() -> Path:
    """The folder that holds models and data: MLCORE_HOME, or `workspace` beside app.py."""
    given = os.environ.get("MLCORE_HOME")
    return Path(given).expanduser().absolute() if given else Path(__file__).resolve().parent.parent / "workspace"


def checked_name(name: str, thing: str = "name") -> str:
    """The name itself, when it is safe as a folder name and in an address; else Refused."""
    if not isinstance(name, str) or not NAME.match(name):
        raise Refused(
            Kind.BAD_SETTING,
            f"{name!r} can't be used as a {thing}: it needs 1 to 64 small letters, digits, "
            "'-' or '_', and must begin with a letter or digit.",
        )
    return name
