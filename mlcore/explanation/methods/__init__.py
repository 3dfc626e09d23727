"""The shelf of explanation methods: each says how much every pixel had to do with the score of a class.

A method is a function `(settings, score, picture, target) -> Attribution` (see `mlcore.explanation.attribution.Method`)
of what a network answers (see `mlcore.explanation.score.Score`). Traits say how to read and to check the heat:

    signed     places can speak against the class (negative)
    complete   the heat sums to the difference in score that it explains
    coarse     the heat comes from a feature map with fewer places than the picture has pixels
    random     the heat depends on the seed
    background the method compares with `score.background`, pictures of the model's own kind
    slow       may take seconds as it is set by default
    reports    takes `progress`, which hears the share done, 0 to 1, and may end the work by raising:
               whatever takes longer the more is asked of it
"""

from mlcore.registry import Registry

methods = Registry("explanation method", __name__)
