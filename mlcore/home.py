"""Where everything that is made lives on disk: the home, and every folder in it."""

import os
import re
from pathlib import Path

from platformdirs import user_data_path

from mlcore.errors import Kind, Refused

NAME = re.compile(r"\A[a-z0-9][a-z0-9_-]{0,63}\Z")  # `$` would let a line end through
ROOT = Path(__file__).resolve().parents[1]  # a checkout, or where packages are installed

# Every folder in the home and what it holds, as docs/architecture.md says it. What lies in `cache` can be deleted at
# any time: it is made again when it is missed.
FOLDERS = {
    "data": "data sets, a folder each: pictures, labels, description, and the versions that edits made",
    "models": "runs and the models that come of them, a folder each",
    "drafts": "pictures on the page Teach: a folder per draft, in it one per class",
    "sweeps": "what each sweep tries, a file each; its runs are in `models`",
    "labels": "titles, tags and pins that were given to models, a file each",
    "starters": "models that came along and were made here at their first need, by a digest of what came along",
    "explanations": "reports on methods for the models that come along",
    "tensorboard": "what runs tell TensorBoard, where that is asked for",
    "mlruns": "what runs tell MLflow, where that is asked for and no server is named",
    "cache/explanations": "explanations that were asked for before",
    "cache/features": "what networks saw in the pictures of a data set, for Teach and for pictures alike",
    "cache/findings": "what checks found in the pictures of a data set",
    "cache/keras": "what Keras keeps: its settings, and the data sets and weights that it downloaded",
    "cache/small-copies": "digests of small copies that held when they were tried in a process of their own",
    "cache/jax": "what JAX has compiled for a GPU",
}

# What the folder of a run or model holds; most of it only where it applies.
MODEL_FILES = {
    "recipe.json": "all that training depends on",
    "task.json": "the same for work of another kind",
    "status.json": "where it stands, and the number of its process",
    "events.jsonl": "what happened, line by line",
    ".worker": "which process works on it, locked as long as that lives",
    "stop": "that it is to end, and how far that is",
    "log.txt": "what its process printed",
    "alive": "the state of the memory while it runs",
    "gone.json": "the state of the memory when its process was missed",
    "mlflow.json": "its name at MLflow",
    "checkpoints/": "all that it needs to go on",
    "progress/": "what the network saw in pinned pictures, epoch by epoch",
    "previews/": "what a generator made of the same noise while it learned",
    "pictures/": "pictures made to please a class",
    "card.json": "what it is and how good; a folder with a card is a model",
    "model.keras": "the network",
    "model.tflite": "the small copy that answers first",
    "head.npy": "the weights behind the last feature map, for class activation maps",
    "groups.json": "classes by their kind, for answers such as 'a cat'",
    "unlike.npz": "what pictures like those learned from look like to the network, to notice others",
    "weights.json": "which file of which package a model that came along is made of",
    "outline.json": "the drawing of the network",
    "background.npz": "training pictures that explanations compare with",
    "learned.npy": "digests of the pictures that it learned from, to know them again in other data",
    "lesson.json": "what was taught, and by which pictures",
    "generator.json": "how much noise a generator takes, and whether it knows classes",
    "directions.npy": "the knobs of a generator",
    "measures.json": "how good a generator is",
    "repairs.json": "how good a repair network is, of one that came along",
    "evaluations/": "answers to a split and what they say of the model",
    "explanations/": "the report on methods",
}


def home() -> Path:
    """The folder that holds models and data: MLCORE_HOME, else `workspace` beside app.py in a checkout.

    An installed package has no such place: its home is the person's data folder, such as ~/.local/share/vitrine.
    """
    if given := os.environ.get("MLCORE_HOME"):
        return Path(given).expanduser().absolute()
    return ROOT / "workspace" if in_checkout() else user_data_path("vitrine", appauthor=False)


def app() -> Path:
    """The script that Streamlit serves: app.py beside the pages, in a checkout or in the installed `vitrine`."""
    return ROOT / "app.py" if in_checkout() else ROOT / "vitrine" / "app.py"


def in_checkout() -> bool:
    """Whether the app lies beside the core, as in a checkout."""
    return (ROOT / "app.py").is_file() and (ROOT / "pages").is_dir()


def in_home(name: str) -> Path:
    """One of FOLDERS; it may not exist."""
    if name not in FOLDERS:
        raise KeyError(f"mlcore.home.FOLDERS doesn't name {name!r}.")
    return home() / name


def checked_name(name: str, thing: str = "name") -> str:
    """The name itself, when it is safe as a folder name and in an address; else Refused."""
    if not isinstance(name, str) or not NAME.match(name):
        raise Refused(
            Kind.BAD_SETTING,
            f"{name!r} can't be used as a {thing}: it needs 1 to 64 small letters, digits, "
            "'-' or '_', and must begin with a letter or digit.",
        )
    return name
