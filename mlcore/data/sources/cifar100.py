"""CIFAR-100: small colour photographs of a hundred things (Krizhevsky 2009), with the fine labels."""

from mlcore.data.sources import Facts, Incoming, built_in
from mlcore.data.sources.keras_datasets import load
from mlcore.settings import Settings

CLASSES = """apple, aquarium fish, baby, bear, beaver, bed, bee, beetle, bicycle, bottle, bowl, boy, bridge, bus,
butterfly, camel, can, castle, caterpillar, cattle, chair, chimpanzee, clock, cloud, cockroach, couch, crab, crocodile,
cup, dinosaur, dolphin, elephant, flatfish, forest, fox, girl, hamster, house, kangaroo, keyboard, lamp, lawn mower,
leopard, lion, lizard, lobster, man, maple tree, motorcycle, mountain, mouse, mushroom, oak tree, orange, orchid, otter,
palm tree, pear, pickup truck, pine tree, plain, plate, poppy, porcupine, possum, rabbit, raccoon, ray, road, rocket,
rose, sea, seal, shark, shrew, skunk, skyscraper, snail, snake, spider, squirrel, streetcar, sunflower, sweet pepper,
table, tank, telephone, television, tiger, tractor, train, trout, tulip, turtle, wardrobe, whale, willow tree, wolf,
woman, worm"""

FACTS = Facts(
    description="60,000 colour photographs, 32 pixels wide, of a hundred things; 600 of each.",
    classes=tuple(CLASSES.replace("\n", " ").split(", ")),
    shape=(32, 32, 3),
    pictures=60_000,
    license="no licence stated; cite Krizhevsky 2009",
    address="https://www.cs.toronto.edu/~kriz/cifar.html",
    download_bytes=169_001_437,
)


@built_in("cifar100", "CIFAR-100", FACTS)
def cifar100(settings: Settings) -> Incoming:
    """A hundred things, from apples to worms: 50,000 photographs to learn from and 10,000 to test with."""
    return load("cifar100", "cifar100", FACTS)
