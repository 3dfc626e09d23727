"""How far an explanation can be believed."""

from dataclasses import dataclass

from mlcore.explanation.judge.faithfulness import Curve, Faithfulness
from mlcore.explanation.judge.likeness import Likeness
from mlcore.explanation.judge.verdict import Verdict, measured, outcomes, reasons, sentence, verdict
from mlcore.intervals import Interval

KINDS = {
    "deletion": Curve,
    "insertion": Curve,
    "fidelity": Interval,
    "stability": Likeness,
    "seeds": Likeness,
    "randomisation": Likeness,
}


@dataclass(frozen=True)
class Grade:
    """What the checks of one map found; a check that wasn't made, or can't be, is None.

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
    settings: dict | None = None
    seed: int = 0

    @property
    def found(self) -> dict:
        """What each check found, by its name."""
        return {name: getattr(self, name) for name in KINDS}

    @property
    def faithfulness(self) -> Faithfulness | None:
        """Insertion minus deletion beside random maps; None unless both curves were drawn."""
        return measured(self.found).get("faithfulness")

    @property
    def passed(self) -> dict[str, bool]:
        """Whether each check that decides passed, by its name."""
        return outcomes(measured(self.found))

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the checks that failed."""
        return tuple(name for name, good in self.passed.items() if not good)

    @property
    def verdict(self) -> Verdict:
        """Whether to believe the map: "believe", "unclear" or "looks nice"."""
        return verdict(self.found)

    @property
    def sentence(self) -> str:
        """The verdict with its reasons."""
        return sentence(self.found)

    @property
    def reasons(self) -> str:
        """The sentence without the verdict."""
        found = reasons(self.found)
        return found[0].upper() + found[1:]

    def to_json(self) -> dict:
        """Plain values, the verdict and its sentence among them."""
        said = {"verdict": self.verdict, "sentence": self.sentence, "passed": self.passed, "failed": list(self.failed)}
        faithful = {"faithfulness": self.faithfulness and self.faithfulness.to_json()}
        numbers = {name: each and each.to_json() for name, each in self.found.items()}
        names = {name: getattr(self, name) for name in ("method", "target", "class_name", "settings", "seed")}
        return names | said | faithful | numbers

    @classmethod
    def from_json(cls, values: dict) -> "Grade":
        """The grade that `to_json` wrote."""
        given = {name: value for name, value in values.items() if name in cls.__dataclass_fields__}
        return cls(**given | {name: _read(kind, values.get(name)) for name, kind in KINDS.items()})


def _read(kind, values: dict | None):
    if values is None:
        return None
    return kind(**values) if kind is Likeness else kind.from_json(values)
