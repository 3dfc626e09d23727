"""What a model's own pictures look like is learned from them; what is unlike them is noticed."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from mlcore import data, library
from mlcore.errors import Refused
from mlcore.evaluation import out_of_distribution as ood
from mlcore.intervals import wilson
from mlcore.library.card import Card


def pictured(count, seed, outside=0.0):
    """Logits and features of pictures around a plane in ten dimensions; strangers stand out of it."""
    rng = np.random.default_rng(seed)
    plane = np.zeros((count, 10))
    plane[:, :2], plane[:, 2] = rng.normal(0, 1, (count, 2)), 5
    features = plane + rng.normal(0, 0.05, (count, 10)) + outside * np.eye(10)[9]
    return np.tile([5.0, 0.0, 0.0], (count, 1)), features


def test_the_distance_is_the_error_of_principal_components():
    logits, features = pictured(300, 0)
    near = features / np.linalg.norm(features, axis=1, keepdims=True)
    judge = PCA(ood.HELD, svd_solver="full").fit(near)
    detector = ood.fit((logits, features))

    error = np.linalg.norm(near - judge.inverse_transform(judge.transform(near)), axis=1)
    assert detector.axes.shape == (10, judge.n_components_)
    np.testing.assert_allclose(detector.distances(features), error, atol=2e-3)  # axes are kept in half precision


def test_the_scale_makes_the_virtual_logit_of_training_pictures_as_large_as_their_largest():
    outputs = pictured(300, 0)
    detector = ood.fit(outputs)

    assert (detector.scale * detector.distances(outputs[1])).mean() == pytest.approx(5, rel=1e-5)


def test_strangers_are_flagged_and_few_of_the_own():
    """Of 2,000 own pictures 5 % are flagged; the threshold from 1,000 and the count add up to a deviation of 0.8 %."""
    detector = ood.calibrated(ood.fit(pictured(1000, 0)), pictured(1000, 1))

    assert ood.flagged(detector, pictured(2000, 2)).value == pytest.approx(0.05, abs=0.03)
    assert ood.flagged(detector, pictured(200, 3, outside=1.0)).value == 1


def test_pictures_left_out_in_turn_stand_in_for_held_out_ones():
    """With fewer pictures than features: as they stand they look nearer than any other of their kind."""
    rng = np.random.default_rng(0)
    seen, others = ((np.tile([5.0, 0.0, 0.0], (count, 1)), rng.normal(size=(count, 200))) for count in (100, 1000))

    naive, honest = ood.calibrated(ood.fit(seen), seen), ood.cross_fitted(seen)
    assert ood.flagged(naive, others).value > 0.5
    assert ood.flagged(honest, others).value < 0.15


def test_copies_are_left_out_together():
    """Beside its own copy a picture looks nearer than any other of its kind does."""
    logits, features = pictured(60, 0)
    copies = np.concatenate([logits, logits]), np.concatenate([features, features])
    apart, together = (ood.cross_fitted(copies, groups=groups) for groups in (None, np.tile(np.arange(60), 2)))

    np.testing.assert_allclose(together.own.reshape(60, 2)[:, 0], together.own.reshape(60, 2)[:, 1], rtol=1e-5)
    assert together.own.mean() > apart.own.mean()


def test_what_is_left_out_is_every_picture_once():
    assert len(ood.cross_fitted(pictured(23, 0)).own) == 23


def test_a_network_without_features_is_judged_by_its_logits():
    logits = np.random.default_rng(0).normal(size=(50, 4))
    detector = ood.calibrated(ood.fit((logits, None)), (logits, None))

    np.testing.assert_allclose(detector.own, np.sort(-np.log(np.exp(logits).sum(axis=1))), rtol=1e-5)


def test_without_training_pictures_energy_and_peak_count_the_same():
    logits = np.random.default_rng(0).normal(size=(200, 30)) * np.linspace(0.5, 2, 200)[:, None]
    detector = ood.without_data((logits, None))

    energy, peak = ood.log_sum_exp(logits), detector.peak * ood.standing_out(logits)
    assert energy.std() == pytest.approx(peak.std())
    assert len(detector.own) == 200


class Pixels:
    """A classifier whose features are the means of a picture's channels, and the contrast of each."""

    def __init__(self, folder, classes=("a", "b")):
        self.folder = folder
        self.card = Card(id="m", title="M", data="d", architecture="mlp", classes=classes, shape=(4, 4, 3))

    def logits_and_features(self, batch):
        pixels = batch.astype("float32")
        features = np.concatenate([pixels.mean((1, 2)), pixels.std((1, 2))], axis=1)
        return np.stack([pixels.mean((1, 2, 3)) / 50, np.zeros(len(batch))], axis=1), features


class Pictures:
    """Reddish pictures in three splits."""

    classes, name, fingerprint = ("a", "b"), "reds", "f00"

    def __init__(self, **counts):
        rng = np.random.default_rng(0)
        self._splits = {name: self._made(rng, count) for name, count in counts.items()}

    def _made(self, rng, count):
        pictures = rng.normal((200, 60, 40), (20, 10, 10), (count, 4, 4, 3)).clip(0, 255).astype("uint8")
        return Split(pictures)

    def split(self, name):
        return self._splits[name]


class Split:
    def __init__(self, pictures):
        self._pictures = pictures

    def __len__(self):
        return len(self._pictures)

    def read(self, rows):
        return self._pictures[rows]


def test_learning_keeps_the_detector_and_tells_what_it_notices(tmp_path):
    events, shares = [], []
    found = ood.learn(
        Pixels(tmp_path),
        Pictures(train=300, val=200, test=150),
        emit=events.append,
        progress=lambda share, text="": shares.append(share),
    )

    assert found.held_out == len(library.out_of_distribution.read(tmp_path).own) == 200
    assert found.own.n == 150
    assert found.own.value < 0.12
    assert found.caught["uniform noise"] == wilson(100, 100)
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize(("held_out", "few"), [(99, True), (100, False)])
def test_few_held_out_pictures_are_told(tmp_path, held_out, few):
    found = ood.learn(Pixels(tmp_path), Pictures(train=50, val=held_out, test=0))

    assert (found.few, found.own) == (few, None)


def test_with_too_few_pictures_there_is_none_and_a_notice(tmp_path):
    events = []

    assert ood.learn(Pixels(tmp_path), Pictures(train=50, val=9, test=20), emit=events.append) is None
    assert "takes 10 pictures" in events[-1].message
    assert not list(tmp_path.iterdir())


def test_frozen_features_learn_from_pictures_left_out_in_turn(tmp_path):
    found = ood.learn(Pixels(tmp_path), Pictures(train=50, val=9, test=20), frozen=True)

    assert found.held_out == 59


def test_a_model_with_other_classes_is_refused(tmp_path):
    with pytest.raises(Refused, match="other classes"):
        ood.complete(Pixels(tmp_path, ("x", "y")), Pictures(train=50, val=50, test=20))


def test_a_finished_model_gets_it_later_and_its_card_tells(tiny_model, tiny_data, monkeypatch):
    """Shapes has too few validation pictures: as if they had been more."""
    monkeypatch.setattr(ood, "FEWEST", 3)
    monkeypatch.setattr(library.out_of_distribution, "FEWEST", 3)
    classifier = library.open(tiny_model)
    assert classifier.card.unlike is None

    found = ood.complete(classifier, data.open("shapes"))

    assert library.card_of(tiny_model).unlike == found
    assert library.open(tiny_model).predict(np.zeros((16, 16, 3), "uint8")).unlike.held_out == found.held_out


def test_a_model_that_came_along_stays_as_it_is(tmp_path):
    starter = Pixels(tmp_path)
    starter.card = starter.card.model_copy(update={"starter": True})

    assert ood.complete(starter, Pictures(train=50, val=50, test=20)) is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("shape", [(5, 4, 4, 3), (5, 2, 4, 4, 3)])
def test_every_other_picture_becomes_its_negative(shape):
    pictures = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    half = ood.half_negative(pictures)

    np.testing.assert_array_equal(half[::2], pictures[::2])
    np.testing.assert_array_equal(half[1::2], 255 - pictures[1::2])


def test_a_model_that_learned_negatives_says_so_in_its_recipe(home):
    learned = [
        ood.learned_negatives(library.open_classifier(each)) for each in ("animals-and-vehicles", "handwritten-digits")
    ]

    assert learned == [False, True]


@pytest.mark.parametrize("negative", [False, True])
def test_a_dark_digit_on_white_paper_is_no_stranger(home, negative):
    """The pictures that came along: 5 % of each polarity are flagged, 20 % of 64 is 5 deviations more."""
    classifier = library.open_classifier("handwritten-digits")
    pictures = np.load(classifier.folder / "background.npz")["pictures"]
    answers = classifier.predict(list(255 - pictures if negative else pictures))

    assert len(answers) >= 20
    assert np.mean([answer.unlike.flagged for answer in answers]) < 0.2


def test_the_axes_are_the_right_singular_vectors_that_hold_95_percent_of_the_spread():
    spread = np.random.default_rng(0).normal(size=(200, 12)) * np.geomspace(8, 0.1, 12)
    axes = ood._principal(spread)
    _, lengths, vectors = np.linalg.svd(spread, full_matrices=False)
    held = np.cumsum(lengths**2) / (lengths**2).sum()

    assert axes.shape == (12, int((held < ood.HELD).sum()) + 1)
    np.testing.assert_allclose(abs((axes * vectors[: axes.shape[1]].T).sum(axis=0)), 1, atol=1e-9)  # but for the sign
