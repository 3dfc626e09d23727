"""A planted perfect map is believed, a useless one isn't."""

import json

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.explanation import explain
from mlcore.explanation.judge import CHECKS, Grade, judge
from mlcore.explanation.judge.examination import settings_for
from mlcore.explanation.judge.random_maps import pixel_noise, same_grain

ASKING = ("deletion", "insertion", "fidelity")  # what needs the classifier alone


def test_the_perfect_map_is_believed(patch_classifier, patch_picture, perfect, explained):
    grade = judge(patch_classifier, explained(perfect, patch_picture), ASKING)

    assert grade.verdict == "believe"
    assert grade.faithfulness.beaten == grade.faithfulness.random.n == 39
    assert grade.failed == ()
    assert "than those of all 39 random maps" in grade.sentence
    assert grade.deletion.area < grade.deletion.random.low
    assert grade.insertion.area > grade.insertion.random.high


def test_the_map_turned_round_is_not_believed(patch_classifier, patch_picture, perfect, explained):
    grade = judge(patch_classifier, explained(-perfect, patch_picture), ASKING)

    assert grade.verdict == "looks nice"
    assert grade.faithfulness.beaten <= 2
    assert grade.failed == ("faithfulness",)
    assert grade.sentence.startswith("It looks nice, but 3")


@pytest.mark.parametrize("grain", ["pixels", "patches"])
def test_a_random_map_is_hardly_ever_believed(patch_classifier, patch_picture, perfect, explained, grain):
    rng = np.random.default_rng(0)
    draw = pixel_noise if grain == "pixels" else same_grain
    verdicts = [
        judge(patch_classifier, explained(draw(perfect, rng), patch_picture), ASKING[:2], seed=seed).verdict
        for seed in range(40)
    ]

    # One random map in 40 passes by chance: of 40, more than 5 with a chance of 0.0005.
    assert verdicts.count("believe") <= 5
    assert verdicts.count("looks nice") >= 10  # about a half is no better than most random maps


def test_where_nothing_moves_the_probability_no_map_can_be_tested(
    constant_classifier, patch_picture, perfect, explained
):
    grade = judge(constant_classifier, explained(perfect, patch_picture), ASKING)

    flat = 1 / (1 + np.exp(-1))
    assert grade.deletion.values == pytest.approx([flat] * 11)
    assert grade.deletion.area == pytest.approx(flat)
    assert grade.insertion.random.value == pytest.approx(flat)
    assert grade.fidelity.value == 0
    assert grade.verdict == "unclear"
    assert "no map can be tested" in grade.sentence


def test_the_heat_of_a_linear_score_tells_its_losses_exactly(toy, explained):
    rng = np.random.default_rng(4)
    weights, picture = rng.normal(size=(12, 20, 3)) / 1000, rng.integers(0, 256, (12, 20, 3)).astype("uint8")
    linear = toy(lambda batch: (batch * weights).sum(axis=(1, 2, 3)), (12, 20, 3))
    gone = picture - picture.mean(axis=(0, 1), dtype="float64")
    heat = (weights * gone).sum(axis=-1)

    assert judge(linear, explained(heat, picture), ["fidelity"]).fidelity.value == pytest.approx(1, abs=1e-6)
    assert judge(linear, explained(-heat, picture), ["fidelity"]).fidelity.value == pytest.approx(-1, abs=1e-6)


def test_what_is_asked_for_is_made_and_nothing_else(patch_classifier, patch_picture, perfect, explained):
    grade = judge(patch_classifier, explained(perfect, patch_picture), ["fidelity"])

    assert patch_classifier.asked == 1 + 128
    assert grade.deletion is grade.stability is grade.faithfulness is None
    assert grade.verdict == "unclear"
    assert grade.sentence == "Unclear: it wasn't compared with random maps."


def test_a_check_left_out_leaves_the_others_as_they_were(patch_classifier, patch_picture, perfect, explained):
    explanation = explained(perfect, patch_picture)
    whole = judge(patch_classifier, explanation, ASKING, seed=3)

    assert judge(patch_classifier, explanation, ["insertion"], seed=3).insertion == whole.insertion
    assert judge(patch_classifier, explanation, ["insertion"], seed=4).insertion != whole.insertion


def test_every_check_of_a_real_network_and_its_json(whole, photo):
    explanation = explain("smoothgrad", whole, photo(whole), samples=4)
    grade = judge(whole, explanation)
    again = Grade.from_json(json.loads(json.dumps(grade.to_json(), allow_nan=False)))

    assert all(getattr(grade, name) is not None for name in CHECKS)
    assert again == grade
    assert (again.verdict, again.sentence, again.passed) == (grade.verdict, grade.sentence, grade.passed)
    assert judge(whole, explanation) == grade


def test_it_tells_how_far_it_is_and_can_be_ended(whole, photo):
    shares, texts = [], []
    explanation = explain("gradient", whole, photo(whole))

    def end_at_the_third(share, text):
        shares.append(share)
        texts.append(text)
        if share == 2 / len(CHECKS):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(whole, explanation, progress=end_at_the_third)

    assert shares == sorted(shares)
    assert set(shares) == {0, 1 / len(CHECKS), 2 / len(CHECKS)}
    assert len(set(texts)) == 3


@pytest.mark.parametrize(
    ("given", "kind", "text"),
    [
        ({"checks": ["deleton"]}, Kind.UNKNOWN_NAME, "Did you mean 'deletion'"),
        ({"steps": 1}, Kind.BAD_SETTING, "steps"),
        ({"random_maps": 3}, Kind.BAD_SETTING, "random_maps"),
        ({"deletion_baseline": "pink"}, Kind.BAD_SETTING, "deletion_baseline"),
    ],
    ids=str,
)
def test_a_request_that_cannot_be_met_is_refused(
    patch_classifier, patch_picture, perfect, explained, given, kind, text
):
    with pytest.raises(Refused, match=text) as refusal:
        judge(patch_classifier, explained(perfect, patch_picture), **given)

    assert refusal.value.kind == kind
    assert patch_classifier.asked == 0


@pytest.mark.parametrize(("side", "steps"), [(32, 10), (96, 10), (224, 5)])
def test_a_large_picture_is_graded_by_fewer_and_larger_steps(side, steps):
    picture = np.zeros((side, side, 3), "uint8")

    assert settings_for(picture, {}).steps == steps
    assert settings_for(picture, {"steps": 7}).steps == 7
    assert settings_for(picture, {}).random_maps >= 39  # fewer could give no verdict at 95 %
