"""The shelf of active learning strategies: each says which unlabelled pictures a person should label next.

A strategy is a function `(settings, pool, count, random) -> rows int (up to count,)` of what is known of all pictures
(see `mlcore.active_learning.pool.Pool`) and a NumPy generator. Traits:

    needs-head  it asks what a head that was fitted to the labels so far answers, so it can't begin without any
"""

from mlcore.registry import Registry

strategies = Registry("strategy", __name__)
