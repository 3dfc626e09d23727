"""Small scans of handwritten digits that come with scikit-learn: real data without a network."""

import numpy as np

from mlcore.data.sources import Example, Facts, Incoming, built_in
from mlcore.settings import Settings

# The scans have 8 x 8 pixels. Enlarged to 16 they pass through every network on the shelf (two poolings leave
# 4 x 4), and a sharp upload shrunk to 16 still resembles them; at 32 it would look far sharper than they do.
SIDE = 16
BRIGHTEST = 16  # the scans count inked pixels of a 4 x 4 block

FACTS = Facts(
    description="1,797 small scans of handwritten digits by 43 people, bright on black.",
    classes=tuple("0123456789"),
    shape=(SIDE, SIDE, 3),
    pictures=1797,
    license="CC BY 4.0, Alpaydin and Kaynak 1998",
    address="https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
)


@built_in("digits", "Digits", FACTS)
def digits(settings: Settings) -> Incoming:
    """Handwritten digits that come with the installation; no network needed."""
    from sklearn.datasets import load_digits

    scans = load_digits()
    grey = np.rint(scans.images * (255 / BRIGHTEST)).astype("uint8")
    pictures = np.repeat(grey[..., None], 3, axis=-1)
    examples = (
        Example(picture, int(label), None, f"{number:04}")
        for number, (picture, label) in enumerate(zip(pictures, scans.target, strict=True))
    )
    return Incoming(FACTS.classes, len(pictures), examples, origin=FACTS.address, size=SIDE)
