"""Who answers for a classifier, and that each can be asked all that a method may ask."""

import pytest

from mlcore import library
from mlcore.backend import gradients
from mlcore.explanation.score import Score, answers_only, score_for
from mlcore.explanation.toolkit.answers_only import SmallScore
from mlcore.explanation.toolkit.frames import FrameScore

ASKED = sorted(name for name in vars(Score) if not name.startswith("_"))


@pytest.mark.parametrize("own", [gradients.Score, SmallScore, FrameScore], ids=lambda own: own.__module__)
def test_a_score_answers_all_that_a_method_may_ask(own):
    missing = set(ASKED) - set(dir(own))

    assert "feature_gradient" in ASKED
    assert missing <= {"shape"}, "a shape belongs to each network, all else to the class"


def test_where_the_network_is_gone_its_small_copy_answers(tiny_model):
    whole = library.open_classifier(tiny_model)
    assert not answers_only(whole)
    assert isinstance(score_for(whole), gradients.Score)

    (library.folder(tiny_model) / "model.tflite").write_bytes(b"answers")
    (library.folder(tiny_model) / "model.keras").unlink()

    assert answers_only(whole)
    assert isinstance(score_for(whole), SmallScore)
