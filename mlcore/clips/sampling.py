"""Frame sampling: which frames stand for a whole clip."""


def evenly(length: int, count: int) -> list[int]:
    """The middles of `count` equal stretches of `length` frames; in a shorter clip frames come more than once."""
    return [(2 * index + 1) * length // (2 * count) for index in range(count)]
