"""Faithfulness: deletion and insertion (Petsiuk et al. 2018, arXiv:1806.07421, section 3.3), beside random maps."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from mlcore.explanation.judge import spread
from mlcore.explanation.judge.curves import Pair, amounts, area, curves, ranking
from mlcore.explanation.judge.examination import Examination, JudgeSettings
from mlcore.explanation.judge.random_maps import BLIND, pixel_noise, same_grain
from mlcore.intervals import Interval

LEAST_MOVE = 0.05  # of probability: where nothing moves it by more, no order of places can be told from another
NOISE_SHARE = 4  # a map of single pixels for every four of the own grain: shown beside the curves, not judged by


@dataclass(frozen=True)
class Curve:
    """The class's probability while places are exchanged, the most important first, and the area under it.

    `shares` is how much of the picture was exchanged at each step. `random_areas` are those of random maps of the
    map's own grain, `random_mean`, `random_low` and `random_high` their mean and 95 % bounds at each step;
    `pixel_noise` is the mean area of random maps of single pixels, `blind_areas` those of maps that never saw the
    network: the middle and the edges of the picture; empty in older grades. `moves` says whether the probability
    moved at all.
    """

    shares: tuple[float, ...]
    values: tuple[float, ...]
    area: float
    random_areas: tuple[float, ...]
    random_mean: tuple[float, ...]
    random_low: tuple[float, ...]
    random_high: tuple[float, ...]
    pixel_noise: Interval
    moves: bool
    blind_areas: tuple[float, ...] = ()

    @property
    def random(self) -> Interval:
        """The mean area of the random maps, with the bounds that 19 of 20 of them keep to."""
        return spread.of_one_more(self.random_areas)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers and lists."""
        return asdict(self) | {"random": self.random.to_json()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Curve":
        """The curve that `to_json` wrote."""
        given = {name: value for name, value in values.items() if name in cls.__dataclass_fields__}
        lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list | tuple)}
        return cls(**{**given, **lists, "pixel_noise": Interval.from_json(values["pixel_noise"])})


@dataclass(frozen=True)
class Faithfulness:
    """Insertion area minus deletion area, beside that of random maps; more is better.

    `random` is the mean of the random maps with the bounds that 19 of 20 of them keep to, `beaten` how many of them
    stay below the map, `blind` the value of each map that never saw the network, by its title.
    """

    value: float
    random: Interval
    beaten: int
    blind: dict[str, float] = field(default_factory=dict)

    @property
    def better(self) -> bool:
        """Whether it lies above what 19 of 20 random maps keep to, and above maps that never saw the network."""
        return self.value > self.random.high and not self.unbeaten

    @property
    def unbeaten(self) -> list[str]:
        """The titles of the maps that never saw the network and do as well."""
        return [title for title, value in self.blind.items() if value >= self.value]

    @property
    def worse(self) -> bool:
        """Whether at least half of the random maps do as well."""
        return self.beaten <= self.random.n / 2

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self) | {"better": self.better}


def faithfulness(deletion: Curve, insertion: Curve) -> Faithfulness:
    """How much more the map's strongest places matter to the network than those of random maps."""
    value = insertion.area - deletion.area
    random = np.subtract(insertion.random_areas, deletion.random_areas)
    blind = np.subtract(insertion.blind_areas, deletion.blind_areas).tolist()
    titles = [title for title, _ in BLIND.values()]
    named = dict(zip(titles, blind, strict=False))  # none in older grades
    return Faithfulness(value, spread.of_one_more(random), int((random < value).sum()), named)


def deletion(exam: Examination) -> Curve:
    """How soon the class is lost when the strongest places are taken away first; less area is better."""
    return _beside_random(exam, [_taking_away(exam)])[0]


def insertion(exam: Examination) -> Curve:
    """How soon the class is found when the strongest places come back first; more area is better."""
    return _beside_random(exam, [_bringing_back(exam)])[0]


def both(exam: Examination) -> list[Curve]:
    """Deletion and insertion, in fewer batches than one after the other."""
    return _beside_random(exam, [_taking_away(exam), _bringing_back(exam)])


def _taking_away(exam: Examination) -> Pair:
    return exam.picture, exam.plain(exam.settings.deletion_baseline)


def _bringing_back(exam: Examination) -> Pair:
    return exam.plain(exam.settings.insertion_baseline), exam.picture


def _beside_random(exam: Examination, pairs: list[Pair]) -> list[Curve]:
    heat, steps, count = exam.explanation.heat, exam.settings.steps, exam.settings.random_maps
    rng = exam.rng(0)  # the same for both curves, so that each random map has both
    noise = (pixel_noise(heat, rng) for _ in range(count // NOISE_SHARE))
    blind = (draw(np.asarray(exam.picture)) for _, draw in BLIND.values())
    maps = [heat, *(same_grain(heat, rng) for _ in range(count)), *noise, *blind]
    rankings = [ranking(each, rng) for each in maps]
    tables = curves(exam.probability, pairs, rankings, steps)
    return [_curve(values, heat.size, exam.settings) for values in tables]


def _curve(values: np.ndarray, places: int, settings: JudgeSettings) -> Curve:
    """The curve of the first of the rows (maps, steps + 1); then the own grain, pixel noise and the blind maps."""
    areas = area(values, places, settings.steps)
    random = slice(1, settings.random_maps + 1)
    noise, blind = slice(random.stop, -len(BLIND)), slice(-len(BLIND), None)
    bands = [spread.of_one_more(column) for column in values[random].T]
    return Curve(
        shares=tuple((amounts(places, settings.steps) / places).tolist()),
        values=tuple(values[0].tolist()),
        area=float(areas[0]),
        random_areas=tuple(areas[random].tolist()),
        random_mean=tuple(band.estimate for band in bands),
        random_low=tuple(band.low for band in bands),
        random_high=tuple(band.high for band in bands),
        pixel_noise=spread.of_mean(areas[noise]),
        moves=bool(np.ptp(values[: -len(BLIND)]) >= LEAST_MOVE),
        blind_areas=tuple(areas[blind].tolist()),
    )
