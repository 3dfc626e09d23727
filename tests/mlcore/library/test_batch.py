"""Many pictures: however large they are, few are held at a time."""

from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.images import Picture
from mlcore.library import batch


@pytest.mark.parametrize(("chunk", "nbytes", "expected"), [(3, 10**9, [3, 3, 1]), (64, 2 * 300, [2, 2, 2, 1])])
def test_pictures_are_answered_in_parts_of_so_many_or_of_so_many_bytes(monkeypatch, chunk, nbytes, expected):
    """Seven pictures of 300 bytes each."""
    picture, parts = Picture(np.zeros((10, 10, 3), "uint8")), []
    monkeypatch.setattr(batch, "CHUNK", chunk)
    monkeypatch.setattr(batch, "CHUNK_BYTES", nbytes)
    monkeypatch.setattr(batch, "_rows", lambda card, sources: [batch.Row(str(n), picture) for n in range(7)])
    classifier = SimpleNamespace(card=None, predict=lambda asked: parts.append(len(asked)) or asked)

    assert [row.file for row in batch.classify(classifier, [])] == list("0123456")
    assert parts == expected
