"""Assessment: the answers of a classifier compared with the truth of a split."""

import time
from dataclasses import replace

import numpy as np

from mlcore import clips
from mlcore.contracts import Emit, unheard
from mlcore.data import looks
from mlcore.data.store import Split
from mlcore.errors import Kind, Refused
from mlcore.evaluation import calibration, independence, scores
from mlcore.evaluation.answers import collect
from mlcore.evaluation.certainty import measured
from mlcore.evaluation.report import Evaluation
from mlcore.evaluation.unseen import unseen
from mlcore.events import StageStarted
from mlcore.library.classifier import Classifier, softmax
from mlcore.progress import Progress, silent

CHUNK = 512  # pictures held in memory at a time
TOP = (3, 5)


def evaluate(classifier: Classifier, split: Split, emit: Emit = unheard, progress: Progress = silent) -> Evaluation:
    """Compare a classifier with the truth of a split; in other data than its own, pictures that taught it are left out.

    `emit` gets the stage as an event, `progress` how many pictures are done. The classes
    may stand in another order in the data than in the model. Raises Refused: missing-data for an
    empty split, not-compatible where the classes differ.
    """
    labels, chosen = _labels(classifier, split), unseen(classifier, split)
    indices, total = chosen.indices, len(chosen.indices)
    emit(StageStarted(f"Evaluating on {total:,} pictures"))
    started = time.perf_counter()
    watch, parts = independence.Watching(split, indices), []
    for start in range(0, total, CHUNK):
        pictures = split.read(indices[start : start + CHUNK])
        watch(pictures)
        parts.append(classifier.logits(_fitted(pictures, tuple(classifier.card.shape))))
        progress(min(start + CHUNK, total) / total)
    seconds = time.perf_counter() - started
    if split.split == "test":
        looks.record(split.dataset, classifier.card.id)
    card, logits, labels = classifier.card, np.concatenate(parts), labels[indices]
    groups = watch.groups()
    report = assess(logits, labels, card.classes, card.temperature, indices, groups)
    return replace(
        report,
        certainty=measured(softmax(logits / card.temperature), labels, card.threshold, card.set_cut, split.split),
        data=split.dataset.name,
        split=split.split,
        fingerprint=split.dataset.fingerprint,
        note=" ".join(filter(None, [chosen.note, independence.note(groups)])),
        left_out=chosen.left_out,
        seconds=seconds,
    )


def assess(
    logits: np.ndarray,
    labels: np.ndarray,
    classes: tuple[str, ...],
    temperature: float = 1.0,
    indices: np.ndarray | None = None,
    groups: np.ndarray | None = None,
) -> Evaluation:
    """The report for logits (N, K) and the true class of each picture, int (N,); those of a group count as one."""
    if len(labels) == 0:
        raise Refused(Kind.MISSING_DATA, "There are no pictures to evaluate on; give a split that has some.")
    if not np.isfinite(logits).all():
        raise Refused(
            Kind.NON_FINITE_WEIGHTS,
            "The model's answers aren't finite numbers, so its training went astray; train it again, "
            "with a lower learning rate if that recurs.",
        )
    answers = collect(logits, labels, temperature, indices)
    table = scores.confusion(labels, answers.predicted, len(classes))
    per_class = scores.per_class(table, tuple(classes))
    before = _bins(logits, answers.correct, 1.0)
    after = _bins(logits, answers.correct, temperature)
    return Evaluation(
        classes=tuple(classes),
        accuracy=scores.top_k(logits, labels, 1, groups),
        top_accuracy={k: scores.top_k(logits, labels, k, groups) for k in TOP if k < len(classes)},
        per_class=per_class,
        macro=scores.macro(per_class),
        confusion=table,
        temperature=float(temperature),
        bins_before=before,
        bins_after=after,
        ece_before=_ece(before),
        ece_after=_ece(after),
        nll_before=calibration.nll(logits, labels),
        nll=calibration.nll(logits, labels, temperature),
        brier=scores.brier(np.exp(calibration.log_softmax(logits, temperature)), labels),
        answers=answers,
    )


def _bins(logits: np.ndarray, correct: np.ndarray, temperature: float) -> tuple[calibration.Bin, ...]:
    confidences = np.exp(calibration.log_softmax(logits, temperature).max(axis=1))
    return calibration.reliability(confidences, correct)


def _ece(bins: tuple[calibration.Bin, ...]) -> float:
    """The calibration error, which there always is: nothing is assessed without a picture."""
    return calibration.ece(bins) or 0.0


def _labels(classifier: Classifier, split: Split) -> np.ndarray:
    """The truth in the order of the model's classes."""
    ours, theirs = list(classifier.card.classes), list(split.dataset.classes)
    if len(split) == 0:
        raise Refused(Kind.MISSING_DATA, f"That split of {split.dataset.name!r} has no pictures to evaluate on.")
    if sorted(ours) != sorted(theirs):
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The data {split.dataset.name!r} has the classes {_listed(theirs)}, but the model knows "
            f"{_listed(ours)}; evaluate it on data with the same classes.",
        )
    return np.array([ours.index(name) for name in theirs])[split.labels]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _fitted(pictures: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if pictures.shape[1:] == shape:
        return pictures
    return np.stack([clips.fitted(picture, shape) for picture in pictures])
