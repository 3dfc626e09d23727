"""Linear probe, few-shot learning on a frozen backbone: it answers at once, says why, and how far to believe it."""

import time
from dataclasses import dataclass

import numpy as np

from mlcore.data import near_copies
from mlcore.errors import Kind, Notice, Refused
from mlcore.evaluation.out_of_distribution import cross_fitted
from mlcore.evaluation.promises import Promises, fit_promises, measured_again
from mlcore.images import Picture
from mlcore.intervals import Interval, wilson
from mlcore.library.certainty import Certainty
from mlcore.library.class_map import class_map, upscale
from mlcore.library.classifier import Prediction, softmax
from mlcore.library.out_of_distribution import FEWEST, Detector
from mlcore.teach import head
from mlcore.teach.embeddings import Embedding, Look, fitting

UNEVEN = 2.0  # times as many pictures in the largest class as in the smallest
LOOKED_AT = 500  # pictures that say what is usual: with more, learning would take longer and notice no more
COMPARED = 2000  # pictures up to which near copies are looked for


@dataclass(frozen=True)
class Probe:
    """A head on a frozen backbone.

    `accuracy`, `promises` and `certainty` are cross-validated: each answer came from a head without that picture.
    """

    classes: tuple[str, ...]
    look: Look
    head: head.Head
    strength: float
    accuracy: Interval
    promises: Promises
    certainty: Certainty
    notices: tuple[Notice, ...]
    seconds: float
    detector: Detector | None = None  # notices pictures unlike those learned from; None with too few of them

    @property
    def shape(self) -> tuple[int, int, int]:
        """What the backbone looks at."""
        return self.look.shape

    def predict(self, picture: Picture | np.ndarray) -> Prediction:
        """The answer for a picture of any size, a Picture or uint8 (H, W, 3)."""
        embedding = self.look(_pixels(picture))
        logits = self.head.logits(embedding.features[None])
        unlike = self.detector.judge(logits, embedding.means[None])[0] if self.detector else None
        probabilities = softmax(logits / self.promises.temperature)[0]
        return Prediction(
            self.classes, probabilities, self.promises.threshold, set_cut=self.promises.set_cut, unlike=unlike
        )

    def class_map(self, picture: Picture | np.ndarray, target: int) -> np.ndarray:
        """Class activation map: which places speak for a class (Zhou et al. 2016, arXiv:1512.04150): heat (H, W)."""
        return upscale(class_map(self.look.maps(_pixels(picture)), self.head.weights, target), *self.shape[:2])

    @property
    def sentence(self) -> str:
        """What the cross-validated accuracy can tell and what it can't."""
        return worth(self.accuracy)


def learn(pictures: dict[str, list[np.ndarray]], backbone: str = "", seed: int = 0) -> Probe:
    """Learn to tell classes apart from pictures uint8 (H, W, 3) of any size, in well under a second for a few.

    Without a backbone the one that suits the pictures' usual size is taken. Raises Refused: need-two-classes,
    class-too-small where a class has fewer than two different pictures.
    """
    started = time.perf_counter()
    every = [one for of in pictures.values() for one in of]
    look = Look.through(backbone or fitting([one.shape[:2] for one in every]))
    embeddings = [look(one) for one in every]
    counts = {name: len(of) for name, of in pictures.items()}
    return learn_embedded(counts, embeddings, look, seed, started)


def learn_embedded(
    counts: dict[str, int], embeddings: list[Embedding], look: Look, seed: int = 0, started: float | None = None
) -> Probe:
    """The same from embeddings in order of the classes, of which there are `counts`; no picture is looked at again."""
    started = time.perf_counter() if started is None else started
    labels = np.repeat(np.arange(len(counts)), list(counts.values()))
    groups = np.arange(len(labels))
    if 0 < len(labels) <= COMPARED:
        groups = near_copies.linked(np.stack([each.signature for each in embeddings]))
    refuse_too_little(tuple(counts), labels, groups)
    features = np.stack([each.features for each in embeddings])
    fitted = head.fit(features, labels, groups, seed)
    promises = fit_promises(fitted.left_out)
    return Probe(
        classes=tuple(counts),
        look=look,
        head=fitted.head,
        strength=fitted.strength,
        accuracy=fitted.accuracy,
        promises=promises,
        certainty=measured_again(promises, fitted.left_out),
        notices=notices(tuple(counts), labels, groups),
        detector=_detector(fitted.head.logits(features), np.stack([each.means for each in embeddings]), groups, seed),
        seconds=time.perf_counter() - started,
    )


def _detector(logits: np.ndarray, means: np.ndarray, groups: np.ndarray, seed: int) -> Detector | None:
    """What these pictures look like; each is judged after looking at the others."""
    chosen = np.random.default_rng(seed).permutation(len(means))[:LOOKED_AT]
    different = len(np.unique(groups[chosen]))
    return cross_fitted((logits[chosen], means[chosen]), seed, groups[chosen]) if different >= FEWEST else None


def refuse_too_little(classes: tuple[str, ...], labels: np.ndarray, groups: np.ndarray) -> None:
    """Two classes with two different pictures each is the least that can be learned from and measured."""
    if len(classes) < 2:
        raise Refused(
            Kind.NEED_TWO_CLASSES, f"Learning to tell apart takes two classes or more; given: {len(classes)}."
        )
    for label, name in enumerate(classes):
        different = len(np.unique(groups[labels == label]))
        if different < 2:
            raise Refused(
                Kind.CLASS_TOO_SMALL,
                f"The class {name!r} has {different} different {'picture' if different == 1 else 'pictures'}; "
                "learning takes two or more, and ten are a good start.",
            )


def notices(classes: tuple[str, ...], labels: np.ndarray, groups: np.ndarray) -> tuple[Notice, ...]:
    """What about the pictures makes the answers less trustworthy than they look."""
    candidates = (_uneven(classes, labels), _copies(groups), _conflict(classes, labels, groups))
    return tuple(notice for notice in candidates if notice)


def worth(accuracy: Interval) -> str:
    """An accuracy in words: what so many pictures can tell."""
    if accuracy.value is None:
        return "Nothing was measured."
    reach = (accuracy.high - accuracy.low) / 2
    verdict = "says little yet" if reach > 0.15 else "is a rough idea" if reach > 0.06 else "is well known"
    wanted = _enough(accuracy.value)
    more = f"; about {wanted:,} would tell it to 5 points either way" if accuracy.n < wanted else ""
    return (
        f"That {verdict}: {accuracy.n:,} different pictures can't place it closer than {reach * 100:.0f} points{more}."
    )


def _pixels(picture: Picture | np.ndarray) -> np.ndarray:
    return picture.pixels if isinstance(picture, Picture) else np.asarray(picture)


def _enough(share: float) -> int:
    """Pictures from which on the interval reaches at most 5 points either way."""
    return next(n for n in range(10, 2000, 10) if (bounds := wilson(round(share * n), n)).high - bounds.low <= 0.1)


def _uneven(classes: tuple[str, ...], labels: np.ndarray) -> Notice | None:
    counts = np.bincount(labels, minlength=len(classes))
    most, least = int(counts.argmax()), int(counts.argmin())
    if counts[most] < UNEVEN * counts[least]:
        return None
    return Notice(
        Kind.CLASS_TOO_SMALL,
        f"{classes[most]!r} has {counts[most]} pictures and {classes[least]!r} has {counts[least]}: "
        "in doubt the answer will be the larger class. Add pictures to the smaller one.",
    )


def _copies(groups: np.ndarray) -> Notice | None:
    spare = len(groups) - len(np.unique(groups))
    if not spare:
        return None
    return Notice(
        Kind.DUPLICATE_NAMES,
        f"{spare} of {len(groups)} pictures look almost like another one. They count as one when the accuracy is "
        "measured; other angles, places and light teach more.",
    )


def _conflict(classes: tuple[str, ...], labels: np.ndarray, groups: np.ndarray) -> Notice | None:
    for group in np.unique(groups):
        names = sorted({classes[label] for label in labels[groups == group]})
        if len(names) > 1:
            return Notice(
                Kind.LABEL_CONFLICT, f"A picture in {names[0]!r} looks almost like one in {names[1]!r}; is that right?"
            )
    return None
