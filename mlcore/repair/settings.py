"""Settings of a repair (inpainting) network's training."""

from mlcore.settings import Settings, choice, number, recorded

MOST_PIXELS = 1024 * 1024  # of a picture that a network repairs


class RepairSettings(Settings):
    """How a repair network is trained."""

    data: str = choice("digits", "Data set on whose pictures repairing is learned")
    width: int = number(48, 8, 128, "Filters of the first level; the next one has twice as many")
    steps: int = number(1500, 1, 1_000_000, "Steps of training")
    minutes: float = number(0.0, 0.0, 10000.0, "Time to spend at the most, in minutes; 0 means no limit")
    batch_size: int = number(64, 8, 1024, "Pictures per step")
    learning_rate: float = number(0.002, 1e-6, 0.1, "Size of the largest step (Adam)")
    adversarial: float = number(0.1, 0.0, 1.0, "Weight of a critic that wants repairs to look real; 0 for none")
    flip: bool = choice(False, "Show every picture mirrored, too")
    momentum: float = number(0.9, 0.0, 0.99, "First moment of Adam", expert=True)
    seed: int = number(0, 0, 2**31 - 1, "Number that all randomness comes from")
    fingerprint: str = recorded("Fingerprint of the data that it was begun with; empty where nobody wrote it down")
