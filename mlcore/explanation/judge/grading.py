"""Grading: the checks of one saliency map, one after the other."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from mlcore.errors import Kind, unknown
from mlcore.explanation import Explanation
from mlcore.explanation.judge.examination import Examination, settings_for
from mlcore.explanation.judge.faithfulness import deletion, insertion
from mlcore.explanation.judge.fidelity import fidelity
from mlcore.explanation.judge.grade import Grade
from mlcore.explanation.judge.randomisation import randomisation
from mlcore.explanation.judge.stability import seeds, stability
from mlcore.library.classifier import Classifier
from mlcore.progress import Progress, silent

# Every check with what is said while it is made.
WORK: dict[str, tuple[Callable[[Examination], Any], str]] = {
    "deletion": (deletion, "Taking places away"),
    "insertion": (insertion, "Bringing places back"),
    "fidelity": (fidelity, "Hiding random regions"),
    "stability": (stability, "Explaining noisy copies"),
    "seeds": (seeds, "Explaining with another seed"),
    "randomisation": (randomisation, "Explaining networks with random weights"),
}
CHECKS = tuple(WORK)


def judge(
    classifier: Classifier,
    explanation: Explanation,
    checks: Iterable[str] = CHECKS,
    seed: int = 0,
    progress: Progress = silent,
    **settings: Any,
) -> Grade:
    """How far the explanation of a classifier's answer, for a picture or a clip, can be believed.

    `checks` names what to look at, `settings` are those of `JudgeSettings`; pictures over 96 pixels get fewer and
    larger steps unless told otherwise. `progress` hears before
    each check and between its batches; an exception in it ends the work. Deletion, insertion and fidelity ask
    the classifier alone; the others explain again, and so cost what the method costs: 2 maps for stability, 1
    for seeds, 4 for randomisation, or half of that for slow methods. Raises Refused: unknown-name for a check,
    bad-setting.
    """
    chosen, names = settings_for(explanation.picture, settings), list(dict.fromkeys(checks))
    for name in names:
        if name not in WORK:
            raise unknown(Kind.UNKNOWN_NAME, "check", name, WORK)
    results: dict[str, Any] = {}  # each check gives what the grade's field of its name holds
    for number, name in enumerate(names):
        work, text = WORK[name]
        tell = partial(progress, number / len(names), text)
        tell()
        results[name] = work(Examination(classifier, explanation, chosen, seed, tell))
    return Grade(
        explanation.method,
        explanation.target,
        explanation.class_name,
        settings=chosen.model_dump(mode="json"),
        seed=seed,
        **results,
    )
