"""Loading the engine of a run without what Keras only looks for: 0.8 of 3.5 CPU-seconds less."""

import sys

ONLY_LOOKED_FOR = ("sklearn", "pandas")  # for wrappers and inputs that no run of ours has


def load() -> None:
    """Load Keras in a process in which no other thread imports anything; what was left out can be imported later."""
    hidden = [name for name in ONLY_LOOKED_FOR if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type] # None: as if it weren't installed
    try:
        import keras  # noqa: F401 - to have it loaded
    finally:
        for name in hidden:
            del sys.modules[name]
