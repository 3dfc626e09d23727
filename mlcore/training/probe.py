"""How long a step takes, measured on a few that are thrown away."""

import time
from typing import Any

import numpy as np

TIMED_STEPS = 3


def seconds_per_step(model: Any, batch: tuple[np.ndarray, np.ndarray], steps: int = TIMED_STEPS) -> float:
    """Train a compiled network on a batch a few times; the first step, which compiles it, isn't counted."""
    model.train_on_batch(*batch)
    started = time.perf_counter()
    for _ in range(steps):
        model.train_on_batch(*batch)
    return (time.perf_counter() - started) / steps
