"""What a generator's settings say by themselves."""

from mlcore import generation
from mlcore.generation.settings import GanSettings


def test_a_gradient_penalty_weighs_what_its_paper_says(tiny_data):
    assert GanSettings(regulariser="gradient-penalty").gamma == 10
    assert GanSettings(regulariser="gradient-penalty", gamma=0.1).gamma == 0.1
    assert GanSettings(regulariser="r1").gamma == 0.1
    assert generation.draft("shapes", "tiny", ["regulariser=gradient-penalty"]).gamma == 10
    assert generation.draft("shapes", "tiny", ["regulariser=gradient-penalty", "gamma=2"]).gamma == 2


def test_few_pictures_make_batches_that_they_can_fill(tiny_data):
    """Of 49 training pictures batches of 64 can't be made."""
    assert generation.draft("shapes").batch_size == 32
