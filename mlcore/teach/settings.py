"""What can be chosen when a model is taught."""

from mlcore import backbones
from mlcore.settings import Settings, choice, name, number, recorded


class TeachSettings(Settings):
    """Which pictures, on which backbone."""

    data: str = choice("", "Data set")
    backbone: str = name(
        "", backbones.titles, "The network whose filters are used, as they are; empty: chosen by the pictures' size"
    )
    per_class: int = number(0, 0, 100_000, "Training pictures of each class to learn from; 0 means all")
    seed: int = number(0, 0, 2**31 - 1, "Number that decides which pictures are taken and how they are left out")
    fingerprint: str = recorded("Fingerprint of the data that it was begun with; empty where nobody wrote it down")
