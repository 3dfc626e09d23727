"""Does the map depend on what the network learned?"""

import keras
import numpy as np
import pytest

from mlcore.explanation import explain
from mlcore.explanation.judge import judge
from mlcore.explanation.judge.examination import Examination, JudgeSettings
from mlcore.explanation.judge.randomisation import RandomNetwork, _random_network, _where_hot, cascade
from mlcore.explanation.toolkit.agreement import rank_correlation


@pytest.fixture
def exam(whole, photo):
    return Examination(whole, explain("gradient", whole, photo(whole)), JudgeSettings())


def test_places_without_heat_in_both_maps_dont_make_them_alike():
    """Heat is 0 on 80 % of 1,024 places in both, and drawn alone on the rest: a random network gives another map."""
    rng = np.random.default_rng(0)
    cold = rng.random(1024) < 0.8
    one, other = (np.where(cold, 0, rng.standard_normal(1024)) for _ in range(2))

    assert rank_correlation(np.abs(one), np.abs(other)) > 0.8
    assert abs(_where_hot(one, other)) < 0.2  # some 205 places: three standard errors of 0.07
    assert _where_hot(one, one) == pytest.approx(1)
    assert _where_hot(np.zeros(9), np.zeros(9)) == 1.0


def test_the_same_network_gives_the_same_map(exam):
    np.testing.assert_allclose(
        RandomNetwork(exam.classifier.model).heat(exam, seed=0, share=0.0), exam.explanation.heat, rtol=1e-5
    )


def test_a_method_that_ignores_the_network_is_found_out(whole, photo, monkeypatch):
    explanation = explain("gradient", whole, photo(whole))
    monkeypatch.setattr(Examination, "again", lambda self, **given: explanation.heat)

    grade = judge(whole, explanation, ["deletion", "insertion", "randomisation"])

    assert grade.randomisation.value == pytest.approx(1)
    assert grade.verdict == "looks nice"
    assert "randomisation" in grade.failed
    assert "a network with random weights gives nearly the same map" in grade.sentence


def test_a_network_with_random_weights_has_another_map(exam):
    network = RandomNetwork(exam.classifier.model)
    one, same, other = (network.heat(exam, seed) for seed in (0, 0, 1))

    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)
    assert not np.allclose(one, exam.explanation.heat)


def test_the_trained_network_stays_as_it_is(whole, photo):
    before = [np.array(weight) for weight in whole.model.get_weights()]
    judge(whole, explain("gradient", whole, photo(whole)), ["randomisation"])

    for weight, kept in zip(whole.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, kept)


def test_the_random_network_is_compiled_once_for_all_grades(whole, photo):
    judge(whole, explain("gradient", whole, photo(whole)), ["randomisation"])
    network = _random_network(whole.model, None)
    compiled = dict(network._score._compiled)
    judge(whole, explain("gradient", whole, photo(whole, seed=2)), ["randomisation"])

    assert _random_network(whole.model, None) is network
    assert network._score._compiled == compiled


def test_the_cascade_goes_from_the_head_down_and_ends_with_all(exam):
    stages = cascade(exam, stages=3)  # three layers have weights
    network = RandomNetwork(exam.classifier.model)
    network._draw(0, 1 / 3)
    changed = [
        not np.allclose(one, other)
        for one, other in zip(exam.classifier.model.get_weights(), network._copy.get_weights(), strict=True)
    ]

    assert changed == [False, False, False, False, True, True]  # kernel and bias of the head
    assert len(stages) == 3
    assert stages[-1] == pytest.approx(
        judge(exam.classifier, exam.explanation, ["randomisation"], networks=1).randomisation.value
    )


def test_weights_begin_anew_by_their_kind():
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 4.0, 4.0]),
            keras.Sequential([layers.Conv2D(64, 3), layers.BatchNormalization()]),
            layers.GlobalAveragePooling2D(),
            layers.Dense(5),
        ]
    )
    model.set_weights([np.full_like(weight, 7) for weight in model.get_weights()])

    drawn = {weight.path: np.array(weight) for weight in RandomNetwork(model)._copy.weights}
    by_name = {path.rsplit("/", 1)[1]: value for path, value in drawn.items() if "dense" not in path}

    assert (by_name["gamma"] == 1).all()
    assert (by_name["moving_variance"] == 1).all()
    assert not by_name["beta"].any()
    assert not by_name["moving_mean"].any()
    # He: 27 inputs; 1,728 draws of a spread s estimate it to s / sqrt(2 * 1728), and four of that are 7 %.
    assert by_name["kernel"].std() == pytest.approx(np.sqrt(2 / 27), rel=0.07)


def test_what_was_explained_is_explained_again(whole, photo):
    grade = judge(whole, explain("gradient", whole, photo(whole), output="probabilities"), ["stability"], noise=0.0)

    assert grade.stability.value == pytest.approx(1)
