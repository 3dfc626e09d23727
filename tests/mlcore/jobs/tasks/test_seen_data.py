"""A run is checked by the version of its data that it began with, whatever became of the set since."""

import pytest

from mlcore import data
from mlcore.errors import Refused
from mlcore.generation.settings import GanSettings
from mlcore.jobs.tasks import gan, train
from mlcore.recipe import Recipe


@pytest.fixture
def untaught(tiny_data):
    """The data set "shapes", whose pictures all went to the test split since."""
    return data.edit("shapes", [data.Move(range(len(tiny_data)), "test")])


def test_training_goes_on_with_its_own_version(untaught, tiny_data):
    recipe = Recipe(data="shapes", architecture="mlp", fingerprint=tiny_data.fingerprint)

    train.check(recipe)
    with pytest.raises(Refused, match="no training pictures: label some"):
        train.check(recipe.model_copy(update={"fingerprint": untaught.fingerprint}))


def test_a_generator_goes_on_with_its_own_version(untaught, tiny_data):
    plan = GanSettings(data="shapes", batch_size=16, fingerprint=tiny_data.fingerprint)

    gan.check(plan)
    with pytest.raises(Refused, match="training pictures"):
        gan.check(plan.model_copy(update={"fingerprint": untaught.fingerprint}))
