"""A picture unlike those learned from is told by one number, whose meaning is its place among held-out ones."""

import io

import numpy as np
import pytest
from scipy.special import logsumexp

from mlcore import images, library
from mlcore.evaluation import probes
from mlcore.library import out_of_distribution as ood
from mlcore.library.litert import Runner
from mlcore.library.out_of_distribution import Detector, Unlike
from tests import sample_photographs as samples


def detector(own=range(1, 101), centre=(0.0, 0.0), axes=((1.0,), (0.0,)), **numbers):
    return Detector(np.array(own, "float32"), np.array(centre, "float32"), np.array(axes, "float32"), **numbers)


def tiny_detector(classifier, count=100):
    """One that was made for a model of three classes, of random pictures."""
    pictures = np.random.default_rng(0).integers(0, 256, (count, 16, 16, 3), dtype=np.uint8)
    logits, features = classifier.logits_and_features(pictures)
    blank = Detector(np.zeros(1), np.zeros(features.shape[1]), np.zeros((features.shape[1], 1)), scale=2.0)
    return Detector(np.sort(blank.scores(logits, features)).astype("float32"), blank.centre, blank.axes, 2.0)


def test_the_score_is_the_way_out_of_the_space_less_the_free_energys_share():
    """Features (3, 4) have the length 5; outside the first axis lie 0.8 of their 1."""
    logits = np.log([[1.0, 2.0, 5.0]])

    assert detector(scale=10).distances(np.array([[3.0, 4.0]])) == pytest.approx([0.8])
    assert detector(scale=10).scores(logits, np.array([[3.0, 4.0]])) == pytest.approx([10 * 0.8 - np.log(8)])


def test_without_features_the_logits_tell_alone():
    logits = np.array([[4.0, 0.0, 0.0, 0.0]])
    alone = detector(centre=(), axes=np.zeros((0, 0)), peak=2)

    expected = -logsumexp(logits, axis=1) - 2 * (4 - 1) / np.sqrt(3)
    np.testing.assert_allclose(alone.scores(logits, None), expected)


def test_the_sum_of_exponentials_bears_large_logits():
    logits = np.random.default_rng(0).normal(0, 1000, (50, 7))

    np.testing.assert_allclose(ood.log_sum_exp(logits), logsumexp(logits, axis=1), rtol=1e-12)


@pytest.mark.parametrize(("count", "rank"), [(100, 96), (99, 95), (1000, 951), (20, 20), (19, 19), (10, 10)])
def test_the_threshold_is_the_held_out_score_that_one_in_twenty_exceeds(count, rank):
    """Rank ceil(0.95 (n + 1)), as conformal prediction has it; below 19 pictures the most distant one."""
    assert detector(own=range(1, count + 1)).threshold == rank


def test_of_further_pictures_of_the_kind_one_in_twenty_is_flagged_on_average():
    """99 uniform scores: the 95th has mean 0.95 and deviation 0.022, so 2,000 draws tell it to 0.0005; 4 of those."""
    draws = np.sort(np.random.default_rng(0).uniform(size=(2000, 99)), axis=1)
    thresholds = [detector(own=draw).threshold for draw in draws]

    assert 1 - np.mean(thresholds) == pytest.approx(0.05, abs=0.002)


def test_a_picture_has_its_place_among_the_held_out_ones():
    judge = detector(own=range(-100, 0), centre=(), axes=np.zeros((0, 0)))
    logits = np.array([[3.5, -1000.0], [98.5, -1000.0], [-7.0, -1000.0]])  # scores -3.5, -98.5 and 7

    answers = judge.judge(logits, None)

    assert [answer.score for answer in answers] == [0.97, 0.02, 1.0]
    assert [answer.flagged for answer in answers] == [True, False, True]


@pytest.mark.parametrize(
    ("score", "held_out", "words"),
    [
        (0.9996, 2500, "further away than 99 of 100"),
        (0.97, 2500, "further away than 97 of 100"),
        (39 / 40, 40, "further away than 39 of 40"),
        (1.0, 2500, "further away than all 2,500"),
        (0.0, 24, "further away than 0 of 24"),
    ],
)
def test_the_place_in_words(score, held_out, words):
    assert Unlike(score, True, held_out).place == words


def test_a_kept_detector_scores_as_before(tmp_path):
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(8, 3)))[0].astype("float16").astype("float32")
    before = detector(own=np.sort(rng.normal(size=50)), centre=rng.normal(size=8), axes=axes, scale=3.0, peak=0.5)
    ood.write(tmp_path, before)
    logits, features = rng.normal(size=(5, 4)), rng.normal(size=(5, 8))

    after = ood.read(tmp_path)
    assert after.judge(logits, features) == before.judge(logits, features)
    np.testing.assert_array_equal(after.scores(logits, features), before.scores(logits, features))


def spoiled(**changes):
    space = {"centre": np.zeros(2), "axes": np.zeros((2, 1)), "usual": np.zeros(0)}
    good = {"own": np.arange(20.0), **space, "numbers": np.ones(3)}
    file = io.BytesIO()
    np.savez(file, **{name: value for name, value in (good | changes).items() if value is not None})
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK nothing",
        spoiled()[:-30],
        spoiled(own=None),
        spoiled(own=np.arange(5.0)),
        spoiled(own=np.full(20, np.nan)),
        spoiled(axes=np.zeros((3, 1))),
        spoiled(numbers=np.ones(2)),
        spoiled(axes=np.array([{}], dtype=object)),
    ],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path, content):
    (tmp_path / ood.FILE).write_bytes(content)

    assert ood.read(tmp_path) is None
    (tmp_path / ood.FILE).write_bytes(spoiled())
    assert ood.read(tmp_path) is not None


def test_a_model_without_the_file_says_nothing_and_one_with_it_does(tiny_model):
    classifier = library.open(tiny_model)
    picture = np.zeros((16, 16, 3), "uint8")
    assert classifier.predict(picture).unlike is None

    ood.write(classifier.folder, tiny_detector(classifier))
    told = library.open(tiny_model).predict([picture, picture])
    assert [type(each.unlike) for each in told] == [Unlike, Unlike]
    np.testing.assert_array_equal(told[0].probabilities, classifier.predict([picture, picture])[0].probabilities)


def test_a_file_of_another_network_says_nothing(tiny_model):
    folder = library.folder(tiny_model)
    ood.write(folder, detector(scale=1.0))

    assert library.open(tiny_model).predict(np.zeros((16, 16, 3), "uint8")).unlike is None


def test_an_answer_takes_one_pass_of_the_network(tiny_model, monkeypatch):
    classifier = library.open(tiny_model)
    if not classifier.card.answers_fast:
        pytest.skip("no small copy on this backend")
    ood.write(classifier.folder, tiny_detector(classifier))
    classifier = library.open(tiny_model)
    classifier.predict(np.zeros((16, 16, 3), "uint8"))
    passes, real = [], Runner._run
    monkeypatch.setattr(Runner, "_run", lambda *given: passes.append(1) or real(*given))

    assert classifier.predict(np.zeros((16, 16, 3), "uint8")).unlike is not None
    assert len(passes) == 1


def test_one_pass_gives_what_two_would_by_every_road(tiny_model):
    classifier = library.open(tiny_model)
    pictures = np.random.default_rng(1).integers(0, 256, (70, 16, 16, 3), dtype=np.uint8)
    by_keras = library.Classifier(classifier.card.model_copy(update={"answers_fast": False}), classifier.folder)

    for one in (classifier, by_keras):
        logits, features = one.logits_and_features(pictures)
        np.testing.assert_allclose(logits, one.logits(pictures), atol=1e-4)
        np.testing.assert_allclose(features, classifier.features(pictures).mean(axis=(1, 2)), atol=1e-4)


def test_no_pictures_have_no_features(tiny_model):
    logits, features = library.open(tiny_model).logits_and_features(np.zeros((0, 16, 16, 3), "uint8"))

    assert (logits.shape, features) == ((0, 3), None)


@pytest.mark.parametrize("kind", ["uniform noise", "Gaussian noise", "1/f noise", "one colour", "blank paper"])
@pytest.mark.parametrize("id", ["handwritten-digits", "animals-and-vehicles"])
def test_the_starters_flag_what_shows_nothing(id, kind):
    """Their cards say 100 of 100; other seeds than those: 19 of 20 or more."""
    classifier = library.open(id)
    pictures = probes.probes(classifier.card.shape, 20, seed=7)[kind]

    assert sum(answer.unlike.flagged for answer in classifier.predict(list(pictures))) >= 19


@pytest.mark.parametrize(("id", "name"), [("handwritten-digits", "seven"), ("animals-and-vehicles", "horse")])
def test_the_starters_know_their_own_examples(id, name):
    """Which were chosen for being plain examples of their classes."""
    picture = images.decode((library.STARTERS / "examples" / f"{name}.png").read_bytes())

    assert not library.open(id).predict(picture).unlike.flagged


def test_the_photographs_model_flags_noise_and_no_photograph_of_its_classes(photographs):
    classifier = library.open(photographs)
    own = [samples.pixels(name) for name in samples.FILES if name not in ("astronaut", "flower")]  # of no class
    noise = probes.probes(classifier.card.shape, 5, seed=7)

    assert not any(answer.unlike.flagged for answer in classifier.predict(own))
    for kind in ("Gaussian noise", "one colour", "blank paper"):
        assert all(answer.unlike.flagged for answer in classifier.predict(list(noise[kind])))


def test_the_cards_of_the_starters_tell_what_they_notice(all_starters):
    for id in all_starters:
        card = library.card_of(id)
        assert card.unlike.held_out == len(library.open(id).detector.own)
        assert card.unlike.own.n > 100
        assert set(probes.KINDS) < set(card.unlike.caught)
