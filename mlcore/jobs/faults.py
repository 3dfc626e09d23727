"""What ended a run, outside our own checks: the disk, the memory, or a fault of ours."""

import errno
import resource

import psutil

from mlcore.errors import Kind
from mlcore.jobs.postmortem import DISK_FULL
from mlcore.machine import disk, memory

NEAR = 0.8  # of the address space that a process may have: what a library wants next doesn't fit


def reason(error: BaseException) -> tuple[str, str]:
    """Kind and sentence for an error."""
    if disk.is_full(error):
        return Kind.DISK_FULL, DISK_FULL
    if _is_of_memory(error):
        return Kind.OUT_OF_MEMORY, f"The machine ran out of memory{_limit_words()}."
    return "internal", f"This failed by a fault of ours ({type(error).__name__}); the log has the details."


def _is_of_memory(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, is about memory; an engine's own type often doesn't tell."""
    if error is None:
        return False
    named = isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"
    said = memory.is_named_in(str(error)) or getattr(error, "errno", None) == errno.ENOMEM
    return named or said or _is_cut_short(error) or _is_of_memory(error.__cause__ or error.__context__)


def _is_cut_short(error: BaseException) -> bool:
    """Whether a library gave up without a word while memory was nearly gone: Python then says SystemError."""
    if not isinstance(error, SystemError | ImportError | RuntimeError):
        return False
    limit = _limit()
    used_up = limit is not None and psutil.Process().memory_info().vms > NEAR * limit
    return used_up or memory.available() < memory.LITTLE * memory.total()


def _limit() -> int | None:
    """Bytes of address space that this process may have; None where there is no limit."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


def _limit_words() -> str:
    limit = _limit()
    return f", of which this process may have {limit / 1e9:.1f} GB" if limit else ""
