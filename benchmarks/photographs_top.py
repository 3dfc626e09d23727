"""How often Photographs is right about photographs of ants and bees, two of its thousand classes: LiteRT beside Keras.

Top-1 and top-5 of both on the same pictures, with 95 % intervals, and the largest difference in probability.

    python -m benchmarks.photographs_top ANTS_AND_BEES.zip      from MLCORE_HOME
"""

import sys

import numpy as np

from benchmarks.few_photographs import opened, pictures
from benchmarks.measure import write
from mlcore import library
from mlcore.intervals import wilson
from mlcore.library.classifier import Classifier, softmax

CLASSES = ("ant", "bee")  # what the thousand call them, in the data set's order
CHUNK = 16


def answers(classifier: Classifier, batch: np.ndarray) -> np.ndarray:
    """Probabilities (N, 1000)."""
    parts = [classifier.logits(batch[at : at + CHUNK]) for at in range(0, len(batch), CHUNK)]
    return softmax(np.concatenate(parts))


def top(probabilities: np.ndarray, truth: np.ndarray, k: int) -> dict:
    """The share of pictures whose truth is among the k likeliest classes, with its interval."""
    best = np.argsort(-probabilities, axis=1)[:, :k]
    return wilson(int((best == truth[:, None]).any(axis=1).sum()), len(truth)).to_json()


def main(path: str) -> None:
    """Measure, show and keep the result."""
    batch, labels = pictures(opened("ants-and-bees", path))
    small = library.open_classifier("photographs")
    keras_only = Classifier(small.card.model_copy(update={"answers_fast": False}), small.folder)
    truth = np.array([small.card.classes.index(name) for name in CLASSES])[labels]
    both = {"LiteRT": answers(small, batch), "Keras": answers(keras_only, batch)}
    result = {name: {f"top-{k}": top(answer, truth, k) for k in (1, 5)} for name, answer in both.items()}
    largest = float(np.abs(both["LiteRT"] - both["Keras"]).max())
    for name, figures in result.items():
        print(
            name, {k: f"{each['value']:.1%} ({each['low']:.1%} to {each['high']:.1%})" for k, each in figures.items()}
        )
    print(f"{len(truth)} photographs; largest difference in probability {largest:.1e}")
    write("photographs_top", result, "python -m benchmarks.photographs_top ANTS_AND_BEES", difference=largest)


if __name__ == "__main__":
    main(*sys.argv[1:2])
