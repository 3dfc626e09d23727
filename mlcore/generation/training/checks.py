"""Looks at a generator in training, now and then: what its pictures are like, what the critic makes of them."""

import time
from dataclasses import asdict

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.events import FaultGone, FaultSeen, SamplesChecked
from mlcore.generation.latent.sampling import draw, fixed_vectors
from mlcore.generation.training import faults
from mlcore.generation.training.reference_set import Yardstick

SHARE = 0.03  # of the training time that looks may take
SCORED = 64  # real pictures that the critic is asked about


class Looks:
    """Judges the pictures of the preview and tells of faults that come and go.

    The looks so far are kept in `progress.history`, so that a resumed run neither repeats nor forgets what it told.
    """

    def __init__(self, plan, dataset):
        self._plan, self._dataset = plan, dataset
        self._given, columns = fixed_vectors(plan, len(dataset.classes))
        places = np.arange(len(self._given)) % columns
        self._asked = None if plan.conditioning == "none" else places
        self._yardstick, self._told, self._due = None, None, 0.0

    def look(self, gan, progress, emit) -> bool:
        """Look, unless it is too early; whether a fault came or went. Raises Refused where nothing can come of it."""
        before = [SamplesChecked(**values, real_scores=[], made_scores=[]) for values in progress.history]
        if progress.seconds < self._due or (before and before[-1].step >= progress.step):
            return False
        self._yardstick = self._yardstick or self._prepared(gan)
        began = time.perf_counter()
        found = self._found(gan, progress.step)
        self._due = progress.seconds + (time.perf_counter() - began) / SHARE
        emit(found)
        progress.history.append({name: value for name, value in asdict(found).items() if not name.endswith("_scores")})
        return self._tell(before, [*before, found], emit)

    def _prepared(self, gan) -> Yardstick:
        """The yardstick; the critic answers once before it is timed, since its first answer takes far longer."""
        yardstick = Yardstick(self._dataset, self._asked)
        gan.scores(yardstick.pictures[:SCORED], yardstick.labels[:SCORED])
        return yardstick

    def _found(self, gan, step: int) -> SamplesChecked:
        made, real = draw(gan.averaged, self._given), self._yardstick
        asked = np.zeros(len(made), int) if self._asked is None else self._asked
        scores = gan.scores(real.pictures[:SCORED], real.labels[:SCORED]), gan.scores(made, asked)
        return SamplesChecked(
            step=step,
            **real.held_against(made),
            critic_right=float((scores[0][:, None] > scores[1]).mean()),
            generator_loss=float(gan.trackers[1].result()) if step else None,
            real_scores=[round(float(score), 3) for score in scores[0]],
            made_scores=[round(float(score), 3) for score in scores[1]],
        )

    def _tell(self, before: list, looks: list, emit) -> bool:
        known = faults.present(before) if self._told is None else self._told
        self._told, newest = faults.present(looks), looks[-1]
        for kind in sorted(self._told - known):
            emit(FaultSeen(kind, newest.step, faults.FAULTS[kind].words(newest, self._plan)))
        for kind in sorted(known - self._told):
            emit(FaultGone(kind, newest.step, faults.FAULTS[kind].gone))
        if faults.is_hopeless(looks):
            raise Refused(Kind.DEAD_OUTPUT, faults.hopeless(self._plan))
        return known != self._told
