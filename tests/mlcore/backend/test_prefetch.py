"""Batches come in order and whole, however many threads make them."""

import time

import numpy as np
import pytest

from mlcore.backend import device, prefetch

SHAPE = (2, 2, 3)


def batch_at(step):
    time.sleep(0.002 * (step % 3))  # some take longer than those behind them
    return np.full((4, *SHAPE), step), np.full(4, step)


@pytest.fixture(params=[1, 4])
def makers(monkeypatch, request):
    monkeypatch.setattr(device, "batch_makers", lambda: request.param)
    prefetch._makers.cache_clear()
    yield request.param
    prefetch._makers.cache_clear()


def told(fed):
    batches = fed if not hasattr(fed, "__getitem__") else (fed[index] for index in range(len(fed)))
    return [(np.asarray(pictures), np.asarray(labels)) for pictures, labels in batches]


def test_they_come_in_order(makers):
    found = told(prefetch.prefetch(batch_at, 3, 23, SHAPE))

    assert [labels.tolist() for _, labels in found] == [[step] * 4 for step in range(3, 23)]
    assert all((pictures == step).all() for step, (pictures, _) in enumerate(found, 3))
    assert {pictures.dtype.name for pictures, _ in found} == {"uint8"}
    assert {labels.dtype.name for _, labels in found} == {"int32"}


def test_a_network_learns_from_each_once(makers):
    """Keras looks at the first batch before it begins; it must not be lost by that."""
    import keras

    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(23)])
    seen = []

    def note(step):
        seen.append(step)
        return batch_at(step)

    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=[Labels()])
    told = model.fit(prefetch.prefetch(note, 3, 23, SHAPE), shuffle=False, verbose=0).history["labels"][-1]

    assert told == 4 * sum(range(3, 23))
    assert sorted(set(seen)) == list(range(3, 23))


def test_trouble_with_a_batch_is_told(makers):
    def broken(step):
        if step == 5:
            raise ValueError("no such picture")
        return batch_at(step)

    with pytest.raises(Exception, match="no such picture"):
        told(prefetch.prefetch(broken, 3, 23, SHAPE))


def Labels():
    """The sum of all labels that `fit` was given."""
    import keras

    class Total(keras.metrics.Sum):
        def update_state(self, truth, answers, sample_weight=None):
            super().update_state(truth)

    return Total(name="labels")
