"""Settings of a generator's training (loss, regulariser, conditioning), and the draft that suits a data set."""

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from mlcore import data as sets
from mlcore.data import Dataset
from mlcore.generation.generators import checked, generators
from mlcore.settings import Settings, choice, number, override, read, recorded

Loss = Literal["relativistic", "non-saturating", "hinge", "wasserstein"]
Regulariser = Literal["none", "r1", "r1r2", "gradient-penalty", "spectral"]
Conditioning = Literal["none", "class-scores", "auxiliary", "label-channels", "projection"]
LARGE, LEAST = 64, 4  # pictures of a usual batch and of the smallest one
PENALTY = 10.0  # weight of the gradient penalty in Gulrajani et al. 2017 (arXiv:1704.00028, section 4)
NAMING = ("class-scores", "auxiliary")  # conditionings with a head that names the class


class GanSettings(Settings):
    """How a generator is trained; the settings of its pair are checked, and filled in, with the rest."""

    data: str = choice("digits", "Data set whose pictures are imitated")
    generator: str = choice("tiny", "Pair of networks")
    network: dict[str, Any] = Field(default_factory=dict, description="Settings of the pair", validate_default=True)
    steps: int = number(2000, 1, 1_000_000, "Steps of both networks")
    minutes: float = number(0.0, 0.0, 10000.0, "Time to spend at the most, in minutes; 0 means no limit")
    batch_size: int = number(LARGE, LEAST, 1024, "Pictures per step, real and made")
    learning_rate: float = number(0.001, 1e-6, 0.1, "Size of a step (Adam)")
    loss: Loss = choice("relativistic", "What the two networks play for")
    regulariser: Regulariser = choice("r1r2", "What keeps the critic smooth")
    gamma: float = number(
        0.1, 0.0, 100.0, "How strongly the critic is kept smooth; a gradient penalty begins with 10", expert=True
    )
    every: int = number(8, 1, 64, "Steps from one check of smoothness to the next", expert=True)
    conditioning: Conditioning = choice("class-scores", "How the networks learn which class is meant")
    class_weight: float = number(0.2, 0.0, 10.0, "Weight of naming the class (class-scores, auxiliary)", expert=True)
    augment: bool = choice(False, "Shift and cut what the critic sees: for fewer than 2,000 pictures")
    flip: bool = choice(False, "Show every picture mirrored, too")
    noise: int = number(64, 2, 512, "Random numbers that a picture is made from", expert=True)
    momentum: float = number(0.5, 0.0, 0.99, "First moment of Adam", expert=True)
    average: float = number(
        0.99, 0.0, 0.9999, "Share of the old weights kept by the average that is saved", expert=True
    )
    seed: int = number(0, 0, 2**31 - 1, "Number that all randomness comes from")
    fingerprint: str = recorded("Fingerprint of the data that it was begun with; empty where nobody wrote it down")

    @model_validator(mode="before")
    @classmethod
    def _suited_gamma(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("regulariser") == "gradient-penalty":
            return {"gamma": PENALTY} | values
        return values

    @field_validator("network")
    @classmethod
    def _complete(cls, values: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        if "generator" not in info.data:
            return values  # refused already
        return read(generators.get(info.data["generator"]).settings, values).model_dump(mode="json")


def draft(data: str, generator: str = "tiny", assignments: list[str] | None = None) -> GanSettings:
    """Settings that suit the data set of that name; see `draft_for`."""
    return draft_for(sets.open(data), generator, assignments)


def draft_for(dataset: Dataset, generator: str = "tiny", assignments: list[str] | None = None) -> GanSettings:
    """Settings that suit a data set, changed by `key=value` texts.

    Photographs are mirrored, learned in smaller steps and with more weight on their class. Fewer than 2,000 pictures
    are varied before the critic sees them, and fewer than a batch make smaller batches. Raises Refused.
    """
    values: dict[str, Any] = {"data": dataset.name, "generator": generator}
    if not is_grey(dataset):
        values |= {"class_weight": 1.0, "flip": True, "learning_rate": 0.0005}
    if dataset.splits["train"] < 2000:
        values |= {"augment": True, "gamma": 0.3}
    if dataset.splits["train"] < LARGE:
        values["batch_size"] = max(LEAST, 2 ** (dataset.splits["train"].bit_length() - 1))
    if "regulariser=gradient-penalty" in (assignments or []):
        values["gamma"] = PENALTY
    return read(GanSettings, override(values, assignments or []))


def is_grey(dataset: Dataset) -> bool:
    """Whether the training pictures have no colour, judged by 32 of them."""
    import numpy as np

    split = dataset.split("train")
    pictures = split.read(np.linspace(0, len(split) - 1, min(32, len(split))).astype(int))
    return bool((pictures == pictures[..., :1]).all())


__all__ = ["GanSettings", "checked", "draft", "draft_for", "is_grey"]
