"""Fit and measure out-of-distribution detection: what a model's own pictures look like to it, what it then notices.

The space of features is that of training pictures; the threshold comes from pictures that were held out; how many of
its own a model flags is counted on test pictures, how many of others on probes.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from mlcore import clips, reader
from mlcore.contracts import Emit, unheard
from mlcore.data.store import Dataset, Split
from mlcore.errors import Kind, Refused
from mlcore.evaluation.probes import probes
from mlcore.evaluation.unseen import fingerprint_of
from mlcore.events import NoticeGiven, StageStarted
from mlcore.intervals import Interval, wilson
from mlcore.library import out_of_distribution
from mlcore.library.card import Noticing
from mlcore.library.classifier import Classifier
from mlcore.library.out_of_distribution import FEWEST, Detector, cosines, log_sum_exp, standing_out, unit
from mlcore.library.publish import write_card
from mlcore.progress import Progress, part, silent

LOOKED_AT = 1000  # pictures of a split; with 2,500 and 4,000 the same share of strangers was noticed (record 0022)
HELD = 0.95  # share of the features' spread that their space holds; 0.8 to 0.99 do as well
WIDEST = 256  # axes kept: 655 kB for 1,280 filters
CHUNK = 256  # pictures in memory at a time
FOLDS = 5
TURNED = 0.25  # weight of the features' direction beside the logits; 0.33 does as well (record 0022)
PARTS = 3  # training, held-out and test pictures, each a third of the work
ENOUGH = 30  # held-out pictures; with fewer, pictures left out in turn tell more where features don't learn

Outputs = tuple[np.ndarray, np.ndarray | None]  # logits (N, K) and features (N, C)


def learn(
    classifier: Classifier,
    dataset: Dataset,
    frozen: bool = False,
    emit: Emit = unheard,
    progress: Progress = silent,
    most: int = LOOKED_AT,
) -> Noticing | None:
    """Fit a detector on a model's own data, keep it beside the model and measure it; None with too few pictures.

    `frozen` says that the features never learned from these pictures: then pictures left out in turn stand in for
    held-out ones where those are too few.
    """
    emit(StageStarted("Measuring what it notices of pictures unlike its own"))
    seen = _outputs(classifier, dataset.split("train"), most, part(progress, 0, PARTS))
    held_out = _outputs(classifier, dataset.split("val"), most, part(progress, 1, PARTS))
    detector = _fitted(seen, held_out, frozen)
    if detector is None:
        emit(
            NoticeGiven(
                f"It can't notice pictures unlike its own: that takes {FEWEST} pictures held out from training."
            )
        )
        return None
    out_of_distribution.write(classifier.folder, detector)
    noticing = measure(classifier, detector, dataset.split("test"), part(progress, 2, PARTS), most)
    return noticing


def complete(classifier: Classifier, dataset: Dataset, progress: Progress = silent) -> Noticing | None:
    """Do for a finished model what is done for new ones when they are made; its card tells from now on.

    None for a model that came along, which stays as it is, and for too few pictures. Raises Refused(not-compatible)
    where these aren't the data that it learned from.
    """
    card = classifier.card
    if sorted(card.classes) != sorted(dataset.classes):
        raise Refused(Kind.NOT_COMPATIBLE, f"The data set {dataset.name!r} has other classes than {card.title!r}.")
    if fingerprint_of(classifier) not in ("", dataset.fingerprint):
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The data set {dataset.name!r} isn't the one that {card.title!r} learned from, so what it notices "
            "can't be measured on it.",
        )
    taught = (classifier.folder / "lesson.json").exists()
    noticing = None if card.starter else learn(classifier, dataset, taught, progress=progress)
    if noticing:
        write_card(classifier.folder, card.model_copy(update={"unlike": noticing}))
    return noticing


def measure(
    classifier: Classifier, detector: Detector, test: Split, progress: Progress = silent, most: int = LOOKED_AT
) -> Noticing:
    """What share a detector flags of a model's test pictures, and of probes made for that end."""
    own = flagged(detector, _outputs(classifier, test, most, progress)) if len(test) else None
    made = probes(classifier.card.shape)
    caught = {name: flagged(detector, classifier.logits_and_features(pictures)) for name, pictures in made.items()}
    return Noticing(held_out=len(detector.own), own=own, caught=caught)


def flagged(detector: Detector, outputs: Outputs) -> Interval:
    """The share of pictures with these outputs that a detector flags."""
    answers = detector.judge(*outputs)
    return wilson(sum(each.flagged for each in answers), len(answers))


def fit(outputs: Outputs) -> Detector:
    """The space that features (N, C) of training pictures fill, and how much a step out of it counts.

    The scale gives training pictures a virtual logit as large as their largest on average (Wang et al. 2022, eq. 6).
    Without features the free energy alone tells. No held-out scores yet: see `calibrated`.
    """
    logits, features = outputs
    nothing = np.zeros(0, "float32")
    if features is None or len(features) < 2:
        return Detector(nothing, nothing, np.zeros((0, 0), "float32"))
    near = unit(np.asarray(features, "float64"))
    centre = near.mean(axis=0)
    axes = _principal(near - centre).astype("float16").astype("float32")  # as they are kept
    detector = Detector(nothing, centre.astype("float32"), axes, scale=1.0)
    distance = float(detector.distances(features).mean())
    scale = abs(float(np.max(logits, axis=1).mean())) / distance if distance > 0 else 0.0
    return Detector(nothing, detector.centre, axes, scale)


def without_data(outputs: Outputs, usual: np.ndarray | None = None) -> Detector:
    """A detector for a model whose training pictures aren't at hand, from pictures that are of its classes.

    The free energy and how far a logit stands out count the same among these; a quarter as much counts how far the
    features turn away from what is `usual` (C,), where that is known. The pictures' scores are the held-out ones.
    """
    logits, features = outputs
    nothing, energy = np.zeros(0, "float32"), float(log_sum_exp(logits).std())
    detector = Detector(nothing, nothing, np.zeros((0, 0), "float32"), peak=_rate(energy, standing_out(logits)))
    if usual is not None and features is not None:
        turn = TURNED * _rate(energy, cosines(features, usual))
        detector = replace(detector, usual=usual, turn=turn)
    return calibrated(detector, outputs)


def _rate(spread: float, values: np.ndarray) -> float:
    """What to multiply values by so that they spread as wide."""
    return spread / float(values.std()) if values.std() > 0 else 0.0


def calibrated(detector: Detector, held_out: Outputs) -> Detector:
    """The detector with the scores of held-out pictures, which say what is rare."""
    return _with(detector, detector.scores(*held_out))


def cross_fitted(outputs: Outputs, seed: int = 0, groups: np.ndarray | None = None) -> Detector:
    """A detector fitted on all pictures, whose held-out scores are those of pictures left out in turn.

    Pictures of a group, such as near copies, are left out together: beside its copy each would look too near. For
    features that never learned from these pictures. Logits may have; their part then looks a little too near.
    """
    _, member = np.unique(np.arange(len(outputs[0])) if groups is None else groups, return_inverse=True)
    fold = (np.random.default_rng(seed).permutation(member.max() + 1) % FOLDS)[member]
    left_out = [fit(_rows(outputs, fold != each)).scores(*_rows(outputs, fold == each)) for each in np.unique(fold)]
    return _with(fit(outputs), np.concatenate(left_out))


def _fitted(seen: Outputs, held_out: Outputs, frozen: bool) -> Detector | None:
    if frozen and len(held_out[0]) < ENOUGH:
        both = _joined(seen, held_out)
        return cross_fitted(both) if len(both[0]) >= FEWEST else None
    return calibrated(fit(seen), held_out) if len(held_out[0]) >= FEWEST and len(seen[0]) else None


def _with(detector: Detector, scores: np.ndarray) -> Detector:
    return replace(detector, own=np.sort(scores).astype("float32"))


def _principal(spread: np.ndarray) -> np.ndarray:
    """The fewest axes (C, R) that hold the wanted share of centred rows' spread, at most as many as are kept.

    The eigenvectors of the covariance are the right singular vectors of the rows, in a quarter of the time (of 512).
    """
    squares, axes = np.linalg.eigh(spread.T @ spread)
    squares, axes = np.maximum(squares[::-1], 0), axes[:, ::-1]
    share = np.cumsum(squares) / max(float(squares.sum()), out_of_distribution.TINY)
    return axes[:, : min(WIDEST, int(np.searchsorted(share, HELD)) + 1)]


def _outputs(classifier: Classifier, split: Split, most: int, progress: Progress) -> Outputs:
    """Logits and features of some pictures of a split, drawn over all of it: a set may be in order of its classes."""
    chosen = np.sort(np.random.default_rng(0).permutation(len(split))[:most])
    parts, negatives = [], learned_negatives(classifier)
    for start in range(0, len(chosen), CHUNK):
        rows = chosen[start : start + CHUNK]
        pictures = _fitting(classifier, split.read(rows))
        parts.append(classifier.logits_and_features(half_negative(pictures) if negatives else pictures))
        progress(min(1.0, (start + CHUNK) / len(chosen)))
    if not parts:
        return np.zeros((0, len(classifier.card.classes)), "float32"), None
    features = [each for _, each in parts if each is not None]
    return np.concatenate([logits for logits, _ in parts]), np.concatenate(features) if features else None


def learned_negatives(classifier: Classifier) -> bool:
    """Whether a model's recipe turned light and dark round in half of the pictures."""
    value: Any = reader.facts(classifier.folder / "recipe.json")
    for name in ("training", "augmentation", "invert"):
        value = value.get(name) if isinstance(value, dict) else None
    return bool(value)


def half_negative(pictures: np.ndarray) -> np.ndarray:
    """The pictures, every other one as its negative."""
    odd = np.arange(len(pictures)) % 2 == 1
    return np.where(odd.reshape(-1, *[1] * (pictures.ndim - 1)), 255 - pictures, pictures)


def _fitting(classifier: Classifier, pictures: np.ndarray) -> np.ndarray:
    shape = tuple(classifier.card.shape)
    return pictures if pictures.shape[1:] == shape else np.stack([clips.fitted(each, shape) for each in pictures])


def _joined(one: Outputs, other: Outputs) -> Outputs:
    features = [each for _, each in (one, other) if each is not None]
    return np.concatenate([one[0], other[0]]), np.concatenate(features) if features else None


def _rows(outputs: Outputs, chosen: np.ndarray) -> Outputs:
    return outputs[0][chosen], None if outputs[1] is None else outputs[1][chosen]
