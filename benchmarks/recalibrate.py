"""Fit the promises of the models that come along anew, and measure them: temperature, threshold and prediction sets.

Their networks stay as they are. The validation pictures are those of the data set as `data add` splits it, seed 0: of
them training used only which epoch was best. The test pictures are all 10,000.

    python -m benchmarks.recalibrate ID...     from an MLCORE_HOME that holds the data sets cifar10 and mnist
"""

import sys

import numpy as np

from mlcore import data, evaluation, library
from mlcore.evaluation.promises import HeldOut, certainty_from, described, fit_promises
from mlcore.library.classifier import Classifier
from mlcore.library.publish import write_card


def recalibrate(id: str) -> None:
    """Write the card and the evaluation of a model anew."""
    classifier = library.open_classifier(id)
    dataset = data.open(classifier.card.data)
    if dataset.classes != classifier.card.classes:
        raise SystemExit(f"The data set {dataset.name!r} here has other classes, or in another order.")
    validation = dataset.split("val")
    parts = [np.arange(at, min(at + 500, len(validation))) for at in range(0, len(validation), 500)]
    logits = np.concatenate([classifier.logits(validation.read(part)) for part in parts])
    held_out = HeldOut(logits, validation.labels, "val")
    promises = fit_promises(held_out)
    card = described(classifier.card, promises).model_copy(update={"starter": False})  # its place says that it is one
    report = evaluation.evaluate(Classifier(card, classifier.folder), dataset.split("test"))
    certainty = certainty_from(promises, held_out, report.certainty)
    figures = {"accuracy": report.accuracy, "certainty": certainty, "threshold_precision": certainty and certainty.sure}
    evaluation.save(classifier.folder, "test", report)
    write_card(classifier.folder, card.model_copy(update=figures))
    print(id, promises, certainty, sep="\n")


if __name__ == "__main__":
    for each in sys.argv[1:]:
        recalibrate(each)
