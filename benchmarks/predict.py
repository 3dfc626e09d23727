"""What `Classifier.predict` adds to the network itself, for one picture, in one process.

The yardstick is the bare compiled call: one concrete TensorFlow function of one picture, NumPy in and out.

    python -m benchmarks.predict [MODEL]
"""

import sys

import numpy as np
import tensorflow as tf

from benchmarks.measure import measure, ratio, show, write
from mlcore import library
from mlcore.library.classifier import Classifier

ROUNDS, CALLS = 9, 50


def bare_call(model):
    """The network as a concrete function of one float32 picture, as one would write it by hand."""
    shape = (1, *model.input_shape[1:])
    call = tf.function(lambda batch: tf.nn.softmax(model(batch, training=False)))
    concrete = call.get_concrete_function(tf.TensorSpec(shape, tf.float32))
    return lambda picture: concrete(tf.constant(picture[None], tf.float32)).numpy()


def candidates(card) -> dict:
    """Four ways to the same answer for one picture uint8 of the network's own size."""
    classifier = library.open_classifier(card.id)
    keras_only = Classifier(card.model_copy(update={"answers_fast": False}), library.folder(card.id))
    model, call = classifier.model, bare_call(classifier.model)
    picture = np.random.default_rng(0).integers(0, 256, card.shape, np.uint8)
    return {
        "bare compiled call": lambda: call(picture),
        "Classifier.predict": lambda: classifier.predict(picture),
        "Classifier.predict, Keras": lambda: keras_only.predict(picture),
        "model.predict": lambda: model.predict(picture[None].astype("float32"), verbose=0),
    }


def main() -> None:
    starters = [card for card in library.classifiers() if card.starter]
    cards = [library.card_of(sys.argv[1])] if len(sys.argv) > 1 else starters
    result, ratios = {}, {}
    for card in cards:
        found = result[card.id] = measure(candidates(card), rounds=ROUNDS, calls=CALLS)
        ratios[card.id] = {
            "Classifier.predict to bare call": ratio(found, "Classifier.predict", "bare compiled call"),
            "Classifier.predict, Keras, to bare call": ratio(found, "Classifier.predict, Keras", "bare compiled call"),
            "model.predict to Classifier.predict": ratio(found, "model.predict", "Classifier.predict"),
            "model.predict to Classifier.predict, Keras": ratio(found, "model.predict", "Classifier.predict, Keras"),
        }
        show({f"{card.id}: {name}": figures for name, figures in found.items()})
        for name, value in ratios[card.id].items():
            print(f"{card.id}: {name}: {value['median']:.2f}")
    write("predict", result, "python -m benchmarks.predict", ratios=ratios)


if __name__ == "__main__":
    main()
