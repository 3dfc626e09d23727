"""Folders on the server that may be read from the browser: those that VITRINE_FOLDERS names, and none without it.

Whoever gets in may read all that lies in them: the setting is for whoever starts the studio, never for who visits it.
"""

import os
from pathlib import Path

from mlcore.errors import Kind, Refused

VARIABLE = "VITRINE_FOLDERS"


def allowed() -> tuple[Path, ...]:
    """The folders that may be read, as the variable names them, parted as the system parts its paths."""
    named = [Path(text).expanduser() for text in os.environ.get(VARIABLE, "").split(os.pathsep) if text.strip()]
    return tuple(folder for folder in named if folder.is_absolute() and folder.is_dir())


def checked(text: str) -> Path:
    """The folder or file of a path that somebody typed, once links are followed; raises Refused(unsafe-path).

    What isn't there and what may not be read are refused alike: so nobody learns what there is.
    """
    try:
        path = Path(text.strip()).expanduser().resolve(strict=True)
        inside = any(path.is_relative_to(folder.resolve()) for folder in allowed())
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a name that no system takes
        inside = False
    if not inside or not text.strip():
        folders = ", ".join(map(str, allowed())) or "none"
        message = f"There is nothing to be read at {text.strip()!r}; folders that may be read here: {folders}."
        raise Refused(Kind.UNSAFE_PATH, message)
    return path
