"""What can't be read is listed by name, with the reason, and can be removed; everything else goes on."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlcore.errors import Kind, Refused, unknown
from mlcore.reader.documents import newer


@dataclass(frozen=True)
class Unreadable:
    """Something in the home that can't be read, or not all of it, by the name of its file or folder, and why.

    `listed` where it is shown all the same: only what a newer version added to it is left out.
    """

    name: str
    reason: str
    listed: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values: `{"name", "reason", "listed"}`."""
        return {"name": self.name, "reason": self.reason, "listed": self.listed}


def names_in(folder: Path) -> list[str]:
    """The names of what lies in a folder, hidden ones left out; none where it is no folder."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError:
        return []


def reason(read: Callable[..., object], *given: object) -> str:
    """Why something can't be read, as the refusal says it; nothing where it can be."""
    try:
        read(*given)
    except Refused as refusal:
        return refusal.message
    return ""


def judged(name: str, path: Path, kind: type, read: Callable[[Path], object]) -> Unreadable | None:
    """What is wrong with a file, where `read` refuses it or a newer version has written it; None where all is well."""
    if why := reason(read, path):
        return Unreadable(name, why)
    later = newer(path, kind)
    words = f"{path.name!r} was written by a newer version; left out: {', '.join(later[:5])}."
    return Unreadable(name, words, listed=True) if later else None


def refuse_readable(name: str, listed: Iterable[Unreadable], thing: str) -> None:
    """Raise Refused(unknown-name) for a name that isn't listed as unreadable: it is removed by another way, or gone."""
    names = [each.name for each in listed if not each.listed]
    if name not in names:
        raise unknown(Kind.UNKNOWN_NAME, f"unreadable {thing}", name, names)
