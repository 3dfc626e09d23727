"""The report over many pictures."""

import json

import numpy as np
import pytest

from mlcore import durable, library
from mlcore.errors import Kind, Refused
from mlcore.explanation.judge import Asked, Report, load, report
from mlcore.explanation.judge.benchmark import ranked
from mlcore.explanation.judge.store import FILE, PROGRESS, folder, network, save


@pytest.fixture
def pictures(whole):
    return np.random.default_rng(0).integers(0, 256, (6, *whole.card.shape), "uint8")


QUICK = {"steps": 4, "checked": 2}
WANTED = ["gradient", Asked("smoothgrad", {"samples": 4}, pictures=4)]


def numbers(gains, **more):
    """What a benchmark keeps of each picture, from its gains."""
    half = {"deletion": 0.2, "insertion": 0.6, "seconds": 0.01, **more}
    return [{**half, "deletion_gain": gain / 2, "insertion_gain": gain / 2} for gain in gains]


def timeless(found):
    values = found.to_json()
    return {**values, "taken": "", "seconds": 0, "rows": [{**row, "seconds": 0} for row in values["rows"]]}


def test_methods_are_ranked_beside_two_maps_that_never_saw_the_network(whole, pictures):
    found = report(whole, pictures, WANTED, **QUICK)

    by_name = {row.method: row for row in found.rows}
    assert set(by_name) == {"gradient", "smoothgrad", "centre", "edges"}
    assert [row.gain.value for row in found.rows] == sorted((row.gain.value for row in found.rows), reverse=True)
    assert (by_name["gradient"].gain.n, by_name["smoothgrad"].gain.n, by_name["centre"].gain.n) == (6, 4, 6)
    assert (by_name["gradient"].stability.n, by_name["gradient"].seeds) == (2, None)
    assert by_name["smoothgrad"].seeds.n == 2
    assert by_name["smoothgrad"].settings == {"samples": 4, "noise": 0.15, "seed": 0}
    assert by_name["centre"].blind
    assert by_name["centre"].randomisation is None
    assert [by_name[name].fidelity.n for name in ("gradient", "centre")] == [2, 2]
    assert all(-1 <= row.fidelity.value <= 1 for row in found.rows)
    assert found.pictures == 6


def test_gains_are_paired_differences(whole, pictures):
    row = next(row for row in report(whole, pictures, ["gradient"], **QUICK).rows if row.method == "gradient")

    assert row.gain.value == pytest.approx(row.deletion_gain.value + row.insertion_gain.value)
    assert row.gain.low < row.gain.value < row.gain.high
    assert row.wins.n == 6


def test_a_planted_ranking_is_found():
    rng = np.random.default_rng(0)
    rows = {
        "gradient": numbers(rng.normal(0.30, 0.1, 50)),
        "smoothgrad": numbers(rng.normal(0.10, 0.1, 50)),
        "grad-cam": numbers(rng.normal(0.0, 0.1, 50)),
        "edges": numbers(rng.normal(-0.2, 0.1, 50)),
    }

    found = ranked(rows, [Asked(name) for name in ("edges", "grad-cam", "smoothgrad", "gradient")])

    assert [row.method for row in found] == ["gradient", "smoothgrad", "grad-cam", "edges"]
    assert [row.beats for row in found] == [("deletion", "insertion")] * 2 + [()] * 2
    assert [row.ahead for row in found] == [True, True, True, False]
    assert found[0].wins.value > 0.9


def test_methods_that_cannot_be_told_apart_are_not():
    rng = np.random.default_rng(1)
    shared = rng.normal(0.2, 0.5, 40)
    rows = {name: numbers(shared + rng.normal(0, 0.3, 40)) for name in ("gradient", "smoothgrad")}

    assert not ranked(rows, [Asked(name) for name in rows])[0].ahead


def test_a_small_lead_on_every_picture_counts_however_much_pictures_differ():
    shared = np.random.default_rng(1).normal(0.2, 2.0, 40)
    lead = np.random.default_rng(2).normal(0.05, 0.02, 40)
    rows = {"gradient": numbers(shared + lead), "smoothgrad": numbers(shared)}

    assert ranked(rows, [Asked(name) for name in rows])[0].ahead


def test_the_report_says_which_methods_to_trust():
    rng = np.random.default_rng(0)
    gains = {"gradient": 0.3, "smoothgrad": 0.0, "centre": 0.1, "grad-cam": 0.05, "lime": -0.2}
    rows = {name: numbers(rng.normal(gain, 0.05, 60)) for name, gain in gains.items()}
    rows["rise"] = [{**each, "insertion_gain": -0.3} for each in numbers(rng.normal(0.4, 0.01, 60))]
    found = Report("m", "M", "d", "test", "", "", 60, ranked(rows, [Asked(name) for name in rows]))

    assert found.sentence == (
        "Over 60 pictures, Gradient and Grad-CAM beat random maps both at deletion and at insertion. "
        "At one of the two only: RISE. Not told from random maps: SmoothGrad. Worse than random maps: LIME. "
        "Maps that never saw the network beat random ones, too: Middle of the picture. "
        "No further than the best of them: Grad-CAM and RISE."
    )


def report_of(**rows):
    return Report("m", "M", "d", "test", "", "", 60, ranked(rows, [Asked(name) for name in rows]))


def test_the_methods_to_begin_with_are_those_that_earned_it_the_best_first():
    good = {"gradient": numbers([0.2] * 9), "rise": numbers([0.4] * 9, randomisation=0.1)}
    no_better = {"smoothgrad": numbers([0.1] * 9), "centre": numbers([0.15] * 9)}
    of_any_network = {"guided-backprop": numbers([0.5] * 9, randomisation=0.9)}

    assert report_of(**good, **no_better, **of_any_network).earned() == ("rise", "gradient")
    assert report_of(**no_better, **of_any_network).earned() == ()


def test_a_model_made_on_this_machine_is_known_by_its_weights(photographs, home):
    classifier = library.open_classifier(photographs)
    shipped = library.STARTERS / photographs

    assert network(classifier) == durable.read_json(shipped / "weights.json")["sha256"]
    brought = Report.from_json(durable.read_json(shipped / "explanations" / FILE))
    assert load(classifier) == brought
    assert brought.network == network(classifier)


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        ([0.2, 0.3, 0.25], "Beats random maps at deletion and at insertion."),
        ([0.2, -0.3, 0.1], "Can't be told from random maps."),
        ([-0.2, -0.3, -0.25], "Does worse than random maps."),
    ],
)
def test_a_row_claims_no_more_than_its_interval(gains, said):
    (row,) = ranked({"gradient": numbers(gains)}, [Asked("gradient")])

    assert row.words == said


def test_a_method_that_doesnt_need_the_network_is_named_so():
    (row,) = ranked({"gradient": numbers([0.2] * 9, randomisation=0.8)}, [Asked("gradient")])

    assert row.words.endswith("A network with random weights gives nearly the same maps.")


def test_a_report_survives_json_and_the_disk(whole, pictures):
    found = report(whole, pictures, WANTED, folder=folder(whole), source={"data": "shapes", "split": "test"}, **QUICK)

    assert Report.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False))) == found
    assert load(whole) == found
    assert [path.name for path in folder(whole).iterdir()] == [FILE]


def test_an_ended_report_goes_on_to_the_very_same_numbers(whole, pictures):
    uninterrupted = report(whole, pictures, WANTED, **QUICK)
    kept, total, texts = folder(whole), 6 + 4 + 2 * 6, []

    def end_after_half(share, text):
        texts.append(text)
        if share == 9 / total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        report(whole, pictures, WANTED, end_after_half, kept, **QUICK)
    assert (kept / PROGRESS).exists()
    assert load(whole) is None
    shares = []
    resumed = report(whole, pictures, WANTED, lambda share, text: shares.append(share), kept, **QUICK)

    assert min(shares) == 9 / total
    assert texts[-1] == f"9 of {total} maps"
    assert timeless(resumed) == timeless(uninterrupted)


def test_what_was_kept_of_another_request_is_not_used(whole, pictures):
    kept = folder(whole)
    durable.write_json(kept / PROGRESS, {"key": "another", "rows": {"gradient": [{"nonsense": 1}] * 6}})

    assert timeless(report(whole, pictures, ["gradient"], folder=kept, **QUICK)) == timeless(
        report(whole, pictures, ["gradient"], **QUICK)
    )


def test_a_method_that_the_network_cannot_take_is_skipped_with_its_reason(tmp_path, pictures):
    from types import SimpleNamespace

    import keras

    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(3)])
    card = SimpleNamespace(id="flat", title="Flat", classes=("a", "b", "c"), shape=(8, 8, 3), temperature=1.0)
    flat = SimpleNamespace(
        card=card,
        model=model,
        folder=tmp_path,
        logits=lambda batch: np.asarray(model(np.asarray(batch, "float32"))),
        probabilities=lambda batch: np.asarray(keras.ops.softmax(model(np.asarray(batch, "float32")))),
    )

    found = report(flat, pictures[:3], ["grad-cam", "gradient"], **QUICK)

    assert list(found.skipped) == ["grad-cam"]
    assert "no convolution" in found.skipped["grad-cam"]
    assert "gradient" in {row.method for row in found.rows}


@pytest.mark.parametrize(
    ("wanted", "given", "kind"),
    [
        (["gradeint"], {}, Kind.UNKNOWN_NAME),
        ([Asked("smoothgrad", {"samples": 1})], {}, Kind.BAD_SETTING),
        (None, {"steps": 0}, Kind.BAD_SETTING),
    ],
    ids=str,
)
def test_a_request_that_cannot_be_met_is_refused(whole, pictures, wanted, given, kind):
    with pytest.raises(Refused) as refusal:
        report(whole, pictures, wanted, **given)

    assert refusal.value.kind == kind


def test_no_pictures_are_refused(whole, pictures):
    with pytest.raises(Refused, match="at least one"):
        report(whole, pictures[:0])


def test_the_report_of_a_model_that_came_along_is_kept_in_the_home(whole, pictures, home):
    whole.card.starter = True
    brought = report(whole, pictures, ["gradient"], **QUICK)
    save(whole.folder / "explanations", brought)

    assert load(whole) == brought
    own = report(whole, pictures[:3], ["gradient"], folder=folder(whole), **QUICK)
    assert folder(whole) == home / "explanations" / "mine"
    assert load(whole) == own


def test_a_report_from_before_the_effect_was_measured_is_read(whole, pictures):
    values = report(whole, pictures, ["gradient"], **QUICK).to_json()
    for row in values["rows"]:
        del row["fidelity"]

    assert [row.fidelity for row in Report.from_json(values).rows] == [None] * len(values["rows"])


def test_a_damaged_report_counts_as_none(whole):
    durable.write_text(folder(whole) / FILE, '{"rows": [')

    assert load(whole) is None
