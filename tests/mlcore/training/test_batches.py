"""What training is fed, step by step."""

import numpy as np

from mlcore.training import batches


def test_a_step_of_validation_takes_few_bytes_and_all_steps_give_the_split_in_order(tiny_data, monkeypatch):
    split = tiny_data.split("train")
    monkeypatch.setattr(batches, "MOST_BYTES", 5 * tiny_data.picture_bytes + 1)

    fed = batches.InOrder(split)
    steps = [fed.at(step) for step in range(fed.count)]

    assert {len(labels) for _, labels in steps[:-1]} == {5}
    np.testing.assert_array_equal(np.concatenate([pictures for pictures, _ in steps]), split.load())
    np.testing.assert_array_equal(np.concatenate([labels for _, labels in steps]), split.labels)


def test_pictures_larger_than_a_step_come_one_by_one(tiny_data, monkeypatch):
    monkeypatch.setattr(batches, "MOST_BYTES", 1)

    assert batches.InOrder(tiny_data.split("val")).count == len(tiny_data.split("val"))
