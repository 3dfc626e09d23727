"""Loggers: runs shown in other tools as well, TensorBoard and MLflow, where they are installed.

A logger hears every event of a run after it was written down; trouble with one never reaches the run.
"""

import traceback
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from mlcore import durable, reader
from mlcore.contracts import Emit
from mlcore.events import EpochEnded, Event, StepsDone
from mlcore.home import in_home

FIGURES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "pictures_per_second")


class TensorBoard:
    """Writes event files into `<home>/tensorboard/<run>`; `tensorboard --logdir` shows them."""

    def __init__(self, folder: Path):
        from tensorboard.summary import Writer

        self._writer = Writer(str(in_home("tensorboard") / folder.name))

    def tell(self, figures: dict[str, float], step: int) -> None:
        for name, value in figures.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()


class MLflow:
    """Logs to the server of MLFLOW_TRACKING_URI, else into `<home>/mlruns`; a resumed run goes on in its own."""

    def __init__(self, folder: Path):
        import os

        import mlflow

        self._mlflow = mlflow
        mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI") or in_home("mlruns").as_uri())
        earlier = reader.facts(folder / "mlflow.json")
        begun = mlflow.start_run(run_id=earlier.get("run_id"), run_name=folder.name)
        durable.write_json(folder / "mlflow.json", {"run_id": begun.info.run_id})

    def tell(self, figures: dict[str, float], step: int) -> None:
        self._mlflow.log_metrics(figures, step=step)


KINDS = {"tensorboard": TensorBoard, "mlflow": MLflow}


def available() -> list[str]:
    """The loggers whose package is installed."""
    return [name for name in KINDS if find_spec(name)]


def logged(emit: Emit, names: list[str], folder: Path) -> Emit:
    """An `emit` that also tells the loggers of those names; one that fails is left out from then on."""
    opened = [logger for logger in (_quietly(lambda name=name: KINDS[name](folder)) for name in names) if logger]

    def tell(event: Event) -> None:
        emit(event)
        if isinstance(event, StepsDone | EpochEnded):
            for logger in list(opened):
                if not _quietly(lambda logger=logger: logger.tell(figures(event), event.step) or True):
                    opened.remove(logger)

    return tell if opened else emit


def figures(event: Event) -> dict[str, float]:
    """The numbers of an event that are known, by name; those of an epoch's end under names of their own."""
    prefix = "epoch/" if isinstance(event, EpochEnded) else "step/"
    values = {name: getattr(event, name, None) for name in FIGURES}
    return {prefix + name: float(value) for name, value in values.items() if value is not None}


def _quietly(work: Callable):
    try:
        return work()
    except Exception:  # another tool's trouble isn't the run's
        traceback.print_exc()
        return None
