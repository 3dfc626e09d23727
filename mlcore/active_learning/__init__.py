"""Active learning: which pictures a person should label next, and what the labels so far say of all the others."""

from mlcore.active_learning.labelling import Labelling, look
from mlcore.active_learning.learned import UNLABELLED, Guesses, Learned, guesses, learn
from mlcore.active_learning.measured import BEGINNING, GOING_ON, GUESSING
from mlcore.active_learning.pool import Pool, points_of
from mlcore.active_learning.strategies import strategies

__all__ = [
    "BEGINNING",
    "GOING_ON",
    "GUESSING",
    "UNLABELLED",
    "Guesses",
    "Labelling",
    "Learned",
    "Pool",
    "guesses",
    "learn",
    "look",
    "points_of",
    "strategies",
]
