"""Activation maximisation: a picture made to please a class or a feature map shows what it looks for.

Gradient ascent on the picture itself, starting from grey (Simonyan et al. 2013, arXiv:1312.6034, section 2). What
keeps it from becoming noise: the picture is shifted a little before each step (jitter, Mordvintsev et al. 2015)
and rough pictures lose points by their total variation (Mahendran and Vedaldi 2015, arXiv:1412.0035, eq. 6 with
beta = 2, where it is the mean squared difference of neighbours).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlcore.explanation.score import Score
from mlcore.library.classifier import Classifier
from mlcore.progress import Progress, silent
from mlcore.settings import Settings, number

START_NOISE = 8.0  # spread of the grey picture it starts from, in steps of 255: without any, all gradients may be 0
FORGET = (0.9, 0.99)  # Adam's averages, Kingma and Ba 2014, arXiv:1412.6980; the second shorter, for runs of 100 steps
STEPS_EACH_TIME = 8  # steps between two words on the progress


class MaximisationSettings(Settings):
    steps: int = number(160, 1, 2000, "Steps uphill; more are sharper and take longer")
    rate: float = number(6.0, 0.1, 64.0, "How far a pixel may move in a step, of 255", expert=True)
    smoothness: float = number(1.0, 0.0, 10.0, "How much rough pictures are held back; 0 gives noise")
    jitter: int = number(3, 0, 32, "Pixels by which the picture is shifted at most before a step", expert=True)
    seed: int = number(0, 0, 2**31 - 1, "Number that start and shifts are drawn from", expert=True)


USUAL = MaximisationSettings()


@dataclass(frozen=True, eq=False)
class Maximised:
    """A picture uint8 (H, W, 3) that a target likes, and its score before the first step and after the last."""

    picture: np.ndarray
    before: float
    after: float


def maximise(
    gradient: Callable[[np.ndarray], np.ndarray],
    value: Callable[[np.ndarray], float],
    shape: tuple[int, ...],
    settings: MaximisationSettings = USUAL,
    progress: Progress = silent,
) -> Maximised:
    """A picture of a shape (H, W, 3) for which `value` is large.

    `gradient(picture)` is the slope of `value(picture)` at float32 (H, W, 3) in 0..255. `progress` hears how far it is;
    an exception in it cancels.
    """
    rng = np.random.default_rng(settings.seed)
    picture = np.clip(128 + rng.normal(0, START_NOISE, shape), 0, 255).astype("float32")
    before, speed, size = value(picture), np.zeros_like(picture), np.zeros_like(picture)
    for step in range(1, settings.steps + 1):
        if step % STEPS_EACH_TIME == 1:
            progress((step - 1) / settings.steps, f"{step - 1} of {settings.steps} steps uphill")
        slope = _jittered(gradient, picture, rng.integers(-settings.jitter, settings.jitter + 1, 2))
        # Scores differ by orders of magnitude between layers: the slope's own size is the unit.
        slope = slope / (np.sqrt((slope**2).mean()) or 1.0) - settings.smoothness * roughness_slope(picture)
        speed = FORGET[0] * speed + (1 - FORGET[0]) * slope
        size = FORGET[1] * size + (1 - FORGET[1]) * slope**2
        move = (speed / (1 - FORGET[0] ** step)) / (np.sqrt(size / (1 - FORGET[1] ** step)) + 1e-8)
        picture = np.clip(picture + settings.rate * (1 - step / (settings.steps + 1)) * move, 0, 255)
    return Maximised(np.rint(picture).astype("uint8"), float(before), float(value(picture)))


def of_class(
    classifier: Classifier, target: int, settings: MaximisationSettings = USUAL, progress: Progress = silent
) -> Maximised:
    """A picture for which the score (logit) of a class is large."""
    from mlcore.backend.gradients import score_of

    return _of_score(score_of(classifier.model), target, settings, progress)


def of_channel(
    classifier: Classifier,
    layer: str,
    channel: int,
    settings: MaximisationSettings = USUAL,
    progress: Progress = silent,
) -> Maximised:
    """A picture for which the mean of a feature map is large; raises Refused(unknown-name)."""
    from mlcore.backend.channels import channels_of

    return _of_score(channels_of(classifier.model, layer, channel), channel, settings, progress)


def roughness(picture: np.ndarray) -> float:
    """How much neighbours differ: half the sum of squared differences, in units of 255."""
    return sum(float((np.diff(picture, axis=axis) ** 2).sum()) for axis in (0, 1)) / 510


def roughness_slope(picture: np.ndarray) -> np.ndarray:
    """The slope of `roughness`, float32 (H, W, 3)."""
    slope = np.zeros_like(picture)
    for axis in (0, 1):
        steps = np.diff(picture, axis=axis) / 255
        ahead, behind = [(0, 0)] * 3, [(0, 0)] * 3
        ahead[axis], behind[axis] = (1, 0), (0, 1)
        slope += np.pad(steps, ahead) - np.pad(steps, behind)
    return slope


def _of_score(score: Score, target: int, settings: MaximisationSettings, progress: Progress) -> Maximised:
    return maximise(
        lambda picture: score.gradient(picture[None], target)[0],
        lambda picture: float(score.values(picture[None], target)[0]),
        score.shape,
        settings,
        progress,
    )


def _jittered(gradient: Callable[[np.ndarray], np.ndarray], picture: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """The slope at the shifted picture, shifted back."""
    down, right = (int(each) for each in shift)
    return np.roll(gradient(np.roll(picture, (down, right), (0, 1))), (-down, -right), (0, 1))
