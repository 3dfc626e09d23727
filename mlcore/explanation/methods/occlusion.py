"""Occlusion: sensitivity to a hiding square (Zeiler and Fergus 2013, arXiv:1311.2901)."""

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit import baselines, perturbation
from mlcore.progress import Progress, silent
from mlcore.settings import Settings, choice, number

WINDOWS = 8  # windows side by side along the shorter side, unless a size is given


class OcclusionSettings(Settings):
    window: int = number(0, 0, 512, "Side of the square that hides, in pixels; 0 for an eighth of the shorter side")
    stride: int = number(0, 0, 512, "Pixels from one place of the square to the next; 0 for half the square's side")
    baseline: baselines.Baseline = choice("mean", baselines.HELP)


@methods.add("occlusion", "Occlusion", OcclusionSettings, traits=("signed", "slow", "reports"))
def occlusion(
    settings: OcclusionSettings, score: Score, picture: np.ndarray, target: int, progress: Progress = silent
) -> Attribution:
    """How much of the score is lost when a square hides a place.

    Section 4.2: a square goes over the picture, and each of its places is worth the score of the picture minus
    the score with the square there. A pixel gets the mean over the squares that hid it. `squares` is how many
    were tried. The paper shows the probability with a grey square; this is the logit.
    """
    window = _side(settings.window, min(picture.shape[:2]), WINDOWS)
    stride = _side(settings.stride, window, 2)
    if stride > window:
        raise Refused(
            Kind.BAD_SETTING,
            f"With a stride of {stride} squares of {window} pixels leave gaps; the stride can be {window} at the most.",
        )
    height, width = picture.shape[:2]
    rows, columns = _places(height, window, stride), _places(width, window, stride)
    down, right = np.repeat(np.arange(len(rows)), len(columns)), np.tile(np.arange(len(columns)), len(rows))
    plain = baselines.plain(picture, settings.baseline)
    after = perturbation.scores(
        score,
        target,
        picture,
        plain,
        len(down),
        lambda part: ~(rows[down[part], :, None] & columns[right[part], None, :]),
        progress,
    )
    before = float(score.values(picture[None], target)[0])
    lost = (before - after).reshape(len(rows), len(columns))
    heat = rows.T.astype(float) @ lost @ columns / np.outer(rows.sum(axis=0), columns.sum(axis=0))
    return Attribution(heat.astype("float32"), diagnostics={"squares": float(len(after)), "square": f"{window} pixels"})


def _side(given: int, whole: int, parts: int) -> int:
    """What was given, or by itself one of so many parts of the whole."""
    return given or max(1, round(whole / parts))


def _places(side: int, window: int, stride: int) -> np.ndarray:
    """Which pixels along a side each place of the window covers: bool (places, side); the last ends at the edge."""
    window = min(window, side)
    starts = np.unique(np.append(np.arange(0, side - window, stride), side - window))
    pixels = np.arange(side)
    return (pixels >= starts[:, None]) & (pixels < starts[:, None] + window)
