"""A home made before the rooms were moved (commit 261e89a) goes on working: models, runs, recipes, events, drafts.

It holds two members of a sweep, a trained, a taught and a stopped classifier, a run whose process was killed, a
generator, a repair network, an evaluation, a report on explanations, a measurement that was refused, a data set and
a draft, all of them tiny.
"""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from mlcore import data, evaluation, explanation, generation, jobs, library
from mlcore.explanation.judge import load
from mlcore.jobs import sweeps
from mlcore.repair.repairer import open_repairer
from mlcore.teach import drafts

ARCHIVE = Path(__file__).parent / "homes" / "before-the-second-storey.zip"
STATES = {
    "digits-mlp-c80327": ("train", "done"),
    "digits-mlp-757cb4": ("train", "done"),
    "digits-mlp-d8a182": ("train", "done"),
    "digits-mlp-6b1aba": ("train", "stopped"),
    "digits-mlp-7a609b": ("train", "interrupted"),
    "teach-e32613": ("teach", "done"),
    "gan-dd8ab5": ("gan", "done"),
    "repair-8cb722": ("repair", "done"),
    "evaluate-aa2262": ("evaluate", "done"),
    "explanation-report-df3881": ("explanation-report", "done"),
    "measure-generator-129bb9": ("measure-generator", "failed"),
}
CLASSIFIERS = ["digits-mlp-c80327", "digits-mlp-757cb4", "digits-mlp-d8a182", "teach-e32613"]


@pytest.fixture(autouse=True)
def old_home(home):
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(home)
    return home


def test_every_run_is_listed_as_it_was():
    assert {run.id: (run.kind, run.state) for run in jobs.all()} == STATES


def test_a_training_run_still_has_its_recipe_and_its_history():
    run = jobs.run("digits-mlp-c80327")
    names = [type(line.event).__name__ for line in jobs.read_events(run.id)[0]]

    assert (run.recipe.data, run.recipe.architecture, run.recipe.settings["hidden"]) == ("digits", "mlp", [16])
    assert (names[0], names[-1]) == ("StageStarted", "ModelSaved")
    assert names.count("EpochEnded") == run.recipe.training.epochs == 2


@pytest.mark.parametrize("id", CLASSIFIERS)
def test_every_classifier_answers_by_its_small_copy_and_by_keras_alike(id):
    classifier = library.open(id)
    picture = np.arange(np.prod(classifier.card.shape), dtype="uint8").reshape(classifier.card.shape)
    answer = classifier.predict(picture)
    without_copy = library.Classifier(classifier.card.model_copy(update={"answers_fast": False}), classifier.folder)

    np.testing.assert_allclose(answer.probabilities, without_copy.predict(picture).probabilities, atol=1e-4)


def test_an_explanation_of_an_old_model_is_complete():
    classifier = library.open("digits-mlp-c80327")
    heat = explanation.explain("gradient", classifier, np.zeros(classifier.card.shape, "uint8")).heat

    assert heat.shape == classifier.card.size


def test_reports_are_found_beside_their_models():
    classifier = library.open("digits-mlp-c80327")

    assert evaluation.load(classifier.folder, "val").accuracy.n > 100
    assert load(classifier).pictures == 2


def test_the_generator_and_the_repair_network_work():
    pictures = generation.open("gan-dd8ab5").sample(3, seed=1)
    damaged = np.full((28, 28, 3), 90, "uint8")
    mask = np.zeros((28, 28), bool)
    mask[10:14, 10:14] = True
    repaired = open_repairer("repair-8cb722").repair(damaged, mask)

    assert pictures.shape == (3, 28, 28, 3)
    np.testing.assert_array_equal(repaired[~mask], damaged[~mask])


def test_the_sweep_knows_its_members_and_starts_no_others():
    (sweep,) = sweeps.all()

    assert {member.run.id for member in sweeps.members(sweep)} == {"digits-mlp-757cb4", "digits-mlp-d8a182"}
    sweeps.advance_all()
    assert {run.id for run in jobs.all()} == set(STATES)


def test_the_data_set_and_the_draft_open():
    (draft,) = drafts.all()

    assert data.open("shades").splits == {"train": 16, "val": 8, "test": 8}
    assert {each.name: len(each.pictures) for each in draft.classes} == {"Class 1": 0, "Class 2": 0, "dark": 3}


@pytest.mark.parametrize(("id", "step"), [("digits-mlp-6b1aba", 575), ("digits-mlp-7a609b", 5)])
def test_a_run_that_was_cut_off_goes_on_from_its_checkpoint(id, step, old_home):
    from mlcore import training

    recipe, looks = jobs.run(id).recipe, iter(range(10))
    trained = training.train(recipe, old_home / "models" / id, should_stop=lambda: next(looks, None) is None)

    assert trained.stopped
    assert step < trained.progress.step < step + 100
