"""Room on the disk for runs: told before one begins, so that it doesn't break off for want of it."""

from mlcore.errors import Kind, Refused
from mlcore.home import in_home
from mlcore.machine import disk

LEAST_BYTES = 20e6  # measured: a small CNN on digits leaves 3 MB, and has 8 at most on its way


def lack() -> str:
    """Why no run can begin, in a sentence: how much room it needs at least, and how much there is; else nothing."""
    free = disk.free(in_home("models"))
    if free >= LEAST_BYTES:
        return ""
    needed, there = f"{LEAST_BYTES / 1e6:.0f} MB", f"{free / 1e6:.1f} MB"
    return f"A run needs at least {needed} on the disk, and {there} are free; make some room."


def refuse_lack() -> None:
    """Raise Refused(disk-full) where no run can begin."""
    if words := lack():
        raise Refused(Kind.DISK_FULL, words)
