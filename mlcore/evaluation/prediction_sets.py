"""Prediction sets (split conformal prediction): the classes among which the truth is in 90 of 100 answers.

A class is in the set when its probability is at least the cut (Sadinle, Lei and Wasserman 2019, arXiv:1609.00451,
there called LAC). The cut is fitted on validation pictures whose answers aren't sure, because those are the ones whose
sets are shown: fitted on all, the many sure answers would pay for the few unsure ones (a Mondrian taxonomy of two,
Vovk, Gammerman and Shafer 2005, section 4.5).
"""

import numpy as np

from mlcore.library.certainty import PROMISE


def fit_cut(probabilities: np.ndarray, labels: np.ndarray, level: float = PROMISE) -> float | None:
    """The least probability (N, K) of a class to be in the set, so that a share `level` of such sets holds the truth.

    It is the k-th smallest probability of the truth, k = floor((N + 1) (1 - level)): of a new picture, exchangeable
    with these, the truth has that much in a share `level` of cases or more. None for fewer pictures than
    1 / (1 - level) - 1, nine for 90 %: no cut is safe with so few.
    """
    rank = int(np.floor((len(labels) + 1) * (1 - level) + 1e-9))
    if rank < 1:
        return None
    truth = np.sort(np.asarray(probabilities)[np.arange(len(labels)), labels])
    return float(truth[rank - 1])
