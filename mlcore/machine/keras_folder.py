"""Where Keras keeps its settings and what it downloads: in the home, and not in a folder of the person's own.

Keras reads KERAS_HOME when it is loaded, and writes a file there at once. Some fifty functions load it, and the home
may be named after our modules were loaded (`--home`); so what is heard is that Keras is about to be loaded, by anybody.
"""

import os
import sys
from contextlib import suppress
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Literal

from mlcore.home import in_home

READERS = ("keras", "tensorflow")  # a copy of an old Keras in TensorFlow does the same


class _BeforeKeras(MetaPathFinder):
    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Find nothing, but say first where Keras' folder is; what somebody chose stays."""
        if fullname in READERS:
            os.environ.setdefault("KERAS_HOME", str(in_home("cache/keras")))


def watch() -> None:
    """Have Keras keep its files in the home, once it is loaded."""
    if not any(isinstance(finder, _BeforeKeras) for finder in sys.meta_path):
        sys.meta_path.insert(0, _BeforeKeras())


def lend(kind: Literal["datasets", "models"]) -> None:
    """Let Keras find what lies in ~/.keras, where it kept its downloads before and where people put them, by links.

    Where somebody chose a folder (KERAS_HOME), or links can't be made, it downloads what isn't in its own.
    """
    own, theirs = in_home("cache/keras") / kind, Path("~/.keras").expanduser() / kind
    if os.environ.get("KERAS_HOME", str(own.parent)) != str(own.parent):
        return
    own.mkdir(parents=True, exist_ok=True)  # what lies in a cache may be deleted; Keras would turn to /tmp
    for file in theirs.iterdir() if theirs.is_dir() else ():
        if file.is_file() and not (own / file.name).exists():
            with suppress(OSError):
                (own / file.name).symlink_to(file)
