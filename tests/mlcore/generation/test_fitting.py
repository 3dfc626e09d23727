"""Which data sets a generator can learn from."""

from mlcore.generation.fitting import fitting


def test_square_pictures_of_the_right_size_fit_and_those_on_this_machine_come_first(pictures, tiny_data):
    names = [summary.name for summary in fitting()]

    assert names[0] == "shapes32"
    assert {"mnist", "cifar10"} <= set(names)
    assert not {"digits", "shapes"} & set(names)
