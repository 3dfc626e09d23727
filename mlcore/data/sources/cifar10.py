"""CIFAR-10: small colour photographs of ten things (Krizhevsky 2009)."""

from mlcore.data.sources import Facts, Incoming, built_in
from mlcore.data.sources.keras_datasets import load
from mlcore.settings import Settings

FACTS = Facts(
    description="60,000 colour photographs, 32 pixels wide, of animals and vehicles.",
    classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    shape=(32, 32, 3),
    pictures=60_000,
    license="no licence stated; cite Krizhevsky 2009",
    address="https://www.cs.toronto.edu/~kriz/cifar.html",
    download_bytes=170_498_071,
)


@built_in("cifar10", "CIFAR-10", FACTS)
def cifar10(settings: Settings) -> Incoming:
    """Animals and vehicles: 50,000 photographs to learn from and 10,000 to test with."""
    return load("cifar10", "cifar10", FACTS)
