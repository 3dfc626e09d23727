"""A model is judged by pictures that it hasn't learned from, whatever name they stand under."""

import numpy as np
import pytest

from mlcore import data, library
from mlcore.errors import Refused
from mlcore.evaluation import evaluate
from mlcore.evaluation.unseen import UNKNOWN, fingerprint_of, unseen
from mlcore.library import learned
from mlcore.library.publish import write_card


@pytest.fixture
def classifier(tiny_model):
    return library.open_classifier(tiny_model)


def taught(dataset):
    return np.concatenate([dataset.split(name).hashes for name in ("train", "val")])


def test_its_own_test_pictures_are_taken_whole_and_nothing_is_said(classifier, tiny_data):
    chosen = unseen(classifier, tiny_data.split("test"))

    assert (len(chosen.indices), chosen.left_out, chosen.note) == (len(tiny_data.split("test")), 0, "")
    assert "learned from these very pictures" in unseen(classifier, tiny_data.split("train")).note


def test_pictures_that_taught_it_are_counted_and_left_out_of_other_data(classifier, tiny_data, shapes_folder):
    """The same 60 pictures under another seed: most of the new test pictures were training pictures."""
    others = data.add(shapes_folder, "others", seed=1)
    test, overlap = others.split("test"), 0
    overlap = int(np.isin(learned.keys(test.hashes), learned.keys(taught(tiny_data))).sum())

    report = evaluate(classifier, test)

    assert 0 < overlap < len(test)
    assert (report.left_out, report.accuracy.n) == (overlap, len(test) - overlap)
    assert f"{overlap} of {len(test)} pictures " in report.note
    assert len(report.answers.indices) == len(test) - overlap


def test_data_replaced_under_its_name_are_noticed_though_the_old_ones_are_gone(classifier, tiny_data, shapes_folder):
    data.remove("shapes")
    report = evaluate(classifier, data.add(shapes_folder, "shapes", seed=1).split("test"))

    assert report.note.startswith("The data set 'shapes' isn't the one that this model learned from.")
    assert report.left_out > 0


def test_pictures_that_all_taught_it_are_refused(classifier, tiny_data, shapes_folder, tmp_path):
    from PIL import Image

    (folder := tmp_path / "again").mkdir()
    train = tiny_data.split("train")
    for label, name in enumerate(tiny_data.classes):
        (folder / "test" / name).mkdir(parents=True)
        for index in np.flatnonzero(train.labels == label)[:3].tolist():
            Image.fromarray(train.read([index])[0]).save(folder / "test" / name / f"{index}.png")

    with pytest.raises(Refused, match=r"Every one of the \d pictures in that split"):
        evaluate(classifier, data.add(folder, "again").split("test"))


def test_an_older_model_tells_by_its_report_which_data_it_learned_from(classifier, tiny_data):
    card = classifier.card.model_copy(update={"fingerprint": ""})
    write_card(classifier.folder, card)

    assert fingerprint_of(library.open_classifier(card.id)) == tiny_data.fingerprint


def test_where_it_isnt_known_what_taught_it_that_is_said(classifier, tiny_data, shapes_folder):
    write_card(classifier.folder, classifier.card.model_copy(update={"fingerprint": ""}))
    (classifier.folder / "evaluations" / "test.json").unlink()

    chosen = unseen(library.open_classifier(classifier.card.id), tiny_data.split("test"))

    assert (chosen.note, chosen.left_out) == (UNKNOWN, 0)


def test_without_digests_beside_it_the_stored_data_tell(classifier, tiny_data, shapes_folder):
    (classifier.folder / learned.FILE).unlink()
    others = data.add(shapes_folder, "others", seed=1)

    assert unseen(classifier, others.split("test")).left_out > 0


def test_changed_data_of_an_older_model_are_told_though_its_pictures_arent_known(classifier, tiny_data, shapes_folder):
    write_card(classifier.folder, classifier.card.model_copy(update={"fingerprint": ""}))
    (classifier.folder / learned.FILE).unlink()
    data.remove("shapes")
    others = data.add(shapes_folder, "shapes", seed=1)

    note = unseen(library.open_classifier(classifier.card.id), others.split("test")).note

    assert note == f"The data set 'shapes' isn't the one that this model learned from. {UNKNOWN}"
