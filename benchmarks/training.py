"""Training speed: our worker with its live page open, a naive `fit`, a bare hand-written loop, and native PyTorch.

All train the same network at float32 on the same uint8 pictures on the same machine, in turns, in an order shuffled
anew each round. Figures are training pictures per second without the first epoch, so compiling isn't counted for
anybody; validation, which only ours does, is counted apart.

    python -m benchmarks.training [ROUNDS [ARCHITECTURE ...]]      needs cifar10 and mnist in MLCORE_HOME

PyTorch takes part where the environment of benchmarks/explanation.py, or this one, has it.
"""

import importlib.util
import json
import subprocess
import sys

from benchmarks.measure import measure, ratio, show, show_ratios, write
from benchmarks.server import ROOT, browser, server
from mlcore import architectures, jobs, training
from mlcore.events import EpochEnded, TrainingEnded, TrainingStarted
from mlcore.home import home

CASES = {"mlp": ("mnist", 12), "cnn": ("mnist", 4), "cnn-cifar": ("cifar10", 4)}  # data set and epochs
PEERS = ROOT / ".peers" / "bin" / "python"
OURS, FIGURE = "ours, live page open", "pictures_per_second"


def ours(architecture: str, page) -> dict:
    """A run through the worker while a browser watches its live page."""
    name, epochs = CASES[architecture]
    run = jobs.start(training.draft(name, architecture, None, [f"training.epochs={epochs}"]))
    page.goto(page.context.address + f"/train?run={run}")
    while jobs.run(run).live or jobs.run(run).state == "queued":
        page.wait_for_timeout(2000)
    seen = [line.event for line in jobs.read_events(run)[0]]
    if not any(isinstance(event, TrainingEnded) for event in seen):
        raise RuntimeError(jobs.log(run)[-2000:])
    later = [event.pictures_per_second for event in seen if isinstance(event, EpochEnded)][1:]
    jobs.remove(run)
    parameters = next(event.parameters for event in seen if isinstance(event, TrainingStarted))
    return {FIGURE: sum(later) / len(later), "parameters": parameters}


def apart(contender: str, architecture: str, python: str = sys.executable) -> dict:
    """A contender in a process of its own, as ours is."""
    name, epochs = CASES[architecture]
    batch = architectures.shelf.get(architecture).defaults["batch_size"]
    command = [python, "-m", "benchmarks.training_contenders", contender, architecture, name, str(batch), str(epochs)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if told.returncode:
        raise RuntimeError(told.stderr[-2000:])
    return json.loads(told.stdout.splitlines()[-1])


def with_torch() -> str | None:
    """The Python that has PyTorch, if there is one."""
    if importlib.util.find_spec("torch"):
        return sys.executable
    return str(PEERS) if PEERS.exists() else None


def candidates(architecture: str, page) -> dict:
    found = {
        OURS: lambda: ours(architecture, page),
        "naive fit, batch 32": lambda: apart("naive", architecture),
        "hand-written loop": lambda: apart("hand", architecture),
    }
    if python := with_torch():
        found["native PyTorch"] = lambda: apart("torch", architecture, python)
    return found


def main(rounds: int = 3, *chosen: str) -> None:
    """Measure in rounds, show the ratios, keep the result."""
    results, ratios = {}, {}
    with server(ROOT / "app.py", home(), VITRINE_WARM="0") as (address, _), browser() as chromium:
        page = chromium.new_page()
        page.context.address = address
        for architecture in chosen or CASES:
            running = candidates(architecture, page)
            results[architecture] = found = measure(running, rounds=rounds, warm=0)
            if len({found[each]["parameters"]["median"] for each in running}) > 1:
                raise RuntimeError(f"The contenders' networks for {architecture} aren't the same.")
            ratios[architecture] = {other: ratio(found, OURS, other, FIGURE) for other in list(running)[1:]}
            print(f"--- {architecture}")
            show(found)
            show_ratios(ratios[architecture])
    if not chosen:
        write("training", results, f"python -m benchmarks.training {rounds}", ratios=ratios)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:2]), *sys.argv[2:])
