"""One look at a run: the bar, the numbers, the epoch and the charts of one drawing all come from the same moment."""

from dataclasses import dataclass
from functools import cached_property

from mlcore import jobs
from mlcore.events import EpochEnded, PartsDone, StageStarted, StepsDone, TrainingEnded, TrainingStarted
from mlcore.jobs import Run
from pages.parts import formatting
from pages.parts.runs import history

LOADING, TRAINING, MEASURING = "loading", "training", "measuring"
PHASES = (LOADING, TRAINING, MEASURING)
LOSSES, STEPS = (StepsDone, EpochEnded), (StepsDone, EpochEnded, PartsDone, *history.BY_STEPS)


@dataclass(frozen=True)
class Look:
    """A run and all that it had told when it was looked at."""

    run: Run
    events: list

    @cached_property
    def phase(self) -> str:
        """Whether a training run loads, trains or measures what it trained."""
        marks = [event for event in self.events if isinstance(event, StageStarted | TrainingStarted | TrainingEnded)]
        borders = [event for event in marks if not isinstance(event, StageStarted)]
        if not borders or isinstance(borders[-1], TrainingStarted):
            return TRAINING if marks and marks[-1] in borders else LOADING
        return LOADING if borders[-1].reason == "stopped" else MEASURING

    @cached_property
    def started(self) -> TrainingStarted | None:
        """What training announced when it began."""
        return history.latest(self.events, TrainingStarted)

    @cached_property
    def step(self) -> StepsDone | EpochEnded | None:
        """The last word of loss and accuracy."""
        return history.latest(self.events, LOSSES)

    @cached_property
    def validated(self) -> EpochEnded | None:
        """The last finished epoch, which was measured on validation pictures."""
        ended = history.epochs(self.events)
        return ended[-1] if ended else None

    @cached_property
    def share(self) -> float:
        """How far the work is, by the very event that tells the epoch; training that is over is whole."""
        last = history.latest(self.events, STEPS)
        if self.run.state == "done" or (self.run.kind == "train" and self.phase == MEASURING):
            return 1.0
        if self.run.state == "queued" or last is None:
            return 0.0
        done, total = (last.done, last.total) if isinstance(last, PartsDone) else (last.step, self._steps(last))
        return min(1.0, done / max(1, total))

    def _steps(self, last) -> int:
        """Steps in all; the end of an epoch doesn't tell them."""
        reported = last if hasattr(last, "steps") else history.latest(self.events, StepsDone)
        if reported:
            return reported.steps
        return self.started.epochs * self.started.steps_per_epoch if self.started else last.step

    @property
    def epoch(self) -> str:
        """Where training is, such as 'epoch 4 of 10'."""
        return f"epoch {self.step.epoch} of {self.started.epochs}" if self.step and self.started else ""

    @property
    def basis(self) -> str:
        """What loss and training accuracy are means of."""
        if self.step is None:
            return ""
        return f"mean of epoch {self.step.epoch}" + ("" if isinstance(self.step, EpochEnded) else " so far")

    @property
    def figures(self) -> dict[str, tuple[str, str]]:
        """The numbers of a training run, each with what it is."""
        step, last = self.step, self.validated
        return {
            "Loss": (_number(step.loss if step else None), self.basis),
            "Training accuracy": (formatting.percent(step.accuracy if step else None), self.basis),
            "Validation accuracy": (
                formatting.percent(last.val_accuracy if last else None),
                f"after epoch {last.epoch}" if last else "",
            ),
            "Pictures per second": (f"{step.pictures_per_second:,.0f}" if step else "–", "while training"),
        }


def at(run_id: str) -> Look:
    """Look at a run now."""
    run = jobs.run(run_id)
    return Look(run, history.of(run))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
