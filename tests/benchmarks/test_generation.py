"""The yardstick of generators: as large as ours, one network at a time, and no longer than its budget."""

import time

import keras
import numpy as np
import pytest

from benchmarks import generation as bench
from benchmarks.measure import summary
from mlcore.generation.generators import generators


@pytest.fixture
def gan():
    keras.utils.set_random_seed(0)
    made = bench.Tutorial()
    made.compile(2e-4)
    return made


def batch(count=8):
    random = np.random.default_rng(0)
    pictures = random.uniform(-1, 1, (count, 28, 28, 1)).astype("float32")
    return pictures, np.eye(10, dtype="float32")[random.integers(0, 10, count)]


def test_the_tutorials_networks_are_as_large_as_ours():
    entry = generators.get("tiny")
    pair = entry.run(entry.settings(width=bench.WIDTH), (28, 28, 1), bench.NOISE + 10, 10)
    head = 7 * 7 * 2 * bench.WIDTH + 1  # the score of the critic; ours gets it from the conditioning

    assert bench.tutorial_generator().count_params() == pair.generator.count_params()
    assert bench.tutorial_critic().count_params() == pair.critic.count_params() + head


def test_a_step_moves_both_networks(gan):
    before = [[each.copy() for each in network.get_weights()] for network in (gan.critic, gan.generator)]

    found = gan.train_on_batch(*batch(), return_dict=True)

    assert found["critic_loss"] == pytest.approx(2 * np.log(2) / 2, abs=0.2)  # of logits that know nothing: log 2
    for weights, network in zip(before, (gan.critic, gan.generator), strict=True):
        assert all((now != then).any() for now, then in zip(network.get_weights(), weights, strict=True))


def test_updating_the_generator_leaves_the_critic_alone(gan):
    _, label = batch()
    shown = keras.ops.tile(label[:, None, None], (1, 28, 28, 1))
    before = gan.critic.get_weights()

    gan._update(gan.generator, gan.for_generator, lambda: gan._fooled(label, shown, keras.ops.ones((8, 1))))

    for now, then in zip(gan.critic.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_budget_of_nothing_ends_after_one_step(gan):
    budget = bench.Budget(0)

    gan.fit(*batch(32), batch_size=8, epochs=3, verbose=0, callbacks=[budget])

    assert (budget.spent, budget.steps) == (True, 1)
    assert not bench.Budget(1000).spent


def test_the_clock_counts_every_thread():
    """Two threads that compute at once: the process' clock is the sum of theirs, within a tenth of a second."""
    from concurrent.futures import ThreadPoolExecutor

    def busy(_):
        started, values = time.thread_time(), np.random.default_rng(0).normal(size=(400, 400))
        while time.thread_time() - started < 0.3:
            values = np.tanh(values @ values)
        return time.thread_time() - started

    started = time.process_time()
    with ThreadPoolExecutor(2) as pool:
        own = sum(pool.map(busy, range(2)))

    assert time.process_time() - started >= own - 0.1


def test_ours_beside_another_of_the_same_seed():
    def figures(frechet, share):
        spaces = ("classifier", "pixels")
        found = {f"{space} frechet": summary(frechet) for space in spaces}
        names = ("precision", "recall", "density", "coverage")
        return found | {f"{space} {name}": summary(share) for space in spaces for name in names}

    result = {bench.OURS: figures([1.0, 4.0], [0.5, 0.75]), bench.TUTORIAL: figures([4.0, 8.0], [0.25, 0.25])}

    found = bench.against(result, bench.TUTORIAL)

    assert found["classifier frechet ratio"]["rounds"] == [0.25, 0.5]
    assert found["pixels recall more"]["rounds"] == [0.25, 0.5]
