"""Attribution: why did the classifier answer so? Saliency maps of one picture for one class, by several methods."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from pydantic import ConfigDict

from mlcore import clips
from mlcore.clips import Clip
from mlcore.errors import Kind, Refused, unknown
from mlcore.explanation.methods import methods
from mlcore.explanation.score import score_for
from mlcore.explanation.toolkit.background import background_of
from mlcore.explanation.toolkit.cam import CamSettings
from mlcore.explanation.toolkit.frames import each_frame
from mlcore.explanation.toolkit.perturbation import finite
from mlcore.explanation.toolkit.pooled_head import pooled_score
from mlcore.images import Picture
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier
from mlcore.progress import Progress
from mlcore.registry import Entry
from mlcore.settings import read

__all__ = ["Explanation", "explain", "methods"]

OUTPUTS = ("logits", "probabilities")


@dataclass(frozen=True, eq=False)
class Explanation:
    """How much each place of a picture had to do with the score of a class.

    heat float32 (H, W) in the network's size, raw: nothing is scaled or cut. values (H, W, 3), one per colour,
    or None. `score` is the class's logit, or its probability where `output` says so; `picture` uint8 (H, W, 3) is
    what the network saw. `signed` heat is negative where a place speaks against the class; `coarse` heat comes from
    a smaller feature map. For a clip all three have a frame axis in front: heat (T, H, W).
    """

    __pydantic_config__ = ConfigDict(arbitrary_types_allowed=True)

    heat: np.ndarray
    values: np.ndarray | None
    target: int
    class_name: str
    score: float
    output: str
    method: str
    settings: dict[str, Any]
    diagnostics: dict[str, float | str]
    signed: bool
    coarse: bool
    picture: np.ndarray

    def to_json(self) -> dict[str, Any]:
        """Everything but the arrays, as plain values."""
        names = ("method", "target", "score", "output", "settings", "diagnostics", "signed", "coarse")
        return {"class": self.class_name} | {name: getattr(self, name) for name in names}


def explain(
    method: str,
    classifier: Classifier,
    picture: Picture | Clip | np.ndarray,
    target: int | str | None = None,
    *,
    output: str = "logits",
    progress: Progress | None = None,
    **settings: Any,
) -> Explanation:
    """Explain the score of a class (index or name; the answer by default) for a Picture or uint8 (H, W, 3), or
    of a Clip or uint8 (T, H, W, 3) where the classifier takes clips: then frame by frame.

    The score is the class's logit, or with output="probabilities" its calibrated probability. A method that may
    take seconds (trait "reports") tells `progress` the share of its work that is done now and then; an
    exception in it ends the work. Raises Refused: unknown-name for a method, class or layer that isn't there,
    bad-setting, not-compatible for a network without what the method needs, non-finite-weights.
    """
    entry = methods.get(method)
    chosen = read(entry.settings, settings)
    card = classifier.card
    target = None if target is None else _index(card.classes, target)
    pixels = clips.fitted(picture, tuple(card.shape))
    temperature = _temperature(card, output)
    target = int(classifier.logits(pixels[None])[0].argmax()) if target is None else target
    quick = pooled_score(classifier) if _asks_the_last_map(entry, chosen, temperature) else None
    score, inputs = quick or score_for(classifier, temperature), pixels.astype("float32")
    if "background" in entry.traits:
        score = score.with_background(*background_of(classifier, inputs))
    listener = {"progress": progress} if progress and "reports" in entry.traits else {}
    run = partial(each_frame, entry.run) if inputs.ndim == 4 else entry.run
    attribution = run(chosen, score, inputs, target, **listener)
    value = float(score.values(inputs[None], target)[0])
    finite(np.append(attribution.heat, value))
    return Explanation(
        heat=attribution.heat.astype("float32"),
        values=attribution.values,
        target=target,
        class_name=card.classes[target],
        score=value,
        output=output,
        method=entry.name,
        settings=chosen.model_dump(mode="json"),
        diagnostics=attribution.diagnostics,
        signed="signed" in entry.traits,
        coarse="coarse" in entry.traits,
        picture=pixels,
    )


def _asks_the_last_map(entry: Entry, settings: Any, temperature: float | None) -> bool:
    """Whether a method asks for the last feature map and the slopes of a logit there, and for little else."""
    cam = isinstance(settings, CamSettings) and not settings.layer and settings.scales == 1
    return cam and "slow" not in entry.traits and temperature is None


def _temperature(card: Card, output: str) -> float | None:
    """What the score divides logits by before a softmax; None for the logits themselves."""
    if output not in OUTPUTS:
        raise Refused(Kind.BAD_SETTING, f"The setting 'output' can't be {output!r}: it is 'logits' or 'probabilities'.")
    return card.temperature if output == "probabilities" else None


def _index(classes: tuple[str, ...], target: int | str) -> int:
    """A class by its name or its number."""
    if isinstance(target, str):
        if target not in classes:
            raise unknown(Kind.UNKNOWN_NAME, "class", target, classes)
        return classes.index(target)
    if not 0 <= int(target) < len(classes):
        raise Refused(
            Kind.UNKNOWN_NAME,
            f"There is no class number {int(target)}: the {len(classes)} classes are numbered 0 to {len(classes) - 1}.",
        )
    return int(target)
