"""Write `unlike.npz` and the card's figures of the starters: what each notices of pictures unlike its own.

    python -m benchmarks.unlike_starters [ID ...]    needs the data sets cifar10, mnist and ants-and-bees (224 pixels)

The two that were trained here are fitted on 4,000 training pictures, with the threshold from all 2,500 validation
pictures and the false alarms counted on 10,000 test pictures. Of 'Photographs' no training picture is at hand: its
threshold comes from photographs of two of its thousand classes, which the card says.
"""

import sys
from pathlib import Path

import numpy as np

from benchmarks import strangers
from mlcore import data, durable, images, library
from mlcore.evaluation.batch_statistics import usual_features
from mlcore.evaluation.out_of_distribution import (
    calibrated,
    fit,
    flagged,
    half_negative,
    learned_negatives,
    without_data,
)
from mlcore.evaluation.probes import probes
from mlcore.library.card import Noticing
from mlcore.library.classifier import Classifier
from mlcore.library.out_of_distribution import Detector, write

FITTED, HELD_OUT, TESTED = 4000, 2500, 10_000
KINDS_OF_ANTS = "ants-and-bees"
BASIS = "of ants and bees, two of its thousand classes"


def outputs(classifier: Classifier, pictures: list[np.ndarray]):
    """Logits and features of pictures of any size."""
    batch = np.stack([images.fit(each, *classifier.card.size) for each in pictures])
    return classifier.logits_and_features(batch)


def of_split(classifier: Classifier, split: str, most: int):
    """Logits and features of a split of the model's own data, half of them as negatives where it learned from such."""
    pictures = strangers.of_data(classifier.card.data, most, split)
    negatives = learned_negatives(classifier)
    return outputs(classifier, list(half_negative(np.stack(pictures))) if negatives else pictures)


def trained(classifier: Classifier) -> tuple[Detector, Noticing]:
    """From the model's own data."""
    detector = fit(of_split(classifier, "train", FITTED))
    detector = calibrated(detector, of_split(classifier, "val", HELD_OUT))
    return detector, Noticing(held_out=len(detector.own), own=flagged(detector, of_split(classifier, "test", TESTED)))


def photographs(classifier: Classifier) -> tuple[Detector, Noticing]:
    """From ants and bees: its threshold on the training and validation pictures of them, false alarms on the others."""
    learned = [*strangers.of_data(KINDS_OF_ANTS, 999, "train"), *strangers.of_data(KINDS_OF_ANTS, 999, "val")]
    detector = without_data(outputs(classifier, learned), usual_features(classifier.model))
    own = flagged(detector, outputs(classifier, strangers.of_data(KINDS_OF_ANTS, 999, "test")))
    return detector, Noticing(held_out=len(detector.own), own=own, basis=BASIS)


def measured(classifier: Classifier, detector: Detector) -> dict:
    """What it flags of pictures of something else."""
    others = strangers.of(classifier.card.id)
    made = probes(classifier.card.shape)
    return {
        name: flagged(detector, outputs(classifier, list(pictures))) for name, pictures in {**others, **made}.items()
    }


def ship(id: str, make) -> None:
    """Put detector and figures into the starter's folder."""
    classifier, folder = library.open_classifier(id), Path(library.STARTERS) / id
    detector, noticing = make(classifier)
    noticing = noticing.model_copy(update={"caught": measured(classifier, detector)})
    write(folder, detector)
    card = durable.read_json(folder / "card.json")
    durable.write_json(folder / "card.json", {**card, "unlike": noticing.model_dump(mode="json")})
    print(id, (folder / "unlike.npz").stat().st_size, "bytes; own", noticing.own.text(), flush=True)
    for name, share in noticing.caught.items():
        print(f"  {name}: {share.text()}", flush=True)


def main(*chosen: str) -> None:
    """All three, or those named."""
    for needed in ("cifar10", "mnist", KINDS_OF_ANTS):
        data.open(needed)
    makers = {"handwritten-digits": trained, "photographs": photographs, "animals-and-vehicles": trained}
    for id in chosen or makers:
        ship(id, makers[id])


if __name__ == "__main__":
    main(*sys.argv[1:])
