"""Another size of a packed data set: a new version that reads the same files at it."""

from mlcore.data import sizes, versions
from mlcore.data.history import folder_of, make_current
from mlcore.data.store import Dataset
from mlcore.errors import Kind, Refused


def resized(name: str, side: int, why: str = "") -> Dataset:
    """Make and open a version of a packed data set whose pictures are squares of so many pixels; undone as any edit.

    Raises Refused(unknown-data, bad-setting, not-compatible).
    """
    sizes.check_side(side)
    folder = folder_of(name)
    with versions.editing(folder):
        before = Dataset(folder)
        if before.store != "packed":
            raise Refused(Kind.NOT_COMPATIBLE, _has_no_files(before))
        shape = (side, side, 3)
        if shape == tuple(before.shape):
            return before
        said = why or f"pictures of {side} x {side} pixels"
        return make_current(folder, versions.publish(folder, before.version, before.content, said, shape))


def _has_no_files(dataset: Dataset) -> str:
    height, width = dataset.shape[-3:-1]
    return (
        f"The data set {dataset.name!r} keeps {width} x {height} pixels of each picture and no files: add them "
        "again at another size, or packed (`--store packed`), which lets the size be changed at any time."
    )
