"""Time to a wanted accuracy: from the command to a finished, measured model, for CIFAR-10 and MNIST.

Each round is a whole run of the worker with another seed, judged on all 10,000 test pictures once, at its end; the
recipe is fixed beforehand, so nobody looks at the test to know when to stop.

    python -m benchmarks.time_to_accuracy [ROUNDS [NAME ...]]      needs cifar10 and mnist in MLCORE_HOME
"""

import sys
import time
from statistics import median

from benchmarks.measure import show, summary, write
from mlcore import jobs, library, training
from mlcore.events import EpochEnded, TrainingEnded

WANTED = {
    "CIFAR-10, 80 %": (0.80, "cifar10", ["training.epochs=4"]),
    "MNIST, 99.2 %": (0.992, "mnist", ["settings.width=16", "training.epochs=2", "training.learning_rate=0.2"]),
}
ARCHITECTURE = "fast-cnn"


def once(name: str, assignments: list[str], seed: int, architecture: str = ARCHITECTURE, watch=lambda: None) -> dict:
    """Train one model; gives its test accuracy and what it took. `watch` is called while it trains."""
    recipe = training.draft(name, architecture, None, [*assignments, f"training.seed={seed}"])
    started = time.perf_counter()
    run = jobs.start(recipe)
    while jobs.run(run).live or jobs.run(run).state == "queued":
        watch()
        time.sleep(0.2)
    seconds = time.perf_counter() - started
    seen = [line.event for line in jobs.read_events(run)[0]]
    ended = [event for event in seen if isinstance(event, TrainingEnded)]
    if not ended:
        raise RuntimeError(jobs.log(run)[-2000:])
    accuracy = library.card_of(run).accuracy.value
    jobs.remove(run)
    return {
        "test_accuracy": accuracy,
        "training_seconds": ended[-1].seconds,
        "training_cpu_seconds": ended[-1].cpu_seconds,
        "seconds_to_the_finished_model": seconds,
        "pictures_per_second": median(event.pictures_per_second for event in seen if isinstance(event, EpochEnded)),
    }


def main(rounds: int = 3, *chosen: str) -> None:
    """Measure each data set with as many seeds as there are rounds, show and keep the figures."""
    results, reached = {}, {}
    for title, (wanted, name, assignments) in WANTED.items():
        if not chosen or name in chosen:
            rows = [once(name, assignments, seed) for seed in range(rounds)]
            results[title] = {figure: summary([row[figure] for row in rows]) for figure in rows[0]}
            reached[title] = sum(row["test_accuracy"] >= wanted for row in rows)
            show({title: results[title]})
            print(f"{reached[title]} of {rounds} runs reached {wanted:.1%}", flush=True)
    if not chosen:
        write("time_to_accuracy", results, f"python -m benchmarks.time_to_accuracy {rounds}", runs_that_reached=reached)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:2]), *sys.argv[2:])
