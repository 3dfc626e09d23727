"""Side-by-side measurement: named candidates, one process, shuffled rounds, median and spread.

result = measure({"ours": ours, "bare": bare}, rounds=7)
ratio(result, "ours", "bare")["median"]     # of the rounds' own ratios, so a busy moment hits both
write("predict", result, command="python -m benchmarks.predict")
"""

import json
import os
import platform
import random
import resource
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from statistics import median, quantiles

from mlcore import durable

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "tensorflow", "keras", "ai-edge-litert", "jax", "streamlit", "pillow", "playwright")


def measure(candidates: dict[str, Callable], rounds: int = 7, warm: int = 1, calls: int = 1, seed: int = 0) -> dict:
    """Time every candidate in every round, in an order shuffled anew each round.

    A round calls a candidate `calls` times and keeps the mean, for things too quick for the clock. CPU
    seconds include finished child processes. Figures that a candidate returns as a dict of numbers are kept
    beside the times. Gives, per candidate and figure: median, quartiles, extremes and the rounds themselves.
    """
    for run in list(candidates.values()) * warm:
        run()
    shuffled = random.Random(seed)  # noqa: S311 - an order of measurement, not a secret
    samples: dict[str, list[dict]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name in shuffled.sample(sorted(candidates), len(candidates)):
            samples[name].append(_once(candidates[name], calls))
    return {name: _by_figure(rows) for name, rows in samples.items()}


def ratio(result: dict, one: str, other: str, figure: str = "wall_seconds") -> dict:
    """How many times `other` fits into `one`, from the two's figures of the same round."""
    pairs = zip(result[one][figure]["rounds"], result[other][figure]["rounds"], strict=True)
    return summary([a / b for a, b in pairs])


def summary(values: list[float]) -> dict:
    """Median, quartiles and extremes of some rounds."""
    low, _, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    figures = {"median": median(values), "quartiles": [low, high], "extremes": [min(values), max(values)]}
    return {**_rounded(figures), "n": len(values), "rounds": [float(f"{value:.6g}") for value in values]}


def machine() -> dict:
    """What the figures were taken on: processor, cores, memory, system and how busy it was; no names."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }


def versions() -> dict[str, str]:
    """Python's version and that of each package which matters here and is installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def write(name: str, result: dict, command: str, **facts) -> Path:
    """Keep a result as results/<name>.json with the command, machine and versions that made it."""
    path = RESULTS / f"{name}.json"
    taken = {"taken": time.strftime("%Y-%m-%d"), "command": command, "machine": machine(), "versions": versions()}
    durable.write_json(path, {**taken, **facts, "result": result})
    return path


def show(result: dict) -> None:
    """Print one line per candidate and figure."""
    for name, figures in result.items():
        for figure, values in figures.items():
            low, high = values["extremes"]
            print(f"{name:28} {figure:22} median {values['median']:<10.4g} {low:.4g} to {high:.4g}  n={values['n']}")


def show_ratios(ratios: dict) -> None:
    """Print one line per other candidate: how many times its speed ours has."""
    for other, values in ratios.items():
        low, high = values["extremes"]
        print(f"ours / {other}: {values['median']:.2f} ({low:.2f} to {high:.2f})", flush=True)


def _once(run: Callable, calls: int) -> dict[str, float]:
    wall, cpu = time.perf_counter(), _cpu_seconds()
    for _ in range(calls):
        returned = run()
    times = {"wall_seconds": (time.perf_counter() - wall) / calls, "cpu_seconds": (_cpu_seconds() - cpu) / calls}
    return {**times, **returned} if isinstance(returned, dict) else times


def _by_figure(rows: list[dict[str, float]]) -> dict[str, dict]:
    return {figure: summary([row[figure] for row in rows]) for figure in rows[0]}


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _rounded(figures: dict) -> dict:
    return json.loads(json.dumps(figures), parse_float=lambda text: float(f"{float(text):.4g}"))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"
