"""What the engines must be told before they are loaded; every process of ours passes here first."""

import os

BEFORE_LOADING = {
    # Take GPU memory as it is needed, not all at once: a page that answers and a run that trains share one device.
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}


def prepare() -> None:
    """Set what isn't set yet; without effect once an engine is loaded."""
    for name, value in BEFORE_LOADING.items():
        os.environ.setdefault(name, value)
