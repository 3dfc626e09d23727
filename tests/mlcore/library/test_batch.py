"""Many pictures: however large they are, few are held at a time."""

import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.images import Picture
from mlcore.library import batch

CARD = SimpleNamespace(shape=(10, 10, 3), is_sequence=False)


def pictures(monkeypatch, *given) -> None:
    """What is read out of the sources."""
    rows = [(str(number), each) for number, each in enumerate(given)]
    monkeypatch.setattr(batch, "_contents", lambda card, source, name: iter(rows))


def classified(parts: list, **options) -> list[batch.Row]:
    """The rows of a classifier that answers with the mean of what it sees; `parts` hears of how many at once."""

    def predict(asked):
        parts.append(len(asked))
        return [float(each.mean()) for each in asked]

    return list(batch.classify(SimpleNamespace(card=CARD, predict=predict), [("it", None)], **options))


@pytest.mark.parametrize(("chunk", "nbytes", "expected"), [(3, 10**9, [3, 3, 1]), (64, 2 * 300, [2, 2, 2, 1])])
def test_pictures_are_answered_in_parts_of_so_many_or_of_so_many_bytes(monkeypatch, chunk, nbytes, expected):
    """Seven pictures, of each of which the network sees 300 bytes."""
    parts: list[int] = []
    monkeypatch.setattr(batch, "CHUNK", chunk)
    monkeypatch.setattr(batch, "CHUNK_BYTES", nbytes)
    pictures(monkeypatch, *(Picture(np.full((10, 10, 3), number, "uint8")) for number in range(7)))
    rows = classified(parts)

    assert [(row.file, row.prediction) for row in rows] == [(str(number), number) for number in range(7)]
    assert parts == expected


def test_of_large_pictures_only_what_the_network_sees_and_a_thumbnail_wait(monkeypatch):
    """Twelve of 3 MB each: two are in memory at the most, of which one is on its way in."""
    opened: list[weakref.ref] = []
    alive: list[int] = []

    def arriving():
        for number in range(12):
            picture = Picture(np.full((1000, 1000, 3), number, "uint8"))
            opened.append(weakref.ref(picture))
            yield str(number), picture
            del picture
            alive.append(sum(each() is not None for each in opened))

    monkeypatch.setattr(batch, "_contents", lambda card, source, name: arriving())
    rows = classified([], thumbnail=48)

    assert [row.prediction for row in rows] == list(range(12))
    assert {row.seen.shape for row in rows} == {(10, 10, 3)}
    assert {row.thumbnail.shape for row in rows} == {(48, 48, 3)}
    assert max(alive) <= 1


def test_what_cannot_be_read_keeps_its_place_and_its_reason(monkeypatch):
    picture, refusal = Picture(np.zeros((10, 10, 3), "uint8")), Refused(Kind.EMPTY_FILE, "It is empty.")
    pictures(monkeypatch, picture, refusal, picture)

    assert [(row.prediction, row.refusal) for row in classified([])] == [(0.0, None), (None, refusal), (0.0, None)]
