"""MNIST: the classic of handwritten digits (LeCun, Cortes and Burges 1998)."""

from mlcore.data.sources import Facts, Incoming, built_in
from mlcore.data.sources.keras_datasets import load
from mlcore.settings import Settings

FACTS = Facts(
    description="70,000 grey pictures of handwritten digits, bright on black.",
    classes=tuple("0123456789"),
    shape=(28, 28, 3),
    pictures=70_000,
    license="CC BY-SA 3.0, LeCun, Cortes and Burges 1998",
    address="https://keras.io/api/datasets/mnist",
    download_bytes=11_490_434,
)


@built_in("mnist", "MNIST", FACTS)
def mnist(settings: Settings) -> Incoming:
    """Handwritten digits: 60,000 to learn from and 10,000 to test with."""
    return load("mnist", "mnist", FACTS)
