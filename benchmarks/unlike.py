"""Which score notices best that a picture is unlike those that a classifier learned from, on which strangers?

    python -m benchmarks.unlike        from MLCORE_HOME with the data sets cifar10, mnist and ants-and-bees (224 pixels)

The starters, and ants against bees as Teach learns them on 'Photographs'. Every score is fitted on the same 1,000
training pictures (of ants and bees all) and has its threshold from the same 1,000 held-out ones, or from pictures left
out in turn. Per score and kind of stranger: the area under the ROC curve beside own test pictures, and the share caught
where 5 % of the held-out ones are flagged. 'ours' is what mlcore does.
"""

from functools import partial

import numpy as np

from benchmarks import strangers, unlike_scores
from benchmarks.measure import write
from benchmarks.unlike_scores import Outputs
from mlcore import data, images, library
from mlcore.evaluation import out_of_distribution, probes
from mlcore.evaluation.batch_statistics import usual_features
from mlcore.intervals import wilson
from mlcore.library.classifier import Classifier
from mlcore.teach.settings import TeachSettings

SEEN, TESTED = 1000, 2000
TAUGHT, ANTS = "ants-and-bees-taught", "ants-and-bees"
FITS = {
    "maximum probability": unlike_scores.probability,
    "maximum logit": unlike_scores.logit,
    "energy": unlike_scores.energy,
    "nearest neighbours": unlike_scores.neighbour,
    "Mahalanobis": unlike_scores.mahalanobis,
    "relative Mahalanobis": unlike_scores.relative_mahalanobis,
    "residual": unlike_scores.residual,
    "ViM": unlike_scores.virtual_logit,
}


def ours(seen: Outputs, labels: np.ndarray) -> unlike_scores.Score:
    """What mlcore does where it has features of training pictures."""
    detector = out_of_distribution.fit((seen.logits, seen.features))
    return lambda given: detector.scores(given.logits, given.features)


def ours_without_data(seen: Outputs, labels: np.ndarray) -> unlike_scores.Score:
    """What mlcore does for 'Photographs'."""
    usual = usual_features(library.open_classifier("photographs").model)
    detector = out_of_distribution.without_data((seen.logits, seen.features), usual)
    return lambda given: detector.scores(given.logits, given.features)


def outputs(classifier: Classifier, pictures) -> Outputs:
    """What a network gives for pictures of any size."""
    batch = np.stack([images.fit(each, *classifier.card.size) for each in pictures])
    logits, features = classifier.logits_and_features(batch)
    return Outputs(logits.astype("float64"), features.astype("float64"))


def some(name: str, split: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of a split, drawn over all of it, and their labels."""
    chosen = data.open(name).split(split)
    rows = np.sort(np.random.default_rng(0).permutation(len(chosen))[:count])
    return chosen.read(rows), chosen.labels[rows]


def auroc(own: np.ndarray, others: np.ndarray) -> float:
    """The chance that a stranger's score is above an own picture's; ties count half."""
    known = np.sort(own)
    return float(((np.searchsorted(known, others) + np.searchsorted(known, others, "right")) / 2 / len(known)).mean())


def taught() -> Classifier:
    """Ants against bees, made when it isn't there."""
    folder = library.folder(TAUGHT)
    if not (folder / "card.json").exists():
        from mlcore.teach.model import make

        folder.mkdir(parents=True, exist_ok=True)
        make(TeachSettings(data=ANTS, backbone="photographs"), data.open(ANTS), folder)
    return library.open_classifier(TAUGHT)


def held_out_scores(fit, seen: Outputs, labels: np.ndarray, held_out: Outputs | None, folds: int = 5) -> np.ndarray:
    """Scores of pictures that weren't fitted to: held out, or left out in turn."""
    if held_out:
        return fit(seen, labels)(held_out)
    fold = np.random.default_rng(0).permutation(len(seen)) % folds
    parts = [(_rows(seen, fold != each), labels[fold != each], _rows(seen, fold == each)) for each in range(folds)]
    return np.concatenate([fit(kept, of)(left) for kept, of, left in parts])


def _rows(given: Outputs, chosen: np.ndarray) -> Outputs:
    return Outputs(given.logits[chosen], given.features[chosen])


def compared(fits: dict, seen, labels, held_out, test: Outputs, others: dict[str, Outputs]) -> dict:
    """Every score beside every kind of stranger."""
    table = {}
    for name, fit in fits.items():
        score, known = fit(seen, labels), np.sort(held_out_scores(fit, seen, labels, held_out))
        rank = min(len(known), int(np.ceil((len(known) + 1) * 0.95 - 1e-9)))
        threshold, own = known[rank - 1], score(test)
        table[name] = {"own": {"flagged": _share(own > threshold)}}
        for kind, given in others.items():
            found = score(given)
            table[name][kind] = {"auroc": round(auroc(own, found), 4), "flagged": _share(found > threshold)}
        print(f"  {name:22}", " ".join(_cell(each) for each in table[name].values()), flush=True)
    return table


def _share(flags: np.ndarray) -> dict:
    return wilson(int(flags.sum()), len(flags)).to_json()


def _cell(found: dict) -> str:
    area = f"{found['auroc']:.3f}/" if "auroc" in found else ""
    return f"{area}{found['flagged']['value']:.2f}".rjust(10)


def of_model(classifier: Classifier, own: str, left_out: bool = False, fits: dict | None = None) -> dict:
    """One model's table."""
    see, model = partial(outputs, classifier), classifier.card.id
    print(model, flush=True)
    pictures, labels = some(own, "train", SEEN)
    validation, kinds = some(own, "val", SEEN)
    if left_out:
        pictures, labels = np.concatenate([pictures, validation]), np.concatenate([labels, kinds])
    kinds_of = {**strangers.of(model, own), **{n: list(p) for n, p in probes.probes(classifier.card.shape).items()}}
    if own == "mnist":
        kinds_of["inverted digits, for information"] = strangers.inverted(strangers.of_data("mnist", 1000))
    others = {name: see(given) for name, given in kinds_of.items()}
    print(" " * 24, " ".join(name[:10].rjust(10) for name in ("own", *others)), flush=True)
    held_out = None if left_out else see(validation)
    chosen = fits or FITS | {"ours": ours}
    if held_out:
        both = unlike_scores.larger(unlike_scores.energy, unlike_scores.neighbour, held_out)
        chosen = {**chosen, "energy or neighbours": both}
    return compared(chosen, see(pictures), labels, held_out, see(some(own, "test", TESTED)[0]), others)


def main() -> None:
    """Measure the four models, show and keep the result."""
    without_data = {name: FITS[name] for name in ("maximum probability", "maximum logit", "energy")}
    result = {
        "handwritten-digits": of_model(library.open_classifier("handwritten-digits"), "mnist"),
        "photographs": of_model(
            library.open_classifier("photographs"), ANTS, True, without_data | {"ours": ours_without_data}
        ),
        "ants and bees, taught": of_model(taught(), ANTS, True),
        "animals-and-vehicles": of_model(library.open_classifier("animals-and-vehicles"), "cifar10"),
    }
    write("unlike", result, "python -m benchmarks.unlike", seen=SEEN, tested=TESTED)


if __name__ == "__main__":
    main()
