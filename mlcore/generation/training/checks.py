"""Checks of a generator in training, now and then: how varied its pictures are, what the critic makes of them."""

import time
from dataclasses import asdict

import numpy as np

from mlcore.contracts import Emit
from mlcore.data import Dataset
from mlcore.errors import Kind, Refused
from mlcore.events import FaultGone, FaultSeen, SamplesChecked
from mlcore.generation.latent.sampling import draw, fixed_vectors
from mlcore.generation.settings import GanSettings
from mlcore.generation.training import faults
from mlcore.generation.training.reference_set import ReferenceSet
from mlcore.tensors import KerasModel
from mlcore.training.checkpoint import Progress

SHARE = 0.03  # of the training time that looks may take
SCORED = 64  # real pictures that the critic is asked about


class Checks:
    """Judges the pictures of the preview and tells of faults that come and go.

    The looks so far are kept in `progress.history`, so that a resumed run neither repeats nor forgets what it told.
    """

    def __init__(self, plan: GanSettings, dataset: Dataset):
        self._plan, self._dataset, self._due = plan, dataset, 0.0
        self._vectors, columns = fixed_vectors(plan, len(dataset.classes))
        self._asked = None if plan.conditioning == "none" else np.arange(len(self._vectors)) % columns
        self._reference: ReferenceSet | None = None
        self._faults: set[str] | None = None  # those told so far; None before the first look

    def look(self, gan: KerasModel, progress: Progress, emit: Emit) -> bool:
        """Look, unless it is too early; whether a fault came or went. Raises Refused where nothing can come of it."""
        before = [SamplesChecked(**values, real_scores=[], made_scores=[]) for values in progress.history]
        if progress.seconds < self._due or (before and before[-1].step >= progress.step):
            return False
        self._reference = self._reference or self._prepare(gan)
        began = time.perf_counter()
        check = self._check(gan, self._reference, progress.step)
        self._due = progress.seconds + (time.perf_counter() - began) / SHARE
        emit(check)
        progress.history.append({name: value for name, value in asdict(check).items() if not name.endswith("_scores")})
        return self._tell(before, [*before, check], emit)

    def _prepare(self, gan: KerasModel) -> ReferenceSet:
        """The reference set; the critic answers once before it is timed, since its first answer takes far longer."""
        reference = ReferenceSet(self._dataset, self._asked)
        gan.scores(reference.pictures[:SCORED], reference.labels[:SCORED])
        return reference

    def _check(self, gan: KerasModel, real: ReferenceSet, step: int) -> SamplesChecked:
        fakes = draw(gan.averaged, self._vectors)
        asked = np.zeros(len(fakes), int) if self._asked is None else self._asked
        scores = gan.scores(real.pictures[:SCORED], real.labels[:SCORED]), gan.scores(fakes, asked)
        return SamplesChecked(
            step=step,
            **real.compare(fakes),
            critic_right=float((scores[0][:, None] > scores[1]).mean()),
            generator_loss=float(gan.trackers[1].result()) if step else None,
            real_scores=[round(float(score), 3) for score in scores[0]],
            made_scores=[round(float(score), 3) for score in scores[1]],
        )

    def _tell(self, before: list[SamplesChecked], looks: list[SamplesChecked], emit: Emit) -> bool:
        earlier = faults.present(before) if self._faults is None else self._faults
        self._faults, newest = faults.present(looks), looks[-1]
        for kind in sorted(self._faults - earlier):
            emit(FaultSeen(kind, newest.step, faults.FAULTS[kind].words(newest, self._plan)))
        for kind in sorted(earlier - self._faults):
            emit(FaultGone(kind, newest.step, faults.FAULTS[kind].gone))
        if faults.is_hopeless(looks):
            raise Refused(Kind.DEAD_OUTPUT, faults.hopeless(self._plan))
        return earlier != self._faults
