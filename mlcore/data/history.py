"""The history of a data set by its name: edit, undo, redo, go back to any version, find the one that a run saw."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from mlcore import reader
from mlcore.data import about, ingest, versions
from mlcore.data import edits as editing
from mlcore.data.edits import Edit
from mlcore.data.store import Dataset
from mlcore.data.versions import Version
from mlcore.errors import Kind, Refused, unknown


def edit(name: str, edits: Sequence[Edit], why: str = "", fingerprint: str = "") -> Dataset:
    """Make the next version of a stored data set and open it; edits that change nothing make none.

    With a `fingerprint` it is refused where that isn't the current version's any more: the rows would be others.
    Raises Refused(unknown-data, not-compatible, bad-setting).
    """
    folder = folder_of(name)
    with versions.editing(folder):
        before = Dataset(folder)
        if fingerprint not in ("", before.fingerprint):
            raise Refused(
                Kind.NOT_COMPATIBLE,
                f"The data set {name!r} was changed meanwhile: version {before.version} is the current one now; "
                "look at it and make the change again.",
            )
        content = editing.applied(before.content, edits)
        if content.equals(before.content):
            return before
        return make_current(folder, versions.publish(folder, before.version, content, why or editing.words(edits)))


def undo(name: str) -> Dataset:
    """Go back to the version that the current one was made of; raises Refused(bad-setting) at the first one."""
    folder = folder_of(name)
    with versions.editing(folder):
        now = _of(folder, versions.current(folder))
        if not now.parent:
            raise Refused(Kind.BAD_SETTING, f"There is nothing to undo: {name!r} is as it was added.")
        return make_current(folder, now.parent)


def redo(name: str) -> Dataset:
    """Go on to the newest version that was made of the current one; raises Refused(bad-setting) where there is none."""
    folder = folder_of(name)
    with versions.editing(folder):
        now = versions.current(folder)
        later = [each.number for each in versions.history(folder) if each.parent == now]
        if not later:
            raise Refused(Kind.BAD_SETTING, f"There is nothing to redo: no version of {name!r} was made of this one.")
        return make_current(folder, later[-1])


def go_to(name: str, version: int) -> Dataset:
    """Make any version the current one; raises Refused(unknown-name) for one that isn't there."""
    folder = folder_of(name)
    with versions.editing(folder):
        return make_current(folder, _of(folder, version).number)


def describe(name: str, origin: str | None = None, license: str | None = None, note: str | None = None) -> Dataset:
    """Say where a stored data set is from, its licence or a note, which makes no new version; None leaves it as it is.

    Raises Refused(unknown-data, bad-setting).
    """
    folder = folder_of(name)
    given = {"origin": origin, "license": license, "note": note}
    with versions.editing(folder):
        about.write(folder, {key: text.strip() for key, text in given.items() if text is not None})
    return Dataset(folder)


def history(name: str) -> tuple[Version, ...]:
    """All versions of a stored data set in the order in which they were made; raises Refused(unknown-data)."""
    return versions.history(folder_of(name))


def version_of(name: str, fingerprint: str) -> int | None:
    """The number of the version with that fingerprint; None where no version of a stored set has it."""
    with suppress(Refused):
        return versions.find(folder_of(name), fingerprint) if fingerprint else None
    return None


def make_current(folder: Path, number: int) -> Dataset:
    """Open a version and let it be the one that everybody opens."""
    opened = Dataset(folder, number)  # what can't be opened doesn't become the current one
    versions.make_current(folder, number)
    return opened


def _of(folder: Path, number: int) -> Version:
    here = {each.number: each for each in versions.history(folder)}
    if number not in here:
        raise unknown(Kind.UNKNOWN_NAME, "version", str(number), [str(each) for each in here])
    return here[number]


def folder_of(name: str) -> Path:
    """Where a stored data set lies; raises Refused(unknown-data)."""
    names = reader.names_in(ingest.shelf_folder())
    if name not in names:
        raise unknown(Kind.UNKNOWN_DATA, "stored data set", name, names)
    return ingest.shelf_folder() / name
