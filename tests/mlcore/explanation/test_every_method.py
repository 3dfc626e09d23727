"""The exam that every explanation method takes; its traits enrol it in further parts."""

import json
import re
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

from mlcore.errors import Kind, Refused
from mlcore.explanation import explain, methods
from mlcore.settings import fields, read

every_method = pytest.mark.parametrize("entry", methods.all(), ids=lambda entry: entry.name)
KNOWN_TRAITS = {"signed", "complete", "coarse", "random", "background", "slow", "reports"}


def with_trait(trait):
    having = [entry for entry in methods.all() if trait in entry.traits]
    return pytest.mark.parametrize("entry", having, ids=lambda entry: entry.name)


@every_method
@pytest.mark.parametrize("size", ["square", "wide", "nested"])
def test_a_heat_map_of_finite_numbers_in_the_size_of_the_picture(entry, size, classifiers, photo):
    classifier = classifiers[size]
    found = explain(entry.name, classifier, photo(classifier))

    assert found.heat.shape == classifier.card.shape[:2]
    assert found.heat.dtype == np.float32
    assert np.isfinite(found.heat).all()
    assert found.heat.any()
    assert found.values is None or found.values.shape == classifier.card.shape
    assert found.method == entry.name


@every_method
def test_the_same_call_gives_the_same_map(entry, classifiers, photo):
    classifier = classifiers["square"]

    first, second = (explain(entry.name, classifier, photo(classifier), target=1) for _ in range(2))

    np.testing.assert_array_equal(first.heat, second.heat)
    assert first.to_json() == second.to_json()


@every_method
def test_another_class_has_another_map(entry, classifiers, photo):
    classifier = classifiers["square"]
    maps = [explain(entry.name, classifier, photo(classifier), target).heat for target in range(3)]

    assert not np.allclose(maps[0], maps[1])
    assert not np.allclose(maps[1], maps[2])


@every_method
def test_every_setting_has_a_help_a_good_default_and_bounds_that_hold(entry):
    entry.settings()
    for spec in fields(entry.settings):
        assert spec.help
        if spec.type in ("integer", "number"):
            for allowed in (spec.low, spec.high):
                assert getattr(read(entry.settings, {spec.name: allowed}), spec.name) == allowed
            for beyond in (spec.low - 1, spec.high + 1):
                with pytest.raises(Refused) as refusal:
                    read(entry.settings, {spec.name: beyond})
                assert refusal.value.kind == Kind.BAD_SETTING


@every_method
def test_the_least_settings_work(entry, classifiers, photo):
    classifier = classifiers["square"]
    least = {spec.name: spec.low for spec in fields(entry.settings) if spec.low is not None}

    found = explain(entry.name, classifier, photo(classifier), **least)

    assert np.isfinite(found.heat).all()
    assert found.settings | least == found.settings


@every_method
def test_it_says_what_it_shows_and_who_found_it(entry):
    import sys

    assert entry.summary.endswith(".")
    assert entry.summary[0].isupper()
    assert re.search(r"\((.+ \d{4}, (arXiv|doi):\S+)\)\.", sys.modules[entry.run.__module__].__doc__)
    assert entry.traits <= KNOWN_TRAITS


@every_method
def test_what_it_reports_can_be_written_as_json(entry, classifiers, photo):
    classifier = classifiers["square"]
    found = explain(entry.name, classifier, photo(classifier))

    values = json.loads(json.dumps(found.to_json(), allow_nan=False))

    assert values["method"] == entry.name
    assert values["class"] == found.class_name
    assert all(isinstance(each, float | str) for each in found.diagnostics.values())


@every_method
def test_a_grey_picture_without_any_structure_is_fine(entry, classifiers):
    classifier = classifiers["square"]

    found = explain(entry.name, classifier, np.full((8, 8, 3), 128, "uint8"))

    assert np.isfinite(found.heat).all()
    json.dumps(found.to_json(), allow_nan=False)


@every_method
def test_signed_heat_shows_both_signs_and_other_heat_none_below_zero(entry, linear, patches, picture):
    score = patches if "coarse" in entry.traits else linear  # a linear score has no feature map
    heat = entry.run(entry.settings(), score, picture, 0).heat

    assert (heat.min() < 0 < heat.max()) if "signed" in entry.traits else heat.min() >= 0


@with_trait("complete")
def test_complete_heat_sums_to_the_difference_in_score(entry, patches, picture):
    found = entry.run(entry.settings(), patches, picture, 1)

    start = "background" if "background" in entry.traits else "plain_picture"
    before, after = found.diagnostics[f"score_of_the_{start}"], float(patches.values(picture[None], 1)[0])
    assert before != after
    assert found.heat.sum() == pytest.approx(after - before, abs=0.03 * max(abs(before), abs(after)))


@with_trait("background")
def test_what_it_compares_with_is_told_and_matters(entry, patches, picture):
    found = entry.run(entry.settings(), patches, picture, 0)
    patches.background, patches.background_origin = patches.background[:2] / 2, "2 dark pictures"
    other = entry.run(entry.settings(), patches, picture, 0)

    assert found.diagnostics["background"] == "7 training pictures"
    assert other.diagnostics["background"] == "2 dark pictures"
    assert not np.allclose(found.heat, other.heat)


@with_trait("random")
def test_the_seed_decides_what_is_random(entry, patches, picture):
    heats = [entry.run(entry.settings(seed=seed), patches, picture, 0).heat for seed in (0, 0, 1)]

    np.testing.assert_array_equal(heats[0], heats[1])
    assert not np.array_equal(heats[0], heats[2])


class Enough(Exception):
    """What a person who no longer wants to wait raises."""


@with_trait("reports")
def test_what_may_take_long_tells_its_share_and_can_be_ended(entry, classifiers, photo):
    classifier = classifiers["square"]
    shares = []

    def enough(share, text=""):
        raise Enough

    explain(entry.name, classifier, photo(classifier), progress=lambda share, text="": shares.append(share))

    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] == 1
    with pytest.raises(Enough):
        explain(entry.name, classifier, photo(classifier), progress=enough)


@pytest.mark.parametrize(
    "entry", [entry for entry in methods.all() if "reports" not in entry.traits], ids=lambda entry: entry.name
)
def test_what_does_not_report_asks_a_few_times_at_the_most(entry, linear, patches, picture, monkeypatch):
    """At its largest settings, too: what asks more could keep a person waiting without a word."""
    score, asked = patches if "coarse" in entry.traits else linear, []

    def counted(plain):
        return lambda batch, *given: asked.append(len(batch)) or plain(batch, *given)

    for name in ("values", "gradient", "feature_gradient"):
        if hasattr(score, name):
            monkeypatch.setattr(score, name, counted(getattr(score, name)))
    most = {spec.name: spec.high for spec in fields(entry.settings) if spec.high is not None}

    entry.run(entry.settings(**most), score, picture, 0)

    assert 1 <= sum(asked) <= 6


@every_method
def test_slow_methods_report(entry):
    assert "reports" in entry.traits or "slow" not in entry.traits


@every_method
def test_only_random_methods_have_a_seed(entry):
    assert ("seed" in entry.settings.model_fields) == ("random" in entry.traits)


class PlainScore:
    """The score of a network that computes nothing: pictures of 224 pixels, and 512 maps of the half."""

    shape, background_origin, rectifiers = (224, 224, 3), "nowhere", {"relu": 1}
    layers = (SimpleNamespace(name="maps", shape=(112, 112, 512)),)

    def __init__(self):
        self.background = np.zeros((64, *self.shape), "float32")

    def feature_layer(self, layer=None):
        return "maps"

    def values(self, batch, target):
        return batch.mean(axis=(1, 2, 3))

    def gradient(self, batch, target):
        return np.zeros_like(batch)

    def features(self, batch, layer=None):
        return np.random.default_rng(0).random((len(batch), 112, 112, 512), "float32")


class Heard(Exception):
    """What the progress of a method ends it with."""


@with_trait("reports")
def test_at_its_largest_settings_a_method_takes_little_memory_before_it_can_be_called_off(entry):
    """The pages promise 500 MB. The score's own background (39 MB) counts, and one batch of copies does."""
    largest = {spec.name: spec.high for spec in fields(entry.settings) if spec.high is not None}
    settings = read(entry.settings, largest | ({"stride": 1, "window": 2} if entry.name == "occlusion" else {}))
    picture = np.random.default_rng(0).integers(0, 256, (224, 224, 3)).astype("float32")

    def hear(share, text=""):
        raise Heard

    tracemalloc.start()
    with pytest.raises(Heard):
        entry.run(settings, PlainScore(), picture, 0, progress=hear)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 400_000_000


@pytest.mark.parametrize(("name", "settings"), [("rise", {"samples": 600}), ("kernel-shap", {"samples": 600})])
def test_adding_up_can_be_called_off_as_well(name, settings, classifiers, photo):
    classifier, whole = classifiers["square"], []

    def hear(share, text=""):
        whole.extend([1] if share == 1 else [])
        if len(whole) == 2:
            raise Heard

    with pytest.raises(Heard):
        explain(name, classifier, photo(classifier), progress=hear, **settings)
