"""Benchmark: many pictures explained by many methods, each map beside random ones of the same picture."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from mlcore.errors import Kind, Refused
from mlcore.explanation import explain
from mlcore.explanation.judge import spread, store
from mlcore.explanation.judge.examination import Examination, JudgeSettings, SaliencyMap
from mlcore.explanation.judge.faithfulness import both
from mlcore.explanation.judge.fidelity import fidelity
from mlcore.explanation.judge.random_maps import BLIND
from mlcore.explanation.judge.randomisation import randomisation
from mlcore.explanation.judge.stability import seeds, stability
from mlcore.explanation.judge.summary import Report, Row
from mlcore.explanation.methods import methods
from mlcore.intervals import Interval, wilson
from mlcore.library.classifier import Classifier
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
    settings: dict[str, Any] = field(default_factory=dict)
    pictures: int | None = None


def report(
    classifier: Classifier,
    pictures: np.ndarray,
    wanted: Iterable[str | Asked] | None = None,
    progress: Progress = silent,
    folder: Path | None = None,
    source: Mapping[str, str] | None = None,
    **settings: Any,
) -> Report:
    """Which methods of explanation beat random maps with this classifier, over pictures uint8 (N, H, W, 3).

    The answer for each picture is explained by every method `wanted`, by default all there are, and by two maps
    that never see the network. `progress` hears of each map; an exception in it ends the work.
    With a `folder`, what is done is kept there every 20 seconds, the same request goes on from it, and the
    report is saved. `source` holds the "data", "split" and "fingerprint" of the pictures, `settings` are those of
    BenchmarkSettings. A method that the network can't be explained by is skipped. Raises Refused.
    """
    chosen, asked = read(BenchmarkSettings, settings), _asked(wanted)
    if not len(pictures):
        raise Refused(Kind.MISSING_DATA, "There are no pictures to explain; a report needs at least one.")
    benchmark = _Benchmark(classifier, np.asarray(pictures), asked, chosen, progress, folder)
    started = time.perf_counter()
    benchmark.run()
    finished_report = Report(
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
    if folder:
        store.save(folder, finished_report)
    return finished_report


def maps_in_all(wanted: Iterable[str | Asked] | None, pictures: int) -> int:
    """How many maps a report over so many pictures is made of, those that never see the network among them."""
    return sum(min(each.pictures or pictures, pictures) for each in _asked(wanted))


class _Benchmark:
    """The work of a report: one dict of numbers for each method and picture, kept now and then."""

    def __init__(
        self,
        classifier: Classifier,
        pictures: np.ndarray,
        asked: list[Asked],
        settings: BenchmarkSettings,
        progress: Progress,
        folder: Path | None,
    ):
        self.classifier, self.pictures, self.asked, self.settings = classifier, pictures, asked, settings
        self.folder, self._progress, self._kept_at = folder, progress, time.monotonic()
        self._key = self._of_request()
        self.rows: store.Rows = store.load_progress(folder, self._key) if folder else {}
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
            numbers = numbers_of(self.classifier, self.pictures[index], each, self.settings, index, self.tell)
        except Refused as refusal:
            if refusal.kind != Kind.NOT_COMPATIBLE:
                raise
            self.skipped[each.method] = refusal.message
            return
        self.rows[each.method].append(numbers)
        if time.monotonic() - self._kept_at > KEEP_SECONDS:
            self._keep()

    def tell(self) -> None:
        done = sum(map(len, self.rows.values()))
        self._progress(done / max(1, self.total), f"{done:,} of {self.total:,} maps")

    def _keep(self) -> None:
        if self.folder and any(self.rows.values()):
            store.save_progress(self.folder, self._key, self.rows)
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
    settings: dict[str, Any] = field(default_factory=dict)
    output: str = "logits"


def numbers_of(
    classifier: Classifier,
    picture: np.ndarray,
    asked: Asked,
    settings: BenchmarkSettings,
    index: int = 0,
    tell: Callable[[], None] = lambda: None,
) -> dict[str, float]:
    """The numbers of one map beside random ones of the same picture, by name."""
    started = time.perf_counter()
    explanation = _explained(classifier, picture, asked, tell)
    seconds = time.perf_counter() - started
    seed = int(np.random.SeedSequence([settings.seed, index]).generate_state(1)[0])
    exam = Examination(classifier, explanation, settings, seed, tell)
    without, only = both(exam)
    numbers = {
        "deletion": without.area,
        "insertion": only.area,
        "deletion_gain": float(np.mean(without.random_areas)) - without.area,
        "insertion_gain": only.area - float(np.mean(only.random_areas)),
        "seconds": seconds,
    }
    return numbers | (_slower_numbers(exam) if index < settings.checked else {})


def _explained(classifier: Classifier, picture: np.ndarray, asked: Asked, tell: Callable[[], None]) -> SaliencyMap:
    """The answer for a picture, explained by a method or by a map that never sees the network."""
    if asked.method in BLIND:
        target = int(classifier.logits(picture[None])[0].argmax())
        return _Blind(asked.method, BLIND[asked.method][1](picture), target, picture)
    return explain(asked.method, classifier, picture, progress=lambda share, text="", /: tell(), **asked.settings)


def _slower_numbers(exam: Examination) -> dict[str, float]:
    """What the slower checks give: of a map that never saw the network, its fidelity alone."""
    numbers = {"fidelity": fidelity(exam).estimate}
    if exam.explanation.method in BLIND:
        return numbers
    alike = {"randomisation": randomisation(exam), "stability": stability(exam), "seeds": seeds(exam)}
    return numbers | {name: each.value for name, each in alike.items() if each}


def ranked(rows: store.Rows, asked: list[Asked]) -> tuple[Row, ...]:
    """The rows of a report from the numbers of each method and picture, in order of the mean gain."""
    order = sorted((_row(each, rows[each.method]) for each in asked if rows.get(each.method)), key=_gain, reverse=True)
    ahead = [_ahead(rows[one.method], rows[other.method]) for one, other in pairwise(order)]
    return tuple(replace(row, ahead=each) for row, each in zip(order, [*ahead, False], strict=True))


def _row(asked: Asked, numbers: list[dict[str, float]]) -> Row:
    blind = asked.method in BLIND
    gains = _gains(numbers)
    return Row(
        method=asked.method,
        title=BLIND[asked.method][0] if blind else methods.get(asked.method).title,
        settings=asked.settings,
        deletion=_mean(numbers, "deletion"),
        insertion=_mean(numbers, "insertion"),
        deletion_gain=_mean(numbers, "deletion_gain"),
        insertion_gain=_mean(numbers, "insertion_gain"),
        gain=spread.of_mean(gains),
        wins=wilson(int((gains > 0).sum()), len(gains)),
        randomisation=_mean_where_made(numbers, "randomisation"),
        stability=_mean_where_made(numbers, "stability"),
        seeds=_mean_where_made(numbers, "seeds"),
        fidelity=_mean_where_made(numbers, "fidelity"),
        seconds=float(np.median([each["seconds"] for each in numbers])),
        blind=blind,
    )


def _mean(numbers: list[dict[str, float]], name: str) -> Interval:
    return spread.of_mean([each[name] for each in numbers])


def _mean_where_made(numbers: list[dict[str, float]], name: str) -> Interval | None:
    """The mean over the pictures on which a check was made; None where it never was."""
    values = [each[name] for each in numbers if name in each]
    return spread.of_mean(values) if values else None


def _gain(row: Row) -> float:
    return row.gain.estimate


def _gains(numbers: list[dict[str, float]]) -> np.ndarray:
    return np.array([each["deletion_gain"] + each["insertion_gain"] for each in numbers])


def _ahead(numbers: list[dict[str, float]], others: list[dict[str, float]]) -> bool:
    """Whether one method's gain is higher than another's on the pictures that both explained."""
    common = min(len(numbers), len(others))
    return spread.of_mean(_gains(numbers[:common]) - _gains(others[:common])).low > 0


def _asked(wanted: Iterable[str | Asked] | None) -> list[Asked]:
    given = methods.names() if wanted is None else list(wanted)
    asked = [each if isinstance(each, Asked) else Asked(each) for each in given]
    whole = [replace(each, settings=_whole(each)) for each in asked]  # also for the day when a default has changed
    return [*{each.method: each for each in whole}.values(), *(Asked(name) for name in BLIND)]


def _whole(asked: Asked) -> dict[str, Any]:
    """All settings of a method, those not given at their defaults; raises Refused."""
    return read(methods.get(asked.method).settings, asked.settings).model_dump(mode="json")
