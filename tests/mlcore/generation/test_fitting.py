"""Which data sets a generator can learn from."""

from mlcore import data
from mlcore.generation.fitting import fitting


def test_square_pictures_of_the_right_size_fit_and_what_needs_no_network_comes_first(pictures, shapes_folder):
    data.add(shapes_folder, "odd", size=20)
    names = [summary.name for summary in fitting()]

    assert names[:3] == ["shapes32", "digits", "mnist"]
    assert "cifar10" in names
    assert "odd" not in names
