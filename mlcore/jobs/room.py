"""Room on the disk for runs: told before one begins, so that it doesn't break off for want of it.

How much a network needs is known when it is built: then its own worker looks once more (`mlcore.training.trainer`).
"""

from mlcore.errors import Kind, Refused
from mlcore.home import in_home
from mlcore.machine import disk

LEAST_BYTES = 10e6  # an MLP and a CNN on digits left 3.5 and 2.9 MB; more epochs and a best one take as much again


def lack() -> str:
    """Why no run can begin, in a sentence: how much room it needs at least, and how much there is; else nothing."""
    return disk.lack(in_home("models"), LEAST_BYTES, "A run, even a small one,")


def refuse_lack() -> None:
    """Raise Refused(disk-full) where no run can begin."""
    if words := lack():
        raise Refused(Kind.DISK_FULL, words)
