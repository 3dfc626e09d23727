"""Connected components: what hangs together by pairs."""

import numpy as np


def components(count: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """For each of `count` things int64 (count,) the first of those that it hangs together with, itself if alone."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(one), "int8"), (one, other)), (count, count))
    _, first, place = np.unique(connected_components(graph, False)[1], return_index=True, return_inverse=True)
    named: np.ndarray = first[place]
    return named
