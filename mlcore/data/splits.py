"""Train, validation and test split: which pictures teach, which steer and which judge."""

import hashlib

import numpy as np

from mlcore.data.components import components

SPLITS = ("train", "val", "test")  # stored as 0, 1, 2
TRAIN, VAL, TEST, UNLABELLED = range(4)  # no split reads the last; its label is 0 and means nothing
# What is taken from the training pictures for a split that wasn't given: a share and at most so many.
# 5,000 pictures give an accuracy to about one point either way, 2,500 are plenty to choose a temperature.
SHARES = ((TEST, 0.1, 5000), (VAL, 0.1, 2500))


def carve(
    labels: np.ndarray,
    splits: np.ndarray,
    groups: np.ndarray,
    draw: np.ndarray,
    disputed: np.ndarray | None = None,
) -> np.ndarray:
    """Give a missing test set and a missing validation set a share of every class of the training pictures.

    labels, splits, groups and draw are (n,); a group is what belongs together, such as copies or the frames of a video,
    and counts for the class that most of it has. It stays on one side, and those with a picture of a low place in the
    draw are taken first. What is `disputed`, without it copies that disagree on the class, stays in train with its
    group. A class of two groups or more gives at least one and keeps at least one. Returns the new splits.
    """
    splits = splits.copy()
    free = ~_anywhere(conflicting(labels, groups) if disputed is None else disputed, groups)
    places = _least(draw, groups)
    for code, share, most in SHARES:
        if (splits == code).any():
            continue
        rows = np.flatnonzero(splits == TRAIN)
        main = commonest(labels[rows], groups[rows])
        wanted = min(round(share * len(rows)), most)
        for label, count in zip(*_quotas(main, wanted), strict=True):
            candidates = rows[(main == label) & free[rows]]
            splits[_take(candidates, places, count)] = code
    return splits


def folds(labels: np.ndarray, groups: np.ndarray, draw: np.ndarray, count: int) -> np.ndarray:
    """The fold int64 (n,), 0 to count - 1, of each picture for cross-validation: classes spread evenly, groups whole.

    The groups of a class are dealt in the order of their places in the draw.
    """
    _, first, member = np.unique(groups, return_index=True, return_inverse=True)
    order = np.lexsort((_least(draw, groups)[first], commonest(labels, groups)[first]))
    fold = np.empty(len(first), int)
    fold[order] = np.arange(len(first)) % count
    return fold[member]


def together(*groupings: np.ndarray) -> np.ndarray:
    """Numbers (n,), the same for pictures that share a number in any of the groupings (n,), also by way of others."""
    firsts = [_firsts(grouping) for grouping in groupings]
    rows = np.tile(np.arange(len(firsts[0])), len(firsts))
    return components(len(firsts[0]), rows, np.concatenate(firsts))


def conflicting(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """True for pictures in whose group another one has another class."""
    first, last = np.full(groups.max(initial=-1) + 1, np.iinfo("int64").max), np.full(groups.max(initial=-1) + 1, -1)
    np.minimum.at(first, groups, labels)
    np.maximum.at(last, groups, labels)
    return (first != last)[groups]


def commonest(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """The class (n,) that most pictures of each one's group have, of equals the first."""
    classes = int(labels.max(initial=0)) + 1
    pairs, counts = np.unique(groups.astype("int64") * classes + labels, return_counts=True)
    best = pairs[np.lexsort((-counts, pairs // classes))]  # stable: of equal counts the lower class
    numbers, first = np.unique(best // classes, return_index=True)
    main: np.ndarray = (best[first] % classes)[np.searchsorted(numbers, groups)]
    return main


def _firsts(grouping: np.ndarray) -> np.ndarray:
    """The first row of each one's group."""
    _, first, place = np.unique(grouping, return_index=True, return_inverse=True)
    rows: np.ndarray = first[place]
    return rows


def _anywhere(marked: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """True for every picture of a group with a marked one."""
    return np.isin(groups, groups[marked])


def _least(draw: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """The lowest place in the draw that a picture of the group has."""
    places = np.full(groups.max(initial=-1) + 1, np.iinfo("int64").max)
    np.minimum.at(places, groups, draw)
    return places[groups]


def by_own_hash(hashes: np.ndarray, seed: int = 0) -> np.ndarray:
    """A place in the draw (n,) by each picture's own hash uint8 (n, 16) and the seed, whatever others there are.

    So one more picture moves no more than one other of its class from one split to the next.
    """
    return np.unique(_lots(hashes, seed), return_inverse=True)[1].reshape(-1)


def for_labelled(
    new: np.ndarray,
    labels: np.ndarray,
    splits: np.ndarray,
    hashes: np.ndarray,
    seed: int = 0,
    groups: np.ndarray | None = None,
) -> np.ndarray:
    """Codes for the rows `new`, which got their class just now: each picture's own hash draws its side.

    One in ten becomes a test picture and one in ten validates, whichever are labelled first, so the order of labelling
    chooses nothing. A copy goes where its like is, and so does one of the same group: `groups` are numbers (n,) of all
    rows, negative for none. A split that is empty so far gets its share of the new ones at once.
    """
    if groups is not None:
        alone = groups.max(initial=0) + 1 + np.arange(len(groups))
        hashes = hashes[_firsts(together(_numbered(_keys(hashes)), np.where(groups < 0, alone, groups)))]
    codes = np.digitize(_lots(hashes[new], seed) / 2.0**64, np.cumsum([share for _, share, _ in SHARES]))
    codes = np.array([code for code, *_ in SHARES] + [TRAIN], "uint8")[codes]
    copies = _sides(splits, hashes, hashes[new])
    codes = np.where(copies == UNLABELLED, codes, copies).astype("uint8")
    lacking = [code for code, *_ in SHARES if not (splits == code).any() and not (codes == code).any()]
    if not lacking:
        return codes
    shares = carve(labels[new], codes, _numbered(_keys(hashes[new])), by_own_hash(hashes[new], seed))
    return np.where(np.isin(shares, lacking), shares, codes)


def _sides(splits: np.ndarray, hashes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The split of a labelled picture that equals each of the wanted ones; UNLABELLED for none."""
    labelled = np.flatnonzero(splits != UNLABELLED)
    keys, first = np.unique(_keys(hashes[labelled]), return_index=True)
    if not len(keys):
        return np.full(len(wanted), UNLABELLED, "uint8")
    places = np.minimum(np.searchsorted(keys, _keys(wanted)), len(keys) - 1)
    return np.where(keys[places] == _keys(wanted), splits[labelled][first[places]], UNLABELLED)


def _numbered(values: np.ndarray) -> np.ndarray:
    return np.unique(values, return_inverse=True)[1].reshape(-1)


def _keys(hashes: np.ndarray) -> np.ndarray:
    """The beginning of each hash as a number: equal for equal pictures."""
    return np.ascontiguousarray(hashes[:, :8]).view("<u8").ravel()


def _lots(hashes: np.ndarray, seed: int) -> np.ndarray:
    lots = [int.from_bytes(hashlib.sha256(seed.to_bytes(8) + row.tobytes()).digest()[:8]) for row in hashes]
    return np.array(lots, "uint64")


def by_lot(groups: np.ndarray, seed: int = 0) -> np.ndarray:
    """A place in the draw (n,) by lot among all groups; the built-in sets, which never change, were split so."""
    return np.random.default_rng([seed, 0x5B11]).permutation(groups.max(initial=-1) + 1)[groups]


def _quotas(labels: np.ndarray, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """Classes and how many of each to take: in proportion, `wanted` in all, by largest remainder."""
    classes, sizes = np.unique(labels, return_counts=True)
    ideal = sizes * (wanted / max(1, len(labels)))
    counts = np.floor(ideal).astype(int)
    short = wanted - counts.sum()
    counts[np.argsort(counts - ideal, kind="stable")[:short]] += 1
    return classes, np.where(sizes > 1, np.clip(counts, 1, np.maximum(sizes - 1, 1)), 0)


def _take(candidates: np.ndarray, places: np.ndarray, count: int) -> np.ndarray:
    """About `count` of the candidates in whole groups, which share a place: those that were drawn first."""
    ordered = candidates[np.argsort(places[candidates], kind="stable")]
    starts = np.flatnonzero(np.diff(places[ordered], prepend=-1))
    sizes = np.diff(starts, append=len(ordered))
    return ordered[np.repeat(np.array(_chosen(sizes.tolist(), count), bool), sizes)]


def _chosen(sizes: list[int], count: int) -> list[bool]:
    """Which groups to take: in order each that brings their sum nearer to `count`; one at least, but never all."""
    chosen, left = [], count
    for size in sizes:
        chosen.append(size < 2 * left)
        left -= size if chosen[-1] else 0
    if count and len(sizes) > 1 and not any(chosen):
        chosen[sizes.index(min(sizes))] = True
    if chosen and all(chosen):
        chosen[-1:] = [False]
    return chosen
