"""Which methods to trust with a model: what a benchmark over many pictures says, and how it is put into words."""

from dataclasses import asdict, dataclass, field
from typing import Any

from mlcore import reader
from mlcore.explanation.judge.likeness import ALIKE
from mlcore.explanation.judge.words import listed
from mlcore.intervals import Interval

AREAS = ("deletion", "insertion", "deletion_gain", "insertion_gain", "gain", "wins")
LIKENESSES = ("randomisation", "stability", "seeds", "fidelity")


@dataclass(frozen=True)
class Row:
    """How one method did over `gain.n` pictures, with 95 % intervals.

    `deletion` and `insertion` are mean areas. The gains are means of paired differences: how much smaller the
    deletion area is than that of random maps of the same grain on the same picture, how much greater the insertion
    area, and both together; `wins` is the share of pictures where both together are above 0. Over fewer pictures, or
    None, are the mean rank correlations `randomisation`, `stability` and `seeds`, and `fidelity`, the mean
    mu-fidelity. `blind` marks a map that never saw the network. `ahead` says whether the mean gain is higher than
    that of the next row beyond doubt (paired, 95 %).
    """

    method: str
    title: str
    settings: dict[str, Any]
    deletion: Interval
    insertion: Interval
    deletion_gain: Interval
    insertion_gain: Interval
    gain: Interval
    wins: Interval
    randomisation: Interval | None = None
    stability: Interval | None = None
    seeds: Interval | None = None
    fidelity: Interval | None = None
    seconds: float | None = None
    blind: bool = False
    ahead: bool = False

    @property
    def beats(self) -> tuple[str, ...]:
        """In which of "deletion" and "insertion" the method beats random maps: the interval lies above 0."""
        return tuple(name for name in ("deletion", "insertion") if getattr(self, f"{name}_gain").low > 0)

    @property
    def worse(self) -> bool:
        """Whether random maps do better: the interval of both gains together lies below 0."""
        return self.gain.high < 0

    @property
    def is_believed(self) -> bool:
        """Whether it beats random maps at both, and a network with random weights gives another map."""
        return len(self.beats) == 2 and not (self.randomisation and self.randomisation.estimate >= ALIKE)

    @property
    def words(self) -> str:
        """What the numbers say, in one or two sentences."""
        neither = "Does worse than random maps." if self.worse else "Can't be told from random maps."
        counts = {2: "Beats random maps at deletion and at insertion.", 0: neither}
        said = counts.get(len(self.beats)) or f"Beats random maps at {self.beats[0]} only."
        if self.randomisation and self.randomisation.low >= ALIKE:
            said += " A network with random weights gives nearly the same maps."
        return said

    def to_json(self) -> dict[str, Any]:
        """Plain values, the words among them."""
        return asdict(self) | {"beats": list(self.beats), "words": self.words}


@dataclass(frozen=True)
class Report:
    """The methods in order of their mean gain over random maps, best first, and what they were measured on.

    `network` is a digest of the network's file, `fingerprint` that of the data: with either changed the report
    tells of the past. `skipped` names methods that this network can't be explained by, with the reason.
    """

    model: str
    title: str
    data: str
    split: str
    fingerprint: str
    network: str
    pictures: int
    rows: tuple[Row, ...]
    skipped: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    taken: str = ""
    seconds: float = 0.0

    @property
    def sentence(self) -> str:
        """Which methods to trust with this model, in words."""
        own = [row for row in self.rows if not row.blind]
        both = [row.title for row in own if len(row.beats) == 2]
        others = {
            "At one of the two only": [row.title for row in own if len(row.beats) == 1],
            "Not told from random maps": [row.title for row in own if not row.beats and not row.worse],
            "Worse than random maps": [row.title for row in own if not row.beats and row.worse],
        }
        verb = "beats" if len(both) < 2 else "beat"
        first = f"{listed(both) or 'no method'} {verb} random maps both at deletion and at insertion."
        rest = [f"{said}: {listed(titles)}." for said, titles in others.items() if titles]
        fewest = min((row.gain.n for row in self.rows), default=self.pictures)
        some = f" (some methods over {fewest:,})" if fewest < self.pictures else ""
        return " ".join([f"Over {self.pictures:,} pictures{some}, {first}", *rest, *self._blind()])

    def earned(self) -> tuple[str, ...]:
        """The methods to begin with, by name, the best first.

        They beat random maps at both, go further than every map that never saw the network, and give another map for
        random weights.
        """
        blind = max((row.gain.estimate for row in self.rows if row.blind), default=0.0)
        return tuple(row.method for row in self.rows if not row.blind and row.is_believed and row.gain.estimate > blind)

    def _blind(self) -> list[str]:
        """What maps that never saw the network reach, as a warning of how little a random map is."""
        better = [row for row in self.rows if row.blind and row.gain.low > 0]
        if not better:
            return []
        best = better[0]  # rows are in order of their gain
        behind = [
            row.title for row in self.rows if row.beats and not row.blind and row.gain.estimate <= best.gain.estimate
        ]
        said = f"Maps that never saw the network beat random ones, too: {listed([row.title for row in better])}."
        return [f"{said} No further than the best of them: {listed(behind)}."] if behind else [said]

    def to_json(self) -> dict[str, Any]:
        """Plain values, the sentence among them."""
        own = {name: value for name, value in vars(self).items() if name != "rows"}
        return own | {"sentence": self.sentence, "rows": [row.to_json() for row in self.rows]}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Report":
        """The report that `to_json` wrote; raises Refused(unreadable-file) for other values."""
        return reader.validated(values, cls, "The report")
