"""Fashion-MNIST: clothes in the format of MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747)."""

from mlcore.data.sources import Facts, Incoming, built_in
from mlcore.data.sources.keras_datasets import load
from mlcore.settings import Settings

FACTS = Facts(
    description="70,000 grey pictures of clothes, bright on black; harder than digits.",
    classes=(
        "T-shirt",
        "trousers",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
    shape=(28, 28, 3),
    pictures=70_000,
    license="MIT, Zalando SE 2017",
    address="https://github.com/zalandoresearch/fashion-mnist",
    download_bytes=30_878_645,
)


@built_in("fashion-mnist", "Fashion-MNIST", FACTS)
def fashion_mnist(settings: Settings) -> Incoming:
    """Clothes from a shop: 60,000 pictures to learn from and 10,000 to test with."""
    return load("fashion-mnist", "fashion_mnist", FACTS)
