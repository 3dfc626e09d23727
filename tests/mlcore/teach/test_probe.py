"""A lesson: taught in a moment, right about pictures it never saw, frank about its pictures."""

import subprocess
import sys

import numpy as np
import pytest

from mlcore.errors import Refused
from mlcore.intervals import wilson
from mlcore.teach import probe
from tests.conftest import SHAPES, shape_picture


def pictures(count=8, names=SHAPES, seed=0):
    random = np.random.default_rng(seed)
    return {name: [shape_picture(name, random) for _ in range(count)] for name in names}


@pytest.fixture(scope="module")
def taught():
    return probe.learn(pictures())


def test_it_is_right_about_pictures_it_never_saw(taught):
    """Shapes on noise, 60 new ones: far above the third that guessing would get."""
    new = pictures(20, seed=1)
    right = [taught.predict(one).best_name == name for name, of in new.items() for one in of]

    assert np.mean(right) > 0.7


def test_the_measured_accuracy_is_borne_out_by_new_pictures(taught):
    new = pictures(20, seed=1)
    right = [taught.predict(one).best_name == name for name, of in new.items() for one in of]

    assert 20 < taught.accuracy.n <= 24
    assert taught.accuracy.low - 0.05 <= np.mean(right) <= taught.accuracy.high + 0.05


def test_it_says_where_it_looked(taught):
    picture = pictures(1, seed=2)["disc"][0]
    heat = taught.class_map(picture, 1)

    assert heat.shape == taught.shape[:2]
    assert heat.std() > 0


def test_the_same_pictures_teach_the_same_lesson(taught):
    again = probe.learn(pictures())

    np.testing.assert_array_equal(again.head.weights, taught.head.weights)
    assert again.accuracy == taught.accuracy


def test_it_needs_no_keras():
    """Teaching answers at once because nothing heavy is loaded."""
    program = (
        "import sys, numpy as np; from mlcore import teach; random = np.random.default_rng(0);"
        "draw = lambda: [random.integers(0, 255, (20, 20, 3), 'uint8') for _ in range(3)];"
        "found = teach.learn({'a': draw(), 'b': draw()}); found.predict(draw()[0]); found.class_map(draw()[0], 0);"
        "print(sorted({'tensorflow', 'keras', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout.splitlines()[-1] == "[]", done.stderr[-1000:]


@pytest.mark.parametrize("given", [{}, {"one": pictures()["disc"]}])
def test_fewer_than_two_classes_are_refused(given):
    with pytest.raises(Refused) as refusal:
        probe.learn(given)

    assert refusal.value.kind == "need-two-classes"


@pytest.mark.parametrize("count", [0, 1])
def test_a_class_with_less_than_two_different_pictures_is_refused(count):
    few = pictures(3)
    few["disc"] = few["disc"][:1] * 3 if count else []

    with pytest.raises(Refused, match=f"'disc' has {count} different") as refusal:
        probe.learn(few)
    assert refusal.value.kind == "class-too-small"


def test_uneven_classes_copies_and_conflicts_are_told():
    few = pictures(4)
    few["cross"] = few["cross"] + few["cross"][:1] + pictures(5, seed=4)["cross"]
    few["disc"] = few["disc"] + few["square"][:1]

    told = [str(notice.kind) for notice in probe.learn(few).notices]
    assert told == ["class-too-small", "duplicate-names", "label-conflict"]


@pytest.mark.parametrize(
    ("right", "n", "words"), [(8, 10, "says little"), (80, 100, "rough idea"), (900, 1000, "well known")]
)
def test_what_so_many_pictures_can_tell_is_put_into_words(right, n, words):
    assert words in probe.worth(wilson(right, n))
