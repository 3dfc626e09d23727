"""Near duplicates, such as ten frames of one held-up object: they prove little about new pictures."""

import numpy as np
from PIL import Image

from mlcore import images
from mlcore.data import near_pairs
from mlcore.progress import Progress, silent

SIDE = 16  # pixels of the thumbnail that is compared
# Correlation of two thumbnails from which on they count as one picture. No pair of 1,500 pictures of CIFAR-10
# reaches it, of MNIST 0.02 % of the pairs of a digit; of copies, compressed, brightened or made noisy, 99 % do.
ALIKE = 0.98
# Where pictures are many and hold little, as digits do, chance links them to chains: 1,175 ones of 20,000 pictures of
# MNIST. A chain of so many is told from copies by how its links multiply as the distance doubles, 5 to 7 times there
# and hardly among copies; it is linked anew by the next of these correlations.
CHAIN, CHANCE, STRICTER = 50, 4.0, (0.99, 0.995, 0.998)
LOOKED_AT = 1000  # pictures of a chain


def groups(pictures: np.ndarray, alike: float = ALIKE) -> np.ndarray:
    """Numbers (N,), the same for pictures uint8 (N, H, W, 3) that are linked by pairs which look almost alike."""
    return linked(signatures(pictures), alike)


def linked(signatures: np.ndarray, alike: float = ALIKE) -> np.ndarray:
    """The same of the pictures' signatures (N, 768)."""
    return near_pairs.linked(signatures.__getitem__, len(signatures), alike)


def copies(thumbnails: np.ndarray, mirrored: bool = False, progress: Progress = silent) -> np.ndarray:
    """Numbers (N,), the same for near copies among thumbnails uint8 (N, 16, 16, 3); no chains that chance has made.

    With `mirrored` a picture is a copy of its mirror image, too.
    """
    group_of = _copies(thumbnails, ALIKE, mirrored, progress)
    for looser, alike in zip((ALIKE, *STRICTER), STRICTER, strict=False):
        for members in _chains(thumbnails, group_of, looser, mirrored):
            group_of[members] = members[_copies(thumbnails[members], alike, mirrored)]
    return group_of


def both_ways(thumbnails: np.ndarray, count: int, progress: Progress = silent) -> tuple[np.ndarray, np.ndarray]:
    """The copies among thumbnails with mirror images and without; without thumbnails `count` pictures by themselves."""
    if not len(thumbnails):
        return np.arange(count), np.arange(count)
    either_way = copies(thumbnails, mirrored=True, progress=progress)
    members = np.flatnonzero(np.bincount(either_way, minlength=count)[either_way] > 1)
    same_way = np.arange(count)
    same_way[members] = members[copies(thumbnails[members])]
    return either_way, same_way


def _copies(thumbnails: np.ndarray, alike: float, mirrored: bool, progress: Progress = silent) -> np.ndarray:
    return near_pairs.linked(lambda rows: unit(thumbnails[rows]), len(thumbnails), alike, mirrored, progress)


def _chains(thumbnails: np.ndarray, group_of: np.ndarray, alike: float, mirrored: bool) -> list[np.ndarray]:
    """The members of each group that chance has made."""
    numbers, sizes = np.unique(group_of, return_counts=True)
    large = [np.flatnonzero(group_of == number) for number in numbers[sizes >= CHAIN]]
    return [members for members in large if _growth(thumbnails[members], alike, mirrored) >= CHANCE]


def _growth(thumbnails: np.ndarray, alike: float, mirrored: bool) -> float:
    """How many times more pairs there are at twice the distance: 2 to the half of their dimension.

    The correlation dimension of Grassberger and Procaccia (1983, Physica D 9:189); copies leave a gap instead.
    """
    chosen = np.random.default_rng(0).permutation(len(thumbnails))[:LOOKED_AT]
    looks = unit(thumbnails[chosen])
    near = np.maximum(looks @ looks.T, looks @ _mirrored(looks).T if mirrored else -1)
    pairs = near[np.triu_indices(len(looks), 1)]
    return float((pairs >= 2 * alike - 1).sum() / max(1, (pairs >= alike).sum()))


def signatures(pictures: np.ndarray) -> np.ndarray:
    """Thumbnails (N, 768), without their mean and of length 1: their products are correlations."""
    return unit(np.stack([thumbnail(picture) for picture in pictures]))


def thumbnail(picture: np.ndarray) -> np.ndarray:
    """A picture uint8 (H, W, 3) as uint8 (16, 16, 3); a large one is made a few times smaller first, which is quick."""
    factor = min(picture.shape[:2]) // (4 * SIDE)
    if factor > 1:
        picture = np.asarray(Image.fromarray(np.ascontiguousarray(picture)).reduce(factor))
    return images.fit(picture, SIDE, SIDE)


def unit(thumbnails: np.ndarray) -> np.ndarray:
    """Signatures float32 (N, 768) of thumbnails uint8 (N, 16, 16, 3); those of plain pictures are zero."""
    flat = thumbnails.reshape(-1, SIDE * SIDE * 3).astype("float32")
    flat = flat - flat.mean(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)


def _mirrored(looks: np.ndarray) -> np.ndarray:
    return looks.reshape(-1, SIDE, SIDE, 3)[:, :, ::-1].reshape(looks.shape)
