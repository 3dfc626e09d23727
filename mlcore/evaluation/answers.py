"""Predictions: what the classifier answered for each picture, to show the pictures behind a number."""

import io
from dataclasses import dataclass, fields

import numpy as np
from pydantic import ConfigDict

from mlcore import reader
from mlcore.evaluation.calibration import log_softmax

MOST_BYTES = 2**28  # of the answers to a split
KEPT = 5  # classes per picture; the rest of 1,000 probabilities is of no use to anyone


@dataclass(frozen=True)
class Answer:
    """One picture's answer: its place in the split, class indices, and the calibrated probabilities."""

    index: int
    truth: int
    predicted: int
    confidence: float
    truth_probability: float
    top: tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers for n pictures, as arrays.

    indices int64 (n,) places in the split; truth int32 (n,); top int32 (n, k) the likeliest classes, best first;
    probabilities float32 (n, k) of those, calibrated; truth_probability float32 (n,).
    """

    __pydantic_config__ = ConfigDict(arbitrary_types_allowed=True)

    indices: np.ndarray
    truth: np.ndarray
    top: np.ndarray
    probabilities: np.ndarray
    truth_probability: np.ndarray

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def predicted(self) -> np.ndarray:
        """The class answered, int32 (n,)."""
        return self.top[:, 0]

    @property
    def confidence(self) -> np.ndarray:
        """The probability of the class answered, float32 (n,)."""
        return self.probabilities[:, 0]

    @property
    def correct(self) -> np.ndarray:
        """Whether the answer was right, bool (n,)."""
        return self.predicted == self.truth

    def at(self, index: int) -> Answer:
        """The answer for the picture at a place of the split."""
        (row,) = np.flatnonzero(self.indices == index)
        top = zip(self.top[row].tolist(), self.probabilities[row].tolist(), strict=True)
        truth, predicted, confidence, given = (
            values[row].item() for values in (self.truth, self.predicted, self.confidence, self.truth_probability)
        )
        return Answer(int(index), truth, predicted, confidence, given, tuple(top))

    def to_bytes(self) -> bytes:
        """The arrays as an npz file."""
        file = io.BytesIO()
        np.savez_compressed(file, **{field.name: getattr(self, field.name) for field in fields(self)})
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Answers":
        """The answers that `to_bytes` wrote."""
        arrays = reader.arrays_in(data, MOST_BYTES)
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})


def collect(logits: np.ndarray, labels: np.ndarray, temperature: float, indices: np.ndarray | None = None) -> Answers:
    """The answers that calibrated logits (n, K) give; of equal classes the first wins."""
    probabilities = np.exp(log_softmax(logits, temperature)).astype("float32")
    top = np.argsort(-logits, axis=1, kind="stable")[:, :KEPT]
    return Answers(
        indices=np.arange(len(labels)) if indices is None else np.asarray(indices, "int64"),
        truth=np.asarray(labels, "int32"),
        top=top.astype("int32"),
        probabilities=np.take_along_axis(probabilities, top, axis=1),
        truth_probability=probabilities[np.arange(len(labels)), labels],
    )


def cell(answers: Answers, truth: int, predicted: int) -> np.ndarray:
    """The pictures in one cell of the confusion table: places in the split, most confident first."""
    return _most_confident(answers, (answers.truth == truth) & (answers.predicted == predicted))


def mistakes(answers: Answers, n: int) -> np.ndarray:
    """The n most confident wrong answers: places in the split, most confident first."""
    return _most_confident(answers, ~answers.correct)[:n]


def _most_confident(answers: Answers, chosen: np.ndarray) -> np.ndarray:
    rows = np.flatnonzero(chosen)
    return answers.indices[rows[np.argsort(-answers.confidence[rows], kind="stable")]]
