"""The sentence that tells how far a run is."""

from types import SimpleNamespace

import pytest

from pages.parts.runs import progress


@pytest.mark.parametrize(("seconds", "told"), [(None, "Training · 50 %"), (0.0, "Training · 50 %"), (90.0, "left")])
def test_time_is_told_only_while_some_is_left(seconds, told):
    run = SimpleNamespace(state="running", kind="train", live=True, progress=0.5, eta_seconds=seconds)
    sentence = progress._sentence(run, [])

    assert sentence.endswith(told)
