"""Three hundred steps of what a person gets by default, on digits: pictures that a classifier reads."""

import numpy as np
import pytest
from PIL import Image

from mlcore import data, generation, library
from mlcore.events import FaultSeen, SamplesChecked
from mlcore.generation.latent.sampling import draw, latents, vectors
from mlcore.generation.measure.features import Pooled
from mlcore.generation.measure.frechet import frechet
from mlcore.generation.training import checks
from mlcore.generation.training.loop import train

pytestmark = pytest.mark.slow  # about 25 CPU-seconds


def test_the_default_learns_digits_in_300_steps(home, scans, tmp_path, monkeypatch):
    pictures, labels = scans
    for place, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        (tmp_path / str(label)).mkdir(exist_ok=True)
        Image.fromarray(picture).save(tmp_path / str(label) / f"{place:04}.png")
    data.add(tmp_path, "scans", size=28)
    monkeypatch.setattr(checks, "SHARE", 1e9)  # look at every preview, however slow the machine is
    told = []

    gan = train(generation.draft("scans", "tiny", ["steps=300", "seed=0"]), home / "run", told.append).gan

    asked = np.arange(1000) % 10
    made = draw(gan.averaged, vectors(latents(64, 1000, seed=1), np.eye(10, dtype="float32")[asked]))
    judge = library.open("handwritten-digits")  # learned from MNIST: it reads 96 % of these scans
    features, noise = Pooled(judge), np.random.default_rng(0).integers(0, 256, made.shape, "uint8")
    share = frechet(features(pictures), features(made)) / frechet(features(pictures), features(noise))
    seen = judge.logits(made).argmax(axis=1)
    found = [each for each in told if isinstance(each, SamplesChecked)]
    assert share <= 0.25  # measured 0.005
    assert (np.bincount(seen, minlength=10) > 20).sum() >= 9  # the rarest had 38
    assert (seen == asked).mean() >= 0.6  # measured 0.77
    assert not [each for each in told if isinstance(each, FaultSeen)]
    assert found[0].variety < 0.25 < found[-1].variety
