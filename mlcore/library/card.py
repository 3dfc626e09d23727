"""A model's card: all that a list or a page says of it, readable without loading the model."""

from math import prod
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mlcore import reader
from mlcore.intervals import Interval
from mlcore.library.certainty import Certainty
from mlcore.settings import Settings

NOT_ALL = 39  # held-out pictures from which on 5 % leave out the most distant one
ENOUGH = 100  # held-out pictures: a threshold for 5 % of them lets 2 to 10 % of others through (beta distribution)
MOST_NUMBERS = 64 * 1024 * 1024 * 3  # in one picture or clip: 64 frames of the longest side that clips are kept in
Side = reader.Side
Frames = Annotated[int, Field(ge=1, le=1024)]


class Noticing(Settings):
    """How well a model notices pictures unlike those that it learned from, in shares of pictures that it flags."""

    held_out: int = Field(0, description="Pictures kept from training that the threshold comes from")
    own: Interval | None = Field(None, description="Of test pictures of its own data: flagged though they needn't be")
    caught: dict[str, Interval] = Field({}, description="Of pictures of something else, by what they are")
    basis: str = Field("", description="What the held-out pictures were, where they aren't of the model's own data")

    @property
    def beyond(self) -> str:
        """Which held-out pictures are nearer than a flagged one, in words: 'than all 24 pictures of ...'."""
        nearly = "nearly all" if self.held_out >= NOT_ALL else "all"
        return f"{nearly} {self.held_out:,} pictures {self.basis or 'of its own data that it had not learned from'}"

    @property
    def few(self) -> bool:
        """Whether the held-out pictures are too few to place the threshold well."""
        return self.held_out < ENOUGH


class Card(Settings):
    """What a finished model is, what it can tell apart, and how good it was on pictures it never saw."""

    id: str
    title: str
    kind: str = "classifier"
    data: str
    fingerprint: str = Field("", description="Of the data it learned from; empty where nobody wrote it down")
    architecture: str
    classes: tuple[str, ...] = Field(min_length=1)
    shape: tuple[Side, Side, Literal[3]] | tuple[Frames, Side, Side, Literal[3]] = Field(
        description="Height, width and channels of the pictures it takes; for clips the number of frames comes first"
    )
    accuracy: Interval | None = Field(None, description="On the test pictures, with its 95 % interval")
    parameters: int = 0
    temperature: float = Field(1.0, gt=0, description="Divides the logits so that probabilities can be believed")
    threshold: float = Field(0.5, description="Below this probability the answer is 'not sure'")
    threshold_precision: Interval | float | None = Field(
        None,
        description="Share of right answers above the threshold on held-out pictures, with its interval; None where no "
        "answer is sure or none was measured. A plain number, on older cards, is what was aimed at and not measured",
    )
    set_cut: float | None = Field(
        None, description="Probability from which a class belongs to the set that holds the truth 9 times in 10"
    )
    calibrated_on: int | None = Field(
        None, description="Pictures that temperature, threshold and set were fitted on; None where nobody wrote it down"
    )
    certainty: Certainty | None = Field(None, description="How often answers were right, by confidence")
    created: reader.IsoDate = ""
    seconds: float = Field(0.0, description="Time spent in training")
    command: str = Field("", description="The command that makes this model again")
    description: str = ""
    starter: bool = False
    tags: tuple[str, ...] = Field((), description="Words that a person gave it to find it by")
    pinned: bool = Field(False, description="Whether a person had it stand first")
    answers_fast: bool = Field(False, description="Whether the checked small copy can answer before Keras is loaded")
    fast_difference: float | None = Field(None, description="Largest difference in probability of the small copy")
    unlike: Noticing | None = Field(None, description="How it notices pictures unlike those learned from, as measured")

    @model_validator(mode="after")
    def _tells_apart(self) -> Self:
        """A classifier has two classes or more; what makes or repairs pictures may have learned from one."""
        if self.kind == "classifier" and len(self.classes) < 2:
            raise ValueError("a classifier has two classes or more")
        if prod(self.shape) > MOST_NUMBERS:
            raise ValueError(f"one picture would hold more than {MOST_NUMBERS:,} numbers")
        return self

    @property
    def is_sequence(self) -> bool:
        """Whether it answers for clips instead of single pictures."""
        return len(self.shape) == 4

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a picture or of a clip's frames, in pixels."""
        return self.shape[-3:-1]
