"""Building on a finished network: what is kept, what learns, and that a model comes out like any other."""

import numpy as np
import pytest

from mlcore import architectures, backbones, library, modelfiles
from mlcore.architectures.transfer import sizes
from mlcore.backbones import graft
from mlcore.errors import Refused

SHAPE = (32, 32, 3)


def build(settings=None, shape=SHAPE, classes=3):
    return architectures.build("transfer", settings or {}, shape, classes)


def pictures(shape=SHAPE, count=4):
    return np.random.default_rng(0).integers(0, 256, (count, *shape)).astype("float32")


def features(model, batch, training=False):
    import keras

    return np.asarray(keras.Model(model.inputs[0], model.get_layer("features").output)(batch, training=training))


@pytest.fixture(scope="module")
def starter():
    return library.open(backbones.DEFAULT).model


def test_frozen_the_features_are_the_backbones_own_in_training_too(starter):
    own = np.asarray(graft.cut(starter, graft.last_map(starter))(pictures(), training=False))
    pooled = own.max((1, 2)) if backbones.open(backbones.DEFAULT).pooling == "maximum" else own.mean((1, 2))

    np.testing.assert_allclose(features(build(), pictures(), training=True), pooled, rtol=1e-5, atol=1e-5)


def test_frozen_only_the_answer_learns():
    assert {weight.path.split("/")[0] for weight in build({"hidden": 8}).trainable_weights} == {"hidden", "answer"}


def test_of_the_last_convolutions_as_many_learn_as_were_asked_for():
    model = build({"fine_tune": "last", "last": 2})
    learning = [layer.name for layer in model.layers if layer.trainable]

    assert [name for name in graft.convolutions(model) if name in learning] == graft.convolutions(model)[-2:]


def test_fine_tuned_everything_moves_but_whitening_and_statistics():
    import keras

    model = build({"fine_tune": "all"})
    before = {weight.path: np.array(weight) for weight in model.weights}
    model.compile(keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(pictures(), np.arange(4) % 3)

    same = {path for path, value in before.items() if (np.array(_weight(model, path)) == value).all()}
    assert same == {path for path in before if path.startswith(("batch_normalization", "whitening"))}


def _weight(model, path):
    return next(weight for weight in model.weights if weight.path == path)


def test_with_its_own_head_it_is_the_network_itself(starter):
    model = build({"keep_head": True, "fine_tune": "all"}, classes=len(library.card_of(backbones.DEFAULT).classes))

    np.testing.assert_allclose(model(pictures()), starter(pictures()), rtol=1e-5, atol=1e-5)


def test_a_head_for_other_classes_cant_be_kept():
    with pytest.raises(Refused, match="10 classes, and the data has 3") as refusal:
        build({"keep_head": True})

    assert refusal.value.kind == "not-compatible"


@pytest.mark.parametrize(("given", "seen"), [((16, 20), (32, 40)), ((48, 48), (48, 48)), ((200, 100), (128, 64))])
def test_the_backbone_looks_at_a_size_it_knows(given, seen):
    assert sizes(backbones.open(backbones.DEFAULT), given)[0] == seen


def test_a_backbone_that_counts_its_places_gets_its_own_size(home):
    import keras

    save(
        "flat",
        keras.Sequential(
            [keras.Input((16, 16, 3)), keras.layers.Conv2D(4, 3), keras.layers.Flatten(), keras.layers.Dense(2)]
        ),
        (16, 16, 3),
    )
    whole = build({"backbone": "flat", "keep_head": True, "fine_tune": "all"}, (40, 40, 3), 2)

    assert whole(pictures((40, 40, 3))).shape == (4, 2)


def test_without_filters_there_is_nothing_to_build_on(home):
    import keras

    save("mlp", keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(2)]), SHAPE)

    with pytest.raises(Refused, match="no convolution"):
        build({"backbone": "mlp"})


def test_a_model_with_a_network_inside_is_a_backbone_too(home):
    import keras
    from keras import layers

    inner = keras.Sequential([keras.Input((20, 20, 3)), layers.Conv2D(4, 3), layers.BatchNormalization()])
    inputs = keras.Input((20, 20, 3))
    save("nested", keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(inner(inputs)))), (20, 20, 3))

    model = build({"backbone": "nested"}, (10, 10, 3))
    assert features(model, pictures((10, 10, 3))).shape == (4, 4)


def save(name, model, shape):
    from mlcore.library.card import Card
    from mlcore.library.publish import write_card

    folder = library.folder(name)
    folder.mkdir(parents=True)
    model.save(folder / "model.keras")
    card = Card(id=name, title=name, data="", architecture="", classes=("a", "b"), shape=shape)
    write_card(folder, card)


def test_trained_it_is_saved_scanned_small_and_explained(tiny_data, home):
    """The whole way with the default backbone and pictures of another size than it knows."""
    import keras

    if keras.backend.backend() != "tensorflow":
        pytest.skip("the small copy needs TensorFlow")
    from mlcore import durable, explanation, training
    from mlcore.training.finish import finish

    folder = home / "models" / "transferred"
    folder.mkdir(parents=True)
    recipe = training.draft("shapes", "transfer", None, ["training.epochs=1", "settings.fine_tune=last"])
    durable.write_json(folder / "recipe.json", recipe.model_dump(mode="json"))
    card = finish(recipe, folder, training.train(recipe, folder), lambda event: None)
    classifier, picture = library.open("transferred"), tiny_data.split("test").read([0])[0]

    assert modelfiles.scan(folder / "model.keras").outputs == 3
    assert card.answers_fast
    assert card.fast_difference < 1e-4
    assert classifier.class_map(picture).shape == (16, 16)
    assert explanation.explain("grad-cam", classifier, picture).heat.shape == (16, 16)


@pytest.mark.slow
def test_stopped_and_resumed_it_ends_in_the_same_weights(tiny_data, tmp_path):
    from mlcore import training

    settings = ["training.epochs=2", "training.batch_size=16", "settings.fine_tune=all", "settings.dropout=0.3"]
    recipe = training.draft("shapes", "transfer", None, settings)
    whole = training.train(recipe, tmp_path / "whole").model
    stopped = training.train(recipe, tmp_path / "parts", should_stop=lambda: True)
    resumed = training.train(recipe, tmp_path / "parts").model

    assert stopped.stopped
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_normalisation_that_a_backbone_brought_stays_as_it_is():
    import keras

    from mlcore.architectures.transfer import TransferSettings, _learning

    inputs = keras.Input((8, 8, 3))
    scaled = keras.layers.Normalization(name="scale")(inputs)
    model = keras.Model(inputs, keras.layers.Conv2D(2, 3, name="filters")(scaled))
    learning = _learning(TransferSettings(fine_tune="all"), model, model.layers[-1])

    assert "filters" in learning
    assert "scale" not in learning
