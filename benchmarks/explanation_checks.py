"""What can be said of explanation libraries beside their speed: errors, and what they make of nested networks."""

from functools import partial
from itertools import combinations
from math import comb

import numpy as np
import tensorflow as tf

from benchmarks.explanation_peers import (
    SHAPLEY,
    Subject,
    expected_gradients,
    grad_cam,
    gradient,
    integrated_gradients,
    occlusion,
)
from benchmarks.measure import summary
from mlcore import architectures
from mlcore.backend.gradients import Score
from mlcore.explanation import methods
from mlcore.explanation.methods.kernel_shap import shapley
from mlcore.explanation.toolkit import coalitions
from mlcore.explanation.toolkit.agreement import rank_correlation
from mlcore.explanation.toolkit.frames import each_frame
from mlcore.explanation.toolkit.segments import grid

PLAYERS, SAMPLES = 12, 1000  # 1,000 of the 4,094 combinations of 12 regions


def errors(subject: Subject) -> dict:
    """How far maps of the same definition are from ours, and how far sums are from what they must sum to."""
    same = {"gradient": gradient, "grad-cam": grad_cam, "occlusion": occlusion}
    found = {}
    for method, peers in same.items():
        settings = {"window": 4, "stride": 4, "baseline": "black"} if method == "occlusion" else {}
        heat = _ours(method, subject, **settings).heat
        for peer, run in peers(subject, 1).items():
            theirs = _heat(np.asarray(run())[0], absolute=method == "gradient")
            scale = np.abs(theirs).sum() / np.abs(heat).sum()  # a sum over colours here, a mean there
            found[f"{method}, {peer}"] = {
                "largest difference, as a share of the maximum": float(abs(theirs / scale - heat).max() / heat.max()),
                "rank correlation": rank_correlation(theirs, heat),
            }
    return found | {"completeness gap": _gaps(subject)}


def _ours(method: str, subject: Subject, number: int = 0, **settings):
    entry = methods.get(method)
    return entry.run(entry.settings(**settings), subject.score, subject.pictures[number], subject.target)


def _heat(values: np.ndarray, absolute: bool) -> np.ndarray:
    """One number a place, whether colours come first, last or not at all."""
    axis = next((each for each in (0, -1) if values.ndim == 3 and values.shape[each] in (1, 3)), None)
    if axis is None:
        return values
    return np.abs(values).max(axis=axis) if absolute else values.mean(axis=axis)


def _gaps(subject: Subject) -> dict:
    """|sum - difference in score| / |difference in score|, over the pictures; 51 and 256 gradients for each."""
    score, count = subject.score, len(subject.pictures)
    after = score.values(subject.pictures, subject.target)
    before = {
        "integrated-gradients": float(score.values(0 * subject.pictures[:1], subject.target)[0]),
        "expected-gradients": float(score.values(score.background, subject.target).mean()),
    }
    found = {}
    for method, peers in {
        "integrated-gradients": integrated_gradients,
        "expected-gradients": expected_gradients,
    }.items():
        maps = {"ours": [_ours(method, subject, number).heat for number in range(count)]}
        maps |= {name: run() for name, run in peers(subject, count).items() if name != "shap"}  # of all classes at once
        for name, heats in maps.items():
            sums = np.array([np.sum(each) for each in heats])
            gaps = abs(sums - (after - before[method])) / abs(after - before[method])
            found[f"{method}, {name}"] = summary(gaps.tolist())
    return found


def against_exact(subject: Subject) -> dict:
    """Errors of KernelSHAP's values, as a share of the largest exact one, over the pictures: medians and extremes."""
    labels = grid(*subject.score.shape[:2], PLAYERS)
    runs = {"ours": _shapley_by_us} | SHAPLEY
    rows: dict[str, dict[str, list]] = {name: {"largest error": [], "error of the sum": []} for name in runs}
    for number in range(len(subject.pictures)):
        truth = exact(subject, labels, number)
        for name, run in runs.items():
            values = run(subject, labels, number, SAMPLES)
            rows[name]["largest error"].append(float(abs(values - truth).max() / abs(truth).max()))
            rows[name]["error of the sum"].append(float(abs(values.sum() - truth.sum()) / abs(truth).max()))
    return {name: {figure: summary(values) for figure, values in row.items()} for name, row in rows.items()}


def exact(subject: Subject, labels: np.ndarray, number: int) -> np.ndarray:
    """Shapley values (M,) by their definition: the mean over all coalitions of what a player adds to them."""
    players = int(labels.max()) + 1
    everyone = (np.arange(2**players)[:, None] >> np.arange(players)) & 1
    pictures = (subject.pictures[number] * everyone[part][:, labels][..., None] for part in _parts(len(everyone)))
    worth = np.concatenate([subject.score.values(each.astype("float32"), subject.target) for each in pictures])
    values = np.zeros(players)
    for size in range(players):
        for members in combinations(range(players), size):
            before = sum(1 << each for each in members)
            for player in set(range(players)) - set(members):
                share = 1 / (players * comb(players - 1, size))
                values[player] += share * (float(worth[before | 1 << player]) - float(worth[before]))
    return values


def _parts(count: int, size: int = 256):
    return [slice(start, start + size) for start in range(0, count, size)]


def _shapley_by_us(subject: Subject, labels: np.ndarray, number: int, samples: int) -> np.ndarray:
    """Our values for a given cut of the picture."""
    tried = coalitions.chosen(int(labels.max()) + 1, samples, np.random.default_rng(0))
    pictures = [subject.pictures[number] * tried.present[part][:, labels][..., None] for part in _parts(samples)]
    worth = np.concatenate([subject.score.values(each.astype("float32"), subject.target) for each in pictures])
    ends = np.stack([0 * subject.pictures[number], subject.pictures[number]])
    before, after = subject.score.values(ends, subject.target).astype("float64")
    return shapley(tried, worth - before, after - before)


def unusual() -> dict:
    """Grad-CAM on a network inside a network and on a network for clips: a map, or what was raised."""
    random = np.random.default_rng(0)
    backbone, clips = _with_backbone(), architectures.build("cnn-rnn", {}, (8, 32, 32, 3), 5)
    picture, clip = (random.uniform(0, 255, (1, *each.input_shape[1:])).astype("float32") for each in (backbone, clips))
    return {
        "MobileNetV2 inside a classifier, layer by default": _outcomes(backbone, picture, None),
        "MobileNetV2 inside a classifier, its layer 'out_relu'": _outcomes(backbone, picture, "out_relu"),
        "clips of 8 frames, layer by default": _outcomes(clips, clip, None),
        "clips of 8 frames, layer 'convolution_2'": _outcomes(clips, clip, "convolution_2"),
    }


def _with_backbone():
    """MobileNetV2 with random weights, functional as keras.applications makes it, and a head on top."""
    import keras

    backbone = keras.applications.MobileNetV2(input_shape=(64, 64, 3), alpha=0.35, include_top=False, weights=None)
    inputs = keras.Input((64, 64, 3))
    x = backbone(keras.layers.Rescaling(1 / 127.5, offset=-1)(inputs))
    return keras.Model(inputs, keras.layers.Dense(5)(keras.layers.GlobalAveragePooling2D()(x)))


def _outcomes(model, batch, layer) -> dict[str, str]:
    runs = {
        "ours, Grad-CAM": lambda: _cam_by_us("grad-cam", model, batch, layer),
        "ours, Grad-CAM++": lambda: _cam_by_us("grad-cam++", model, batch, layer),
        "ours, LayerCAM": lambda: _cam_by_us("layer-cam", model, batch, layer),
        "ours, Score-CAM": lambda: _cam_by_us("score-cam", model, batch, layer, most=16),
        "xplique": lambda: _cam_by_xplique(model, batch, layer),
        "tf-explain": lambda: _cam_by_tf_explain(model, batch, layer),
        "tf-keras-vis": lambda: _cam_by_tf_keras_vis(model, batch, layer),
    }
    return {name: _outcome(run) for name, run in runs.items()}


def _outcome(run) -> str:
    try:
        heat = np.asarray(run())
    except Exception as error:
        said = (str(error).strip().splitlines() or [""])[-1].strip()
        return f"{type(error).__name__}: {said}"[:240]
    size = " x ".join(str(side) for side in heat.shape)
    return f"a map of {size}, {'finite' if np.isfinite(heat).all() else 'not finite'}"


def _cam_by_us(method: str, model, batch, layer, **settings):
    entry = methods.get(method)
    run = partial(each_frame, entry.run) if batch.ndim == 5 else entry.run
    return run(entry.settings(layer=layer, **settings), Score(model), batch[0], 1).heat


def _cam_by_xplique(model, batch, layer):
    from xplique.attributions import GradCAM

    return GradCAM(model, conv_layer=layer).explain(batch, np.eye(5, dtype="float32")[[1]]).numpy()[0]


def _cam_by_tf_explain(model, batch, layer):
    from tf_explain.core.grad_cam import GradCAM

    return GradCAM().explain((batch, None), model, class_index=1, layer_name=layer)[..., 0]


def _cam_by_tf_keras_vis(model, batch, layer):
    from tf_keras_vis.gradcam import Gradcam

    penultimate = {"penultimate_layer": layer} if layer else {}
    return Gradcam(model)(lambda output: output[:, 1], tf.constant(batch), **penultimate)[0]
