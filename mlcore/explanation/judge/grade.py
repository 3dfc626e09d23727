"""Grade: how far a saliency map can be believed."""

from dataclasses import dataclass
from typing import Any

from mlcore.explanation.judge.faithfulness import Curve, Faithfulness
from mlcore.explanation.judge.likeness import Likeness
from mlcore.explanation.judge.verdict import Results, Verdict, faithfulness_of, outcomes, reasons, sentence, verdict
from mlcore.intervals import Interval

KINDS: dict[str, type[Curve | Interval | Likeness]] = {
    "deletion": Curve,
    "insertion": Curve,
    "fidelity": Interval,
    "stability": Likeness,
    "seeds": Likeness,
    "randomisation": Likeness,
}


@dataclass(frozen=True)
class Grade:
    """What the checks of one map gave; a check that wasn't made, or can't be, is None.

    deletion and insertion hold their curves beside random maps, `fidelity` the correlation of heat with effect,
    `stability`, `seeds` and `randomisation` rank correlations with maps under noise, of another seed and of
    networks with random weights. `passed` says which of the checks that decide passed, `verdict` is one of "believe",
    "unclear", "looks nice", `sentence` the reasons in words; the rule stands in `mlcore.explanation.judge.verdict`.
    """

    method: str
    target: int
    class_name: str
    deletion: Curve | None = None
    insertion: Curve | None = None
    fidelity: Interval | None = None
    stability: Likeness | None = None
    seeds: Likeness | None = None
    randomisation: Likeness | None = None
    settings: dict[str, Any] | None = None
    seed: int = 0

    @property
    def results(self) -> Results:
        """What each check gave, by its name."""
        return Results(
            deletion=self.deletion,
            insertion=self.insertion,
            fidelity=self.fidelity,
            stability=self.stability,
            seeds=self.seeds,
            randomisation=self.randomisation,
        )

    @property
    def faithfulness(self) -> Faithfulness | None:
        """Insertion minus deletion beside random maps; None unless both curves were drawn."""
        return faithfulness_of(self.results)

    @property
    def passed(self) -> dict[str, bool]:
        """Whether each check that decides passed, by its name."""
        return outcomes(self.results)

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the checks that failed."""
        return tuple(name for name, good in self.passed.items() if not good)

    @property
    def verdict(self) -> Verdict:
        """Whether to believe the map: "believe", "unclear" or "looks nice"."""
        return verdict(self.results)

    @property
    def sentence(self) -> str:
        """The verdict with its reasons."""
        return sentence(self.results)

    @property
    def reasons(self) -> str:
        """The sentence without the verdict."""
        text = reasons(self.results)
        return text[0].upper() + text[1:]

    def to_json(self) -> dict[str, Any]:
        """Plain values, the verdict and its sentence among them."""
        said = {"verdict": self.verdict, "sentence": self.sentence, "passed": self.passed, "failed": list(self.failed)}
        faithful = {"faithfulness": self.faithfulness and self.faithfulness.to_json()}
        numbers = {name: (result := getattr(self, name)) and result.to_json() for name in KINDS}
        names = {name: getattr(self, name) for name in ("method", "target", "class_name", "settings", "seed")}
        return names | said | faithful | numbers

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Grade":
        """The grade that `to_json` wrote."""
        given = {name: value for name, value in values.items() if name in cls.__dataclass_fields__}
        return cls(**given | {name: _read(kind, values.get(name)) for name, kind in KINDS.items()})


def _read(kind: type[Curve | Interval | Likeness], values: dict[str, Any] | None) -> Curve | Interval | Likeness | None:
    if values is None:
        return None
    return kind(**values) if issubclass(kind, Likeness) else kind.from_json(values)
