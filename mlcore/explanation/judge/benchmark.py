"""Explain many pictures by many methods, and compare each map with random ones of the same picture."""

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.explanation import explain
from mlcore.explanation.judge import spread, store
from mlcore.explanation.judge.examination import Examination, JudgeSettings
from mlcore.explanation.judge.faithfulness import both
from mlcore.explanation.judge.fidelity import fidelity
from mlcore.explanation.judge.random_maps import BLIND
from mlcore.explanation.judge.randomisation import randomisation
from mlcore.explanation.judge.stability import seeds, stability
from mlcore.explanation.judge.summary import LIKENESSES, Report, Row
from mlcore.explanation.methods import methods
from mlcore.intervals import wilson
from mlcore.progress import Progress, silent
from mlcore.settings import number, read

KEEP_SECONDS = 20.0  # between two looks at the disk: what a kill may cost


class BenchmarkSettings(JudgeSettings):
    """How thoroughly the methods are compared."""

    steps: int = number(8, 2, 256, "Steps in which all places are taken away, and brought back")
    random_maps: int = number(3, 1, 99, "Random maps beside each map; few are enough, for many pictures average them")
    copies: int = number(1, 1, 50, "Copies of the picture with a little noise")
    networks: int = number(2, 1, 20, "Networks with random weights; half as many for slow methods")
    checked: int = number(20, 0, 10_000, "Pictures on which the slower checks are made: noise, seed, weights, effect")
    seed: int = number(0, 0, 2**31 - 1, "Number that the random maps are drawn from")


@dataclass(frozen=True)
class Asked:
    """A method to compare, with its settings; a slow one may do with the first few pictures."""

    method: str
    settings: dict = field(default_factory=dict)
    pictures: int | None = None


def report(
    classifier,
    pictures: np.ndarray,
    wanted: Iterable[str | Asked] | None = None,
    progress: Progress = silent,
    place: Path | None = None,
    source: Mapping[str, str] | None = None,
    **settings,
) -> Report:
    """Which methods of explanation beat random maps with this classifier, over pictures uint8 (N, H, W, 3).

    The answer for each picture is explained by every method `wanted`, by default all there are, and by two maps
    that never see the network. `progress` hears of each map; an exception in it ends the work.
    With a folder `place`, what is done is kept there every 20 seconds, the same request goes on from it, and the
    report is saved. `source` holds the "data", "split" and "fingerprint" of the pictures, `settings` are those of
    BenchmarkSettings. A method that the network can't be explained by is skipped. Raises Refused.
    """
    chosen, asked = read(BenchmarkSettings, settings), _asked(wanted)
    if not len(pictures):
        raise Refused(Kind.MISSING_DATA, "There are no pictures to explain; a report needs at least one.")
    benchmark = _Benchmark(classifier, np.asarray(pictures), asked, chosen, progress, place)
    started = time.perf_counter()
    benchmark.run()
    found = Report(
        model=classifier.card.id,
        title=classifier.card.title,
        **{name: (source or {}).get(name, "") for name in ("data", "split", "fingerprint")},
        network=store.network(classifier),
        pictures=len(pictures),
        rows=ranked(benchmark.rows, asked),
        skipped=benchmark.skipped,
        settings=chosen.model_dump(mode="json"),
        taken=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - started, 1),
    )
    if place:
        store.save(place, found)
    return found


def maps_in_all(wanted: Iterable[str | Asked] | None, pictures: int) -> int:
    """How many maps a report over so many pictures is made of, those that never see the network among them."""
    return sum(min(each.pictures or pictures, pictures) for each in _asked(wanted))


class _Benchmark:
    """The work of a report: one dict of numbers for each method and picture, kept now and then."""

    def __init__(
        self, classifier, pictures, asked: list[Asked], settings: BenchmarkSettings, progress: Progress, place
    ):
        self.classifier, self.pictures, self.asked, self.settings = classifier, pictures, asked, settings
        self.place, self._progress, self._kept_at = place, progress, time.monotonic()
        self._key = self._of_request()
        self.rows: dict[str, list[dict]] = store.load_progress(place, self._key) if place else {}
        self.skipped: dict[str, str] = {}
        self.total = sum(self._wanted(each) for each in asked)

    def run(self) -> None:
        try:
            for index in range(len(self.pictures)):
                for each in self.asked:
                    if index == len(self.rows.setdefault(each.method, [])) and index < self._wanted(each):
                        self._measure(each, index)
        finally:
            self._keep()

    def _wanted(self, each: Asked) -> int:
        return 0 if each.method in self.skipped else min(each.pictures or len(self.pictures), len(self.pictures))

    def _measure(self, each: Asked, index: int) -> None:
        self.tell()
        try:
            found = measured(self.classifier, self.pictures[index], each, self.settings, index, self.tell)
        except Refused as refusal:
            if refusal.kind != Kind.NOT_COMPATIBLE:
                raise
            self.skipped[each.method] = refusal.message
            return
        self.rows[each.method].append(found)
        if time.monotonic() - self._kept_at > KEEP_SECONDS:
            self._keep()

    def tell(self) -> None:
        done = sum(map(len, self.rows.values()))
        self._progress(done / max(1, self.total), f"{done:,} of {self.total:,} maps")

    def _keep(self) -> None:
        if self.place and any(self.rows.values()):
            store.save_progress(self.place, self._key, self.rows)
        self._kept_at = time.monotonic()

    def _of_request(self) -> str:
        """A digest of all that the numbers depend on."""
        asked = [[each.method, each.settings, each.pictures] for each in self.asked]
        whole = json.dumps([store.network(self.classifier), asked, self.settings.model_dump()], sort_keys=True)
        return hashlib.sha256(whole.encode() + np.ascontiguousarray(self.pictures).tobytes()).hexdigest()


@dataclass(frozen=True, eq=False)
class _Blind:
    """A map that never saw the network, in the place of an explanation."""

    method: str
    heat: np.ndarray
    target: int
    picture: np.ndarray


def measured(classifier, picture, asked: Asked, settings: BenchmarkSettings, index: int = 0, tell=lambda: None) -> dict:
    """The numbers of one map beside random ones of the same picture: plain floats by name."""
    started = time.perf_counter()
    if asked.method in BLIND:
        target = int(classifier.logits(picture[None])[0].argmax())
        explanation = _Blind(asked.method, BLIND[asked.method][1](picture), target, picture)
    else:
        explanation = explain(
            asked.method, classifier, picture, progress=lambda share, text="": tell(), **asked.settings
        )
    seconds = time.perf_counter() - started
    seed = int(np.random.SeedSequence([settings.seed, index]).generate_state(1)[0])
    exam = Examination(classifier, explanation, settings, seed, tell)
    without, only = both(exam)
    found = {
        "deletion": without.area,
        "insertion": only.area,
        "deletion_gain": float(np.mean(without.random_areas)) - without.area,
        "insertion_gain": only.area - float(np.mean(only.random_areas)),
        "seconds": seconds,
    }
    if index < settings.checked:
        found["fidelity"] = fidelity(exam).value
    if index < settings.checked and asked.method not in BLIND:
        alike = {"randomisation": randomisation(exam), "stability": stability(exam), "seeds": seeds(exam)}
        found |= {name: each.value for name, each in alike.items() if each}
    return found


def ranked(rows: dict[str, list[dict]], asked: list[Asked]) -> tuple[Row, ...]:
    """The rows of a report from the numbers of each method and picture, in order of the mean gain."""
    found = sorted((_row(each, rows[each.method]) for each in asked if rows.get(each.method)), key=_gain, reverse=True)
    ahead = [_ahead(rows[one.method], rows[other.method]) for one, other in pairwise(found)]
    return tuple(replace(row, ahead=each) for row, each in zip(found, [*ahead, False], strict=True))


def _row(asked: Asked, numbers: list[dict]) -> Row:
    blind = asked.method in BLIND
    gains = _gains(numbers)
    mean = {name: spread.of_mean([each[name] for each in numbers])
            for name in ("deletion", "insertion", "deletion_gain", "insertion_gain")}  # fmt: skip
    alike = {name: [each[name] for each in numbers if name in each] for name in LIKENESSES}
    return Row(
        method=asked.method,
        title=BLIND[asked.method][0] if blind else methods.get(asked.method).title,
        settings=asked.settings,
        gain=spread.of_mean(gains),
        wins=wilson(int((gains > 0).sum()), len(gains)),
        seconds=float(np.median([each["seconds"] for each in numbers])),
        blind=blind,
        **mean,
        **{name: spread.of_mean(values) for name, values in alike.items() if values},
    )


def _gain(row: Row) -> float:
    return row.gain.value


def _gains(numbers: list[dict]) -> np.ndarray:
    return np.array([each["deletion_gain"] + each["insertion_gain"] for each in numbers])


def _ahead(numbers: list[dict], others: list[dict]) -> bool:
    """Whether one method's gain is higher than another's on the pictures that both explained."""
    common = min(len(numbers), len(others))
    return spread.of_mean(_gains(numbers[:common]) - _gains(others[:common])).low > 0


def _asked(wanted) -> list[Asked]:
    given = methods.names() if wanted is None else list(wanted)
    asked = [each if isinstance(each, Asked) else Asked(each) for each in given]
    whole = [replace(each, settings=_whole(each)) for each in asked]  # also for the day when a default has changed
    return [*{each.method: each for each in whole}.values(), *(Asked(name) for name in BLIND)]


def _whole(asked: Asked) -> dict:
    """All settings of a method, those not given at their defaults; raises Refused."""
    return read(methods.get(asked.method).settings, asked.settings).model_dump(mode="json")
