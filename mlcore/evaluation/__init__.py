"""Evaluation: how good is this classifier, and how sure may one be of that?"""

from mlcore.evaluation.answers import Answer, Answers, cell, mistakes
from mlcore.evaluation.assessment import assess, evaluate
from mlcore.evaluation.report import Confusion, Evaluation
from mlcore.evaluation.store import certainty_of, load, names, save

__all__ = [
    "Answer",
    "Answers",
    "Confusion",
    "Evaluation",
    "assess",
    "cell",
    "certainty_of",
    "evaluate",
    "load",
    "mistakes",
    "names",
    "save",
]
