"""The network of a run: measured batch by batch as Keras measures it at once."""

import numpy as np
import pytest

from mlcore import training
from mlcore.training.network import fresh_network, measured
from mlcore.training.optimizers import loss


@pytest.mark.parametrize("decay", ["cross-entropy", "mean-squared-error"])
def test_batches_of_any_size_give_what_evaluate_gives(tiny_data, decay):
    recipe = training.draft("shapes", "mlp", None, [f"training.loss={decay}", "settings.hidden=[8]"])
    model, split = fresh_network(recipe, tiny_data), tiny_data.split("train")
    pictures, labels = split.read(np.arange(41)), split.labels[:41]
    model.compile("sgd", loss(recipe.training, 3), metrics=["accuracy"])
    expected = model.evaluate(pictures, labels, verbose=0, return_dict=True)
    batches = [(pictures[at : at + 16], labels[at : at + 16]) for at in (0, 16, 32)]

    assert measured(model, batches, loss(recipe.training, 3)) == pytest.approx(expected, rel=1e-5)
