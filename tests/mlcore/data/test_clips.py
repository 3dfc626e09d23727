"""Data sets of clips: moving digits, whose order of frames alone tells the class, and a person's own."""

from collections import Counter

import numpy as np
import pytest

from mlcore import architectures, data, training
from mlcore.data import augmentation
from mlcore.data.sources import moving_digits
from mlcore.data.sources.moving_digits import CLASSES, FRAMES, RADIUS, SIDE, SPEEDS
from mlcore.errors import Kind, Refused
from mlcore.recipe import Augmentation
from tests import motions

PAIRS = [(0, 1), (2, 3), (4, 5)]


class Chosen:
    """A generator that gives, in turn, what a test wants to be drawn."""

    def __init__(self, *values):
        self.values = list(values)

    def integers(self, *_):
        return self.values.pop(0)

    choice = integers


def walks(label: int) -> Counter:
    """Every way that a digit of a class can go, as the places (wrapped around) of its frames, each drawn once."""
    starts = [np.array([row, column]) for row in range(SIDE) for column in range(SIDE)]
    choices = range(FRAMES) if label >= 4 else SPEEDS
    found = (moving_digits.path(label, Chosen(start, value)) % SIDE for start in starts for value in choices)
    return Counter(tuple(map(tuple, places.tolist())) for places in found)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_class_backwards_is_its_partner(one, other):
    """Counted over all starts and speeds: the reversed ways of one are exactly the ways of the other."""
    backwards = Counter({places[::-1]: count for places, count in walks(one).items()})

    assert backwards == walks(other)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_frames_of_partners_are_the_same_sets(one, other):
    """So a model that doesn't know the order can't be right in more than half of a pair's clips."""

    def sets(label):
        found = Counter()
        for places, count in walks(label).items():
            found[tuple(sorted(places))] += count
        return found

    assert sets(one) == sets(other)


@pytest.mark.parametrize(
    ("label", "first", "then"),
    [
        (0, (0, 0), (0, -2)),
        (1, (0, 0), (0, 2)),
        (2, (0, 0), (-2, 0)),
        (3, (0, 0), (2, 0)),
        (4, (0, RADIUS), (4, 4)),
        (5, (0, RADIUS), (-4, 4)),
    ],
)
def test_classes_are_called_what_they_do(label, first, then):
    """Rows count downwards; a circle begins at its right: clockwise goes down from there."""
    places = moving_digits.path(label, Chosen(np.array([0, 0]), 0 if label >= 4 else 2))

    assert (tuple(places[0]), tuple(places[1])) == (first, then)


def test_the_same_seed_gives_the_same_clips_and_another_others():
    one, same, other = (list(moving_digits.examples(seed, 12)) for seed in (0, 0, 1))

    assert [example.label for example in one] == [*range(6), *range(6)]
    for first, second in zip(one, same, strict=True):
        np.testing.assert_array_equal(first.pixels, second.pixels)
    assert not np.array_equal(one[0].pixels, other[0].pixels)


def test_every_frame_holds_the_same_ink():
    for example in moving_digits.examples(0, 6):
        ink = example.pixels.reshape(FRAMES, -1).astype(int)
        assert example.pixels.shape == (FRAMES, SIDE, SIDE, 3)
        assert len(set(ink.sum(axis=1))) == 1


@pytest.fixture
def own(home, tmp_path):
    return data.add(motions.gifs(tmp_path, count=12), "own", frames=motions.FRAMES)


def test_own_clips_are_stored_as_they_are_and_read_back(own):
    assert own.is_sequence
    assert own.shape == (4, 16, 16, 3)
    assert (own.source, own.classes) == ("clips", motions.CLASSES)
    assert data.open("own").split("train").read([0, 3]).shape == (2, 4, 16, 16, 3)
    (summary,) = (each for each in data.all() if each.name == "own")
    assert summary.is_sequence
    train = own.split("train")
    name, label = train.name(0), train.labels[0]
    expected = motions.clip(label, int(name.rpartition("/")[2].removesuffix(".gif")))
    seen = train.read([0])[0].astype(int)
    assert np.abs(seen - expected).mean() < 8  # a GIF has 256 colours


def test_clips_of_other_sizes_become_one(home, tmp_path):
    folder = motions.gifs(tmp_path, count=3)
    wide = np.zeros((6, 40, 60, 3), "uint8")
    wide[1] = 80
    (folder / "left" / "wide.gif").write_bytes(motions.animation(wide))

    assert data.add(folder, "mixed", frames=4).shape == (4, 64, 64, 3)
    assert data.add(folder, "small", frames=2, size=12).shape == (2, 12, 12, 3)


def test_a_folder_of_videos_read_as_pictures_says_what_to_do(home, tmp_path):
    for name in motions.CLASSES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(40))

    with pytest.raises(Refused, match="--frames") as refusal:
        data.add(tmp_path, "videos")
    assert refusal.value.kind == Kind.NO_IMAGES


@pytest.mark.parametrize("frames", [1, 65, "many"])
def test_an_impossible_number_of_frames_is_refused(home, tmp_path, frames):
    with pytest.raises(Refused) as refusal:
        data.add(motions.gifs(tmp_path, count=2), "own", frames=frames)
    assert refusal.value.kind == Kind.BAD_SETTING


CHANGES = [
    {"flip": True},
    {"shift": 3},
    {"rotate": 20.0, "zoom": 0.2},
    {"brightness": 0.3, "contrast": 0.3},
    {"cutout": 5},
    {"flip": True, "shift": 2, "rotate": 10.0, "brightness": 0.2, "cutout": 3},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: "+".join(change))
def test_every_frame_of_a_clip_is_varied_alike(change):
    """A clip that stands still stands still after any change; and its frame is the picture that the change makes."""
    stills = np.random.default_rng(0).integers(0, 256, (6, 1, 14, 18, 3), "uint8")
    settings, places = Augmentation(**change), np.arange(6)

    varied = augmentation.apply(stills.repeat(4, axis=1), settings, 1, places, np.random.default_rng(3))

    assert varied.shape == (6, 4, 14, 18, 3)
    for frame in range(4):
        np.testing.assert_array_equal(varied[:, frame], varied[:, 0])
    alone = augmentation.apply(stills[:, 0], settings, 1, places, np.random.default_rng(3))
    assert np.abs(varied[:, 0].astype(int) - alone).max() <= 1  # the mean over frames is summed in another order
    assert not np.array_equal(varied[:, 0], stills[:, 0])


def test_a_draft_for_clips_leaves_the_mirror_out(own, monkeypatch):
    """Left is right in a mirror: where the direction is the class, a flip would teach the opposite."""
    defaults = architectures.shelf.get("cnn-rnn").defaults
    monkeypatch.setitem(defaults, "augmentation", {"flip": True, "shift": 2})

    drafted = training.draft("own", "cnn-rnn").training.augmentation
    assert (drafted.flip, drafted.shift) == (False, 2)


def test_a_draft_refuses_a_network_for_the_other_kind(own):
    with pytest.raises(Refused, match="cnn-rnn"):
        training.draft("own", "mlp")
    with pytest.raises(Refused, match="single pictures") as refusal:
        training.draft("digits", "cnn-rnn")
    assert refusal.value.kind == Kind.NOT_COMPATIBLE


def test_the_classes_are_as_many_as_the_facts_say():
    dataset = data.open("moving-digits")

    assert dataset.classes == CLASSES
    assert dataset.shape == (FRAMES, SIDE, SIDE, 3)
    assert set(dataset.class_counts.values()) == {500}


def test_what_makes_or_mends_pictures_refuses_clips_in_words(own):
    from mlcore.generation.generators import checked
    from mlcore.training.steps import training_split

    for refuse in (lambda: checked(own.shape), lambda: training_split(own, 4)):
        with pytest.raises(Refused, match="clips") as refusal:
            refuse()
        assert refusal.value.kind == Kind.NOT_COMPATIBLE
