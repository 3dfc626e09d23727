"""TrivialAugment (Müller and Hutter 2021, arXiv:2103.10158): one change for each picture, of any strength.

It needs no search and no second number, and is no worse there than RandAugment (Cubuk et al. 2020, arXiv:1909.13719),
which makes several. Its own fourteen changes are replaced by those of this shelf that say how far they may go.
"""

import numpy as np

from mlcore.data.augmentation.draw import Draw
from mlcore.data.augmentation.shelf import About, changes
from mlcore.recipe import Augmentation


@changes.add("automatic", "Automatic", about=About(("automatic",)))
def automatic(pictures: np.ndarray, settings: Augmentation, draw: Draw) -> np.ndarray:
    """One change drawn for each picture, or none; its strength is drawn up to the setting's share of the widest."""
    choices, out = pool(), pictures.copy()
    chosen = draw.rng.integers(-1, len(choices), len(pictures))
    for number in range(len(choices)):
        given, (entry, name, widest) = chosen == number, choices[number]
        if given.any():
            strength = type(getattr(settings, name))(widest * settings.automatic)
            out[given] = entry.run(pictures[given], Augmentation(**{name: strength}), draw.among(given))
    return out


def pool() -> list:
    """The changes to draw from: entry, setting, and its widest value."""
    return [(entry, name, widest) for entry in changes.all() for name, widest in entry.about.widest.items()]
