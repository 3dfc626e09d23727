"""Expected gradients (Erion et al. 2019, arXiv:1906.10670)."""

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.explanation.attribution import Attribution
from mlcore.explanation.methods import methods
from mlcore.explanation.score import Score
from mlcore.explanation.toolkit import perturbation
from mlcore.explanation.toolkit.path import completeness_gap
from mlcore.progress import Progress, silent
from mlcore.settings import Settings, number


class ExpectedGradientsSettings(Settings):
    steps: int = number(4, 1, 100, "Places on the way from each background picture; more are more exact")
    pictures: int = number(64, 1, 64, "Background pictures to start from, as many as there are")
    seed: int = number(0, 0, 2**31 - 1, "Number that the places are drawn from", expert=True)


@methods.add(
    "expected-gradients",
    "Expected gradients",
    ExpectedGradientsSettings,
    traits=("signed", "complete", "random", "background", "slow", "reports"),
)
def expected_gradients(
    settings: ExpectedGradientsSettings, score: Score, picture: np.ndarray, target: int, progress: Progress = silent
) -> Attribution:
    """What each pixel adds to the score compared with ordinary pictures instead of a plain one.

    Eq. 3: integrated gradients averaged over a background of training pictures, summed over colours. Where the
    paper draws every place on the way at random, here each background picture gets evenly spread places with a
    random offset, and the offsets are evenly spread, too: the same mean with less noise. `completeness_gap` is how
    far the sum of the heat is from the score above the background's mean score, as a share of it; `background`
    says where the pictures are from. Raises Refused(missing-data) where there are none.
    """
    if score.background is None:
        raise Refused(Kind.MISSING_DATA, "Expected gradients compare with background pictures, and none are given.")
    starts = score.background[: settings.pictures]
    rng, count = np.random.default_rng(settings.seed), len(starts)
    offsets = (rng.permutation(count) + rng.random(count)) / count
    shares = ((np.arange(settings.steps) + offsets[:, None]) / settings.steps).astype("float32").ravel()
    origin = np.repeat(np.arange(count), settings.steps)  # the background picture that each place is on the way from
    total = np.zeros_like(picture)
    for part in perturbation.groups(len(shares), picture.shape):
        start = starts[origin[part]]
        way = picture - start
        points = start + shares[part, None, None, None] * way
        total += (way * score.gradient(points, target)).sum(axis=0)
        progress(part.stop / len(shares))
    values = total / len(shares)
    before = float(score.values(starts, target).mean())
    facts: dict[str, float | str] = {
        "completeness_gap": completeness_gap(values, before, float(score.values(picture[None], target)[0])),
        "score_of_the_background": before,
        "background": score.background_origin,
    }
    return Attribution(values.sum(axis=-1), values, facts)
