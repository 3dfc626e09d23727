"""Explanation methods: ours against xplique, captum, shap and lime, on the same network in one process.

Every library computes on one thread, and ratios are told of wall and of CPU seconds: with several, threads that spin
while they wait would charge a busy machine's load to the libraries that have them. Explainers are built once, outside
the clock; weights are carried over to PyTorch, so that all explain the same logits of the same pictures. `explain`
takes one picture at a time, so ours does, too; the others get the batch at once, in chunks of 128 where they have
such a setting. shap's expected gradients are always those of every class.

Beside the times stand errors: how far maps of the same definition differ, how far sums are from what they must sum
to, KernelSHAP from exact Shapley values, and what each library says to Grad-CAM on networks that aren't one row of
layers.

The other libraries want versions that exclude each other and ours, so they live in an environment of their own:

    python -m venv .peers
    .peers/bin/pip install -r requirements.txt torch==2.13.0 shap==0.51.0 lime==0.2.0.1 opencv-python-headless
    .peers/bin/pip install --no-deps xplique==2.0.2 captum==0.9.0 tf-explain==0.3.1 tf-keras-vis==0.8.7
    .peers/bin/pip install --no-deps tensorflow-probability==0.25.0 tf-keras==2.21.0 dm-tree decorator einops deprecated
    .peers/bin/python -m benchmarks.explanation --once      tries everything a single time and keeps nothing
    .peers/bin/python -m benchmarks.explanation [MODEL [METHOD ...]]
"""

import json
import sys
import warnings
from importlib import metadata

import numpy as np

from benchmarks import explanation_checks as checks
from benchmarks.explanation_peers import PEERS, Subject, one_thread
from benchmarks.measure import measure, ratio, show, write
from mlcore import library
from mlcore.explanation import methods
from mlcore.explanation.toolkit.background import background_of
from mlcore.library.class_map import upscale

MODEL = "animals-and-vehicles"
TARGET = 3
BATCH = 8
PICTURES = 16  # of the training pictures kept beside the model; times are of the first ones, errors of all
SAME = 1e-3  # of logits that are a few units large; float32 in another order gives about 1e-5
LIBRARIES = ("xplique", "captum", "torch", "shap", "lime", "tf-explain", "tf-keras-vis")

# What each method is asked, and how often: rounds, and calls within a round for what is too quick for the clock.
ASKED = {
    "gradient": ({}, 21, 8),
    "grad-cam": ({}, 21, 8),
    "grad-cam++": ({}, 21, 8),
    "smoothgrad": ({"samples": 50}, 7, 1),
    "vargrad": ({"samples": 50}, 7, 1),
    "integrated-gradients": ({"steps": 50}, 7, 1),
    "expected-gradients": ({"steps": 4}, 3, 1),
    "occlusion": ({"window": 4, "stride": 4, "baseline": "black"}, 7, 2),
    "rise": ({"samples": 1000, "cells": 8, "baseline": "black"}, 5, 1),
    "lime": ({"segments": 25, "samples": 1000, "baseline": "black"}, 5, 1),
    "kernel-shap": ({"segments": 25, "samples": 1000, "baseline": "black"}, 5, 1),
}
SETTLED = 12  # calls after which ours has compiled all that it will, which costs a second and is nobody's daily wait
ONE_BY_ONE = ("expected-gradients", "rise", "lime", "kernel-shap")  # nobody gains from a batch: a picture fills chunks


def gradients(score, pictures: np.ndarray) -> np.ndarray:
    """The gradients of a batch, for those who have one."""
    return score.gradient(pictures, TARGET)


def grad_cams(score, pictures: np.ndarray) -> list[np.ndarray]:
    """The Grad-CAM maps of a batch."""
    features, slopes = score.feature_gradient(pictures, TARGET)
    maps = np.maximum(np.einsum("nhwc,nc->nhw", features, slopes.mean(axis=(1, 2))), 0)
    return [upscale(each, *pictures.shape[1:3]) for each in maps]


IN_ONE_CALL = {"gradient": gradients, "grad-cam": grad_cams}


def ours(method: str, subject: Subject, count: int):
    """Our method for the first pictures, one by one."""
    entry = methods.get(method)
    settings = entry.settings(**ASKED[method][0])
    return lambda: [entry.run(settings, subject.score, picture, TARGET) for picture in subject.pictures[:count]]


def times(method: str, subject: Subject, count: int, once: bool = False) -> dict:
    """Seconds of every library for the first `count` pictures, and the ratios to ours."""
    candidates = {"ours": ours(method, subject, count)} | PEERS[method](subject, count)
    if method in IN_ONE_CALL and count > 1:
        candidates["ours, in one call"] = lambda: IN_ONE_CALL[method](subject.score, subject.pictures[:count])
    if count == 1:
        settings, picture = ASKED[method][0], subject.pictures[0].astype("uint8")
        candidates["ours, explain()"] = lambda: subject.explain(method, picture, settings)
    _, rounds, calls = ASKED[method]
    often = {"rounds": 1, "warm": 0} if once else {"rounds": rounds, "calls": calls if count == 1 else 1}
    for _ in range(0 if once or method in ONE_BY_ONE else SETTLED):
        candidates["ours"]()
    found = measure(candidates, **often)
    others = [name for name in found if name != "ours"]
    ratios = {
        figure: {name: ratio(found, name, "ours", figure) for name in others}
        for figure in ("wall_seconds", "cpu_seconds")
    }
    return {"times": found, "ratios to ours": ratios}


def main() -> None:
    warnings.filterwarnings("ignore")
    one_thread()
    once, words = "--once" in sys.argv, [word for word in sys.argv[1:] if word != "--once"]
    name, chosen = words[0] if words else MODEL, words[1:] or list(ASKED)
    classifier = library.open_classifier(name)
    kept, _ = background_of(classifier, np.zeros(classifier.card.shape))
    subject = Subject(classifier, kept[:PICTURES], TARGET)
    result: dict = {"model": name, "same network, largest difference of logits": subject.difference()}
    if result["same network, largest difference of logits"] > SAME:
        raise SystemExit(f"PyTorch's network answers differently: {result}")
    for method in chosen:
        for count in (1,) if method in ONE_BY_ONE else (1, BATCH):
            found = times(method, subject, count, once)
            result[f"{method}, {count} picture{'s' * (count > 1)}"] = found
            print(f"\n{method} x {count}")
            show(found["times"])
            for figure, ratios in found["ratios to ours"].items():
                for peer, value in ratios.items():
                    print(f"{peer:28} {figure}: {value['median']:.2f} times ours")
    if len(words) < 2:
        subject.pictures = subject.pictures[: 1 if once else PICTURES]
        result["errors"] = checks.errors(subject)
        result["KernelSHAP against exact Shapley values"] = checks.against_exact(subject)
        result["Grad-CAM on networks that aren't one row of layers"] = checks.unusual()
        versions = {each: metadata.version(each) for each in LIBRARIES}
    if once:
        print(json.dumps({name: result[name] for name in list(result)[-3:]}, indent=1))
    elif len(words) < 2:
        write("explanation", result, ".peers/bin/python -m benchmarks.explanation", libraries=versions)


if __name__ == "__main__":
    main()
