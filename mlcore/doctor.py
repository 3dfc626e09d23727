"""What this machine can do, and what to do about what it can't."""

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from mlcore import library
from mlcore.home import home
from mlcore.machine import devices, memory

NEEDED = ("tensorflow", "keras", "streamlit", "plotly", "pandas", "pillow", "pydantic", "scikit-learn", "psutil")
ROOM_BYTES = 2e9


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` says what to do when it isn't well."""

    name: str
    ok: bool
    value: str
    advice: str = ""


def examine() -> list[Finding]:
    """Look at interpreter, packages, device, memory, disk and library."""
    return [
        _python(),
        *(_package(name) for name in NEEDED),
        _fast_answers(),
        _videos(),
        device(),
        _memory(),
        _disk(),
        _writable(),
        _models(),
    ]


def device() -> Finding:
    """The processor or GPU that training would use, found without loading TensorFlow."""
    if devices.gpus() and not devices.can_use_gpus():
        return Finding("device", False, "A GPU is here but TensorFlow can't use it.", "Install requirements-gpu.txt.")
    used = [_described(each) for each in devices.devices() if each.name in devices.places()]
    return Finding("device", True, "; ".join(used))


def _described(device: devices.Device) -> str:
    """A device in words; a GPU with its memory and use."""
    if device.name == "cpu":
        return device.title
    busy = "" if device.busy is None else f", {100 * device.busy:.0f} % busy"
    return f"{device.title}, {device.used / 1e9:.1f} of {device.memory / 1e9:.1f} GB used{busy}"


def _python() -> Finding:
    ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("python", ok, platform.python_version(), "" if ok else "Use Python 3.11, 3.12 or 3.13.")


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "missing", "Install requirements.txt.")


def _fast_answers() -> Finding:
    ok = find_spec("ai_edge_litert") is not None
    return Finding(
        "answers before TensorFlow",
        ok,
        "yes" if ok else "no",
        "" if ok else "Install ai-edge-litert; until then first answers wait for TensorFlow.",
    )


def _videos() -> Finding:
    ok = find_spec("av") is not None
    advice = "Install the package av, or bring animated GIFs and folders of frames."
    return Finding("videos", ok, "yes" if ok else "no", "" if ok else advice)


def _memory() -> Finding:
    free = memory.available()
    return Finding(
        "free memory",
        free > ROOM_BYTES,
        f"{free / 1e9:.1f} GB",
        "" if free > ROOM_BYTES else "Training needs about 2 GB; close something.",
    )


def _disk() -> Finding:
    folder = next(path for path in (home(), *home().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return Finding(
        "free disk",
        free > ROOM_BYTES,
        f"{free / 1e9:.1f} GB",
        "" if free > ROOM_BYTES else "Remove data sets or models that aren't needed.",
    )


def _writable() -> Finding:
    folder = next(path for path in (home(), *home().parents) if path.exists())
    ok = os.access(folder, os.W_OK)
    return Finding("home", ok, str(home()), "" if ok else "Set MLCORE_HOME to a folder that can be written.")


def _models() -> Finding:
    count = len(library.all())
    return Finding(
        "models",
        count > 0,
        f"{count} in the library",
        "" if count else "The starter models are missing; fetch the project again.",
    )
