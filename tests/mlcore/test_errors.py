"""Refusals carry a kind for scripts and a sentence for people."""

import pickle
import re

import pytest

from mlcore.errors import Kind, MLCoreError, Refused, unknown


def test_every_kind_is_kebab_case_and_said_once():
    values = [kind.value for kind in Kind]

    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", value) for value in values)
    assert len(set(values)) == len(Kind.__members__)


def test_a_kind_is_its_text_wherever_a_script_reads_it():
    assert f"{Kind.EMPTY_FILE}" == "empty-file"
    assert Kind("archive-bomb") is Kind.ARCHIVE_BOMB


def test_a_refusal_is_its_sentence():
    refusal = Refused(Kind.NO_IMAGES, "There is no picture in the archive.")

    assert str(refusal) == refusal.message == "There is no picture in the archive."
    assert isinstance(refusal, MLCoreError)


def test_a_refusal_survives_the_way_to_another_process():
    copy = pickle.loads(pickle.dumps(Refused(Kind.NO_IMAGES, "None.")))  # noqa: S301 - our own bytes

    assert (copy.kind, copy.message) == (Kind.NO_IMAGES, "None.")


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("mpl", ["cnn", "mlp"], "There is no architecture called 'mpl'. Did you mean 'mlp'? Known: cnn, mlp."),
        ("zzz", ["b", "a"], "There is no architecture called 'zzz'. Known: a, b."),
        ("mlp", [], "There is no architecture called 'mlp'. There is none yet."),
    ],
)
def test_an_unknown_name_hears_the_nearest_and_the_known(name, known, said):
    refusal = unknown(Kind.UNKNOWN_NAME, "architecture", name, known)

    assert refusal.kind == Kind.UNKNOWN_NAME
    assert refusal.message == said


def test_an_unknown_name_hears_at_most_twenty_others():
    refusal = unknown(Kind.UNKNOWN_MODEL, "model", "zzz", [f"model-{number:03}" for number in range(300)])

    assert refusal.message.count("model-") == 20
