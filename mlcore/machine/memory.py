"""How much memory is left, and whether a process that vanished was ended for want of it."""

import ctypes
import re
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

CGROUP = Path("/sys/fs/cgroup")
# the limit and what is used of it, in a container of version 2 and of version 1
LIMITS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))
STATES = ("memory.stat", "memory/memory.stat")
KILLS = ("memory.events", "memory/memory.oom_control")
VMSTAT = Path("/proc/vmstat")
WORDS = (  # of libraries that are refused memory, in errors whose type doesn't tell, or in their last printed line
    "RESOURCE_EXHAUSTED",  # JAX
    "CUDA_ERROR_OUT_OF_MEMORY",
    "annot allocate memory",
    "failed to allocate",
    "failed to map segment",
    "bad_alloc",
    "can't start new thread",
    "pthread_create failed",
)
LITTLE = 0.05  # share of the memory that is free just before the system ends a process


def available() -> int:
    """Bytes that can still be used: of the machine, or of the container where that allows less."""
    free = psutil.virtual_memory().available
    limit, used = _limit()
    return free if limit is None or used is None else max(0, min(free, limit - used + _files_at_hand()))


def total() -> int:
    """Bytes that the machine, or the container where that allows less, has in all."""
    whole, limit = psutil.virtual_memory().total, _limit()[0]
    return whole if limit is None else min(whole, limit)


def endings() -> int | None:
    """How many processes the system has ended for want of memory since it started; None where it doesn't tell."""
    for path in (*(CGROUP / name for name in KILLS), VMSTAT):
        try:
            if match := re.search(r"^oom_kill (\d+)$", path.read_text(), re.MULTILINE):
                return int(match[1])
        except OSError:
            continue
    return None


def facts() -> dict:
    """What a process notes down from time to time, so that its end can be explained."""
    return {"available": available(), "total": total(), "endings": endings()}


def ran_out(before: dict, after: dict) -> bool:
    """Whether want of memory explains the end of a process, by the facts before and just after it."""
    counted = before.get("endings") is not None and after.get("endings") is not None
    if counted and after["endings"] > before["endings"]:
        return True
    free = before.get("available")
    return free is not None and free < LITTLE * before.get("total", 0)


def is_named_in(text: str) -> bool:
    """Whether the text of an error is about memory."""
    return any(words in text for words in WORDS)


def _files_at_hand() -> int:
    """Bytes that a container's use counts and the system takes back when they are needed: files read lately."""
    for path in (CGROUP / name for name in STATES):
        with suppress(OSError):
            if match := re.search(r"^(?:total_)?inactive_file (\d+)$", path.read_text(), re.MULTILINE):
                return int(match[1])
    return 0


def _limit() -> tuple[int | None, int | None]:
    """What a container may use and uses, in bytes; version 1 writes a number beyond all memory for no limit."""
    pairs = ((_number(CGROUP / limit), _number(CGROUP / used)) for limit, used in LIMITS)
    return next((pair for pair in pairs if pair[0] is not None), (None, None))


def _number(path: Path) -> int | None:
    try:
        text = path.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def give_back() -> bool:
    """Hand memory that was freed, and is held for reuse, back to the system; whether the platform can be asked to.

    Pillow decodes in blocks of 16 MB, which glibc keeps for the thread that freed them: after eight photographs of 48
    megapixels a server held 2,062 MB without this and 1,508 with it; after eight small ones it holds 1,562.
    """
    trim = getattr(_c_library(), "malloc_trim", None)
    return bool(trim is not None and trim(0) >= 0)


@cache
def _c_library() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows
        return None
