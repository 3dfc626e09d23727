"""Few validation pictures: does calibration help or harm, and do 'sure' and prediction sets keep their promise?

The test logits of three networks are at hand: both starters, and a CNN that learned CIFAR-10 for two epochs. From each,
20, 35, 50, 100, 1,000 and 2,500 pictures are drawn to stand for validation pictures; every rule is fitted to these and
judged on all that weren't drawn. Rules are given the same draws. Means and 5 to 95 % ranges over the draws.

    python -m benchmarks.calibration [DRAWS]       from an MLCORE_HOME that holds the data sets cifar10 and mnist
"""

import sys
from collections import defaultdict
from functools import partial

import numpy as np

from benchmarks.measure import write
from mlcore import data, durable, events, library, training
from mlcore.evaluation import calibration, certainty, threshold
from mlcore.evaluation.prediction_sets import fit_cut
from mlcore.library.certainty import NEVER_SURE, PROMISE
from mlcore.library.classifier import softmax

COUNTS = (20, 35, 50, 100, 1000, 2500)
DRAWS, SEED = 400, 0
WEAK = "cifar10-weak"
FEW = 20  # answers above a threshold; the share of fewer says nothing
LEAST_SURE = 0.1  # the share of sure answers that are just above the threshold


def weak() -> str:
    """The id of a CNN that learned for two epochs; trained when it isn't there."""
    from mlcore.training.finish import finish

    folder = library.folder(WEAK)
    if not (folder / "card.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        recipe = training.draft("cifar10", "cnn", None, ["training.epochs=2"])
        durable.write_json(folder / "recipe.json", recipe.model_dump(mode="json"))
        emit = partial(events.append, folder / "events.jsonl")
        finish(recipe, folder, training.train(recipe, folder, emit), emit)
    return WEAK


def answers(id: str) -> tuple[np.ndarray, np.ndarray]:
    """Logits (N, K) and labels (N,) of the test pictures; classes stand in the order of the model."""
    classifier = library.open_classifier(id)
    split = data.open(classifier.card.data).split("test")
    parts = [classifier.logits(split.read(np.arange(at, at + 500))) for at in range(0, len(split), 500)]
    order = np.array([classifier.card.classes.index(name) for name in split.dataset.classes])
    return np.concatenate(parts), order[split.labels]


def most_likely(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature as it was fitted before: no prior, and 1 where no answer was wrong."""
    prior, calibration.PRIOR = calibration.PRIOR, 0.0
    try:
        wrong = (logits.argmax(axis=1) != labels).any()
        return calibration.fit_temperature(logits, labels) if wrong else 1.0
    finally:
        calibration.PRIOR = prior


def taken_together(confidences: np.ndarray, right: np.ndarray) -> float:
    """The threshold as it was before: of all answers at least that confident 90 % were right."""
    levels, member = np.unique(confidences, return_inverse=True)
    count = np.bincount(member)[::-1].cumsum()[::-1]
    hits = np.bincount(member, right)[::-1].cumsum()[::-1]
    enough = levels[(hits / count >= PROMISE) & (levels >= threshold.EVEN_ODDS)]
    return float(enough.min()) if len(enough) else NEVER_SURE


def isotonic(confidences: np.ndarray, right: np.ndarray) -> float:
    """The confidence at which the monotone fit of the shares (pool adjacent violators) reaches 90 %."""
    order = np.argsort(confidences, kind="stable")
    blocks: list[tuple[float, int, int]] = []  # share, count, first place
    for place, hit in enumerate(right[order]):
        blocks.append((float(hit), 1, place))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (share, count, first), (other, more, _) = blocks[-2:]
            blocks[-2:] = [((share * count + other * more) / (count + more), count + more, first)]
    starts = [confidences[order][first] for share, _, first in blocks if share >= PROMISE]
    return next((float(start) for start in starts if start >= threshold.EVEN_ODDS), NEVER_SURE)


RULES = {
    "before": taken_together,
    "isotonic": isotonic,
    "calibrated 90 %": lambda confidences, right: PROMISE,
    "after": threshold.fit_threshold,
}


def temperatures(scales: dict[str, float], logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """The loss of the pictures that weren't drawn, untouched, before and after."""
    losses = {f"{name} nll": calibration.nll(logits, labels, scale) for name, scale in scales.items()}
    return losses | {f"{name} temperature": scale for name, scale in scales.items() if scale != 1.0}


def thresholds(rule, fitted_on: tuple, judged_on: tuple) -> dict[str, float]:
    """How many answers a rule calls sure, how many of them are right, and of those just above the threshold."""
    (confidences, right), (outside, truth) = fitted_on, judged_on
    least = rule(confidences, right)
    sure = np.sort(outside[outside >= least])
    if len(sure) < FEW:
        return {"ever": 0.0, "sure": len(sure) / len(outside)}
    near = (outside >= least) & (outside <= sure[max(0, int(len(sure) * LEAST_SURE) - 1)])
    shares = {"above": truth[outside >= least].mean(), "just above": truth[near].mean()}
    return {"ever": 1.0, "sure": len(sure) / len(outside), **shares, "broken": float(shares["just above"] < PROMISE)}


def sets(fitted_on: tuple, judged_on: tuple, least: float, unsure_only: bool) -> dict[str, float]:
    """Coverage and size of the sets of answers that aren't sure; the cut is fitted to those alone, or to all."""
    (probabilities, labels), (outside, truth) = fitted_on, judged_on
    chosen = probabilities.max(axis=1) < least if unsure_only else np.ones(len(labels), bool)
    cut = fit_cut(probabilities[chosen], labels[chosen])
    if cut is None:
        return {"none": 1.0}
    unsure = certainty.measured(outside, truth, least, cut, "").unsure_sets
    return {"none": 0.0, "coverage": unsure.share.value, "size": unsure.size} if unsure else {}


def one_draw(logits: np.ndarray, labels: np.ndarray, drawn: np.ndarray) -> dict[str, dict[str, float]]:
    """Every figure of one draw, {rule: {figure: value}}."""
    inside = np.zeros(len(labels), bool)
    inside[drawn] = True
    scales = {"untouched": 1.0, "before": most_likely(logits[inside], labels[inside])}
    scales["after"] = calibration.fit_temperature(logits[inside], labels[inside])
    figures = {"temperature": temperatures(scales, logits[~inside], labels[~inside])}
    answered = {name: softmax(logits / scales[name]) for name in ("before", "after")}
    confident = {name: (each.max(axis=1), each.argmax(axis=1) == labels) for name, each in answered.items()}
    for name, rule in RULES.items():
        confidences, right = confident["before" if name == "before" else "after"]
        fitted_on, judged_on = ((confidences[part], right[part]) for part in (inside, ~inside))
        figures[f"threshold {name}"] = thresholds(rule, fitted_on, judged_on)
    confidences, right = confident["after"]
    least = threshold.fit_threshold(confidences[inside], right[inside])
    parts = [(answered["after"][part], labels[part]) for part in (inside, ~inside)]
    for name, unsure_only in (("fitted to all", False), ("fitted to unsure ones", True)):
        figures[f"sets {name}"] = sets(*parts, least, unsure_only)
    return figures


def over_draws(logits: np.ndarray, labels: np.ndarray, count: int, draws: int) -> dict:
    """Mean and 5 to 95 % range of every figure over the draws of so many pictures."""
    random, values = np.random.default_rng([SEED, count]), defaultdict(lambda: defaultdict(list))
    for _ in range(draws):
        for name, figures in one_draw(logits, labels, random.permutation(len(labels))[:count]).items():
            for figure, value in figures.items():
                values[name][figure].append(float(value))
    return {name: {figure: spread(each) for figure, each in of.items()} for name, of in values.items()}


def spread(values: list[float]) -> dict:
    """Mean, the range in which 9 of 10 draws lie, and how many draws had the figure."""
    low, high = np.quantile(values, [0.05, 0.95])
    return {"mean": round(float(np.mean(values)), 5), "range": [round(low, 5), round(high, 5)], "n": len(values)}


def show(model: str, count: int, figures: dict) -> None:
    """One line per rule."""
    for name, of in figures.items():
        parts = (
            f"{key} {each['mean']:.4g} ({each['range'][0]:.4g} to {each['range'][1]:.4g})" for key, each in of.items()
        )
        print(f"{model}, {count}: {name}: {', '.join(parts)}", flush=True)


def main(draws: int) -> None:
    """Measure and keep."""
    result: dict = {}
    for id in ("animals-and-vehicles", "handwritten-digits", weak()):
        logits, labels = answers(id)
        logits = logits.astype("float64")
        best = calibration.fit_temperature(logits, labels)
        right = float((logits.argmax(axis=1) == labels).mean())
        result[id] = {"accuracy": right, "best_temperature": best, "best_nll": calibration.nll(logits, labels, best)}
        for count in COUNTS:
            result[id][count] = over_draws(logits, labels, count, draws)
            show(id, count, result[id][count])
    write("calibration", result, command="python -m benchmarks.calibration", draws=draws, seed=SEED)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS)
