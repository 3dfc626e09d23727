"""What a run can compute on: the GPUs that the driver knows, and the processor. Loads no TensorFlow."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec

from mlcore.home import in_home
from mlcore.machine import memory

QUERY = "index,name,memory.total,memory.used,utilization.gpu"
FRESH_SECONDS = 5  # asking the driver takes tens of milliseconds
AUTO = "auto"


@dataclass(frozen=True)
class Device:
    """A device: `name` for scripts ("cpu", "gpu:0"), memory in bytes, `busy` its use as a share, None when unknown."""

    name: str
    title: str
    memory: int
    used: int
    busy: float | None


def devices() -> list[Device]:
    """Every device that can train: GPUs first, the processor last."""
    return [*(gpus() if can_use_gpus() else ()), _processor()]


def gpus() -> tuple[Device, ...]:
    """The NVIDIA GPUs that the driver knows; not older than five seconds."""
    return _asked(int(time.monotonic() / FRESH_SECONDS))


def can_use_gpus() -> bool:
    """Whether the CUDA libraries that TensorFlow wants are installed; see requirements-gpu.txt."""
    return find_spec("nvidia") is not None


def places() -> list[str]:
    """Where runs go that name no device: every GPU, or the processor where there is none."""
    return [device.name for device in devices()[:-1]] or ["cpu"]


def environment(names: list[str]) -> dict[str, str]:
    """What a process must be told to see these devices only; nothing where there is no choice."""
    if not can_use_gpus() or not gpus():
        return {}
    if names == ["cpu"]:
        return {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
    return {
        "CUDA_VISIBLE_DEVICES": ",".join(name.removeprefix("gpu:") for name in names),
        "JAX_COMPILATION_CACHE_DIR": str(in_home("cache/jax")),  # halves the start of a run like an earlier one
    }


def parse(text: str) -> tuple[Device, ...]:
    """Devices from the lines of `nvidia-smi --query-gpu`; values that it doesn't tell are zero or None."""
    rows = (line.split(", ") for line in text.strip().splitlines())
    return tuple(_gpu(*row) for row in rows if len(row) == len(QUERY.split(",")) and row[0].isdigit())


def _gpu(index: str, name: str, total: str, used: str, busy: str) -> Device:
    return Device(
        f"gpu:{index}", name, _mebibytes(total), _mebibytes(used), int(busy) / 100 if busy.isdigit() else None
    )


def _mebibytes(text: str) -> int:
    return int(text) << 20 if text.isdigit() else 0


@lru_cache(maxsize=1)
def _asked(moment: int) -> tuple[Device, ...]:
    program = shutil.which("nvidia-smi")
    if not program:
        return ()
    command = [program, f"--query-gpu={QUERY}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ()
    return parse(answer.stdout)


def _processor() -> Device:
    total = memory.total()
    return Device("cpu", f"CPU, {os.cpu_count()} cores", total, max(0, total - memory.available()), None)
