"""A recipe: data, architecture and hyperparameters of a training run; its id is the hash of what it says."""

import hashlib
import json
from typing import Any, Literal

from pydantic import Field, field_validator

from mlcore.settings import Settings, choice, names, number, recorded, said

Precision = Literal["auto", "float32", "mixed-float16", "mixed-bfloat16"]
OptimizerName = Literal["gradient-descent", "momentum", "nesterov", "rmsprop", "adam", "adamw"]


class Augmentation(Settings):
    """How training pictures are varied; every change is off by default, and they are made in this order."""

    rotate: float = number(0.0, 0.0, 45.0, "Largest turn, in degrees", expert=True)
    zoom: float = number(0.0, 0.0, 0.5, "Largest zoom in or out, as a share of the size", expert=True)
    shear: float = number(0.0, 0.0, 30.0, "Largest slant, in degrees", expert=True, since="0.2")
    elastic: float = number(0.0, 0.0, 0.1, "Largest bend, as a share of the size", expert=True, since="0.2")
    shift: int = number(0, 0, 16, "Largest shift up, down, left or right, in pixels")
    flip: bool = choice(False, "Mirror every other picture left to right, alternating from epoch to epoch")
    flip_vertical: bool = choice(
        False, "Mirror half of the pictures top to bottom", label="Vertical flip", expert=True, since="0.2"
    )
    quarter_turns: bool = choice(
        False,
        "Turn each picture by 0, 90, 180 or 270 degrees; one that isn't square by 0 or 180",
        expert=True,
        since="0.2",
    )
    strokes: float = number(0.0, 0.0, 1.0, "How much thicker or thinner lines become, in pixels a side", expert=True)
    invert: bool = choice(False, "Turn light and dark round in half of the pictures, as for writing", expert=True)
    brightness: float = number(0.0, 0.0, 0.8, "Largest change of brightness, as a share", expert=True)
    contrast: float = number(0.0, 0.0, 0.8, "Largest change of contrast, as a share", expert=True)
    saturation: float = number(0.0, 0.0, 1.0, "Largest change of saturation, as a share", expert=True, since="0.2")
    hue: float = number(0.0, 0.0, 180.0, "Largest turn of the hue, in degrees", expert=True, since="0.2")
    grey: float = number(0.0, 0.0, 1.0, "Share of the pictures that lose their colour", expert=True, since="0.2")
    blur: float = number(0.0, 0.0, 4.0, "Largest blur, in pixels of standard deviation", expert=True, since="0.2")
    noise: float = number(
        0.0, 0.0, 0.3, "Largest Gaussian noise, as a share of the way from black to white", expert=True, since="0.2"
    )
    salt_pepper: float = number(
        0.0,
        0.0,
        0.3,
        "Largest share of the pixels that turn white or black",
        label="Salt and pepper",
        since="0.2",
        expert=True,
    )
    jpeg: int = number(
        0, 0, 95, "Largest loss by JPEG: the quality is 100 less up to this", label="JPEG", expert=True, since="0.2"
    )
    automatic: float = number(
        0.0, 0.0, 1.0, "One change drawn for each picture, up to this share of its widest (TrivialAugment)", since="0.2"
    )
    cutout: int = number(0, 0, 32, "Side of a grey square laid over each picture, in pixels", expert=True)
    mixup: float = number(
        0.0,
        0.0,
        2.0,
        "Blend pictures two by two, and their classes: how evenly (alpha, 0.2 is usual)",
        expert=True,
        since="0.2",
    )
    cutmix: float = number(
        0.0,
        0.0,
        2.0,
        "Lay a part of another picture over each, and share the class: how evenly (alpha, 1 is usual)",
        expert=True,
        since="0.2",
    )


class Distillation(Settings):
    """Learning what finished models answer, besides the labels (knowledge distillation)."""

    teachers: list[str] = names(
        "Finished models of the same classes to learn from: a small network gets closer to them"
    )
    share: float = number(0.9, 0.0, 1.0, "How much the teachers' answers count; the labels count for the rest")
    temperature: float = number(
        4.0, 1.0, 20.0, "Softens the teachers' answers, so that second and third choices teach, too"
    )

    @field_validator("teachers", mode="before")
    @classmethod
    def _typed_with_commas(cls, given: Any) -> Any:
        return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


class Training(Settings):
    """How a network is trained."""

    epochs: int = number(10, 1, 1000, "How often every training picture is seen")
    minutes: float = number(0.0, 0.0, 10000.0, "Time to spend at the most, in minutes; 0 means no limit")
    batch_size: int = number(128, 1, 4096, "Pictures per step")
    optimizer: OptimizerName = choice("adam", "How the weights follow the gradient")
    learning_rate: float = number(0.001, 1e-6, 10.0, "Size of a step; with a schedule, the largest one")
    schedule: Literal["constant", "cosine", "one-cycle"] = choice("constant", "How the learning rate changes over time")
    momentum: float = number(0.9, 0.0, 0.999, "How much of the last step is kept (momentum optimisers)", expert=True)
    weight_decay: float = number(0.0, 0.0, 1.0, "How fast unused weights shrink, apart from the gradient", expert=True)
    loss: Literal["cross-entropy", "mean-squared-error"] = choice("cross-entropy", "What training makes small")
    class_balance: Literal["none", "weights", "sampling"] = choice(
        "none",
        "Even out uneven classes: weights make rare ones count more, sampling shows them more often",
        since="0.2",
    )
    label_smoothing: float = number(0.0, 0.0, 0.5, "Share of certainty taken from the true class", expert=True)
    early_stopping: int = number(
        0,
        0,
        100,
        "Stop after this many epochs without a better validation accuracy, balanced where classes are evened out, and "
        "keep the best; 0 means never",
    )
    precision: Precision = choice(
        "auto", "Numbers inside the network; auto is float32 on a CPU and mixed on a GPU", expert=True
    )
    devices: int = number(1, 1, 16, "GPUs that share each batch", expert=True)
    seed: int = number(
        0, 0, 2**31 - 1, "Number that all randomness comes from: as many steps on as many cores give the same model"
    )
    augmentation: Augmentation = Augmentation()
    distillation: Distillation = Distillation()


class Recipe(Settings):
    """Data set, architecture and how to train."""

    data: str = Field(description="Name of the data set")
    architecture: str = Field(description="Name of the architecture")
    settings: dict[str, Any] = Field(default_factory=dict, description="Settings of the architecture")
    training: Training = Training()
    fingerprint: str = recorded("Fingerprint of the data that it was begun with; empty where nobody wrote it down")

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that differ when anything in the recipe differs, its data taken by their name."""
        values = said(self)
        del values["fingerprint"]
        text = json.dumps(values, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]
