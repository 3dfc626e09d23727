"""Work in the background makes room for what a person waits for."""

import contextlib
import os
from pathlib import Path

NICE = 10  # pages stay quick while a run has the rest of the machine
GROUP = Path("/proc/self/autogroup")


def step_back() -> None:
    """Let other processes go first; a process that did so already stays where it is.

    Many a Linux desktop shares the processor between sessions before it looks at niceness, so a process with a session
    of its own would take half of the machine however nice it is (sched(7), "The autogroup feature"): then the session
    steps back as well.
    """
    with contextlib.suppress(OSError, AttributeError):
        os.nice(max(0, NICE - os.nice(0)))
    with contextlib.suppress(OSError, AttributeError):
        if GROUP.exists() and os.getsid(0) == os.getpid():
            GROUP.write_text(str(NICE))
