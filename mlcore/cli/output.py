"""Files that a verb writes where a person says: checked before the work begins, so that it isn't done for nothing."""

from argparse import ArgumentParser
from pathlib import Path

from mlcore.errors import Kind, Refused


def add_output(parser: ArgumentParser, flag: str, metavar: str, help: str, required: bool = False) -> None:
    """Add a flag that names a file to write."""
    parser.add_argument(flag, metavar=metavar, help=help, required=required, type=checked)


def checked(name: str) -> str:
    """The name itself, when a file can be written there; raises Refused(bad-setting) where its folder is missing.

    A missing folder is far oftener a slip than a wish, and a folder made for a slip is found by nobody.
    """
    path = Path(name)
    if path.is_dir():
        raise Refused(Kind.BAD_SETTING, f"{name!r} is a folder: name a file in it to write to.")
    if not path.parent.is_dir():
        raise Refused(
            Kind.BAD_SETTING, f"{name!r} can't be written: there is no folder {str(path.parent)!r}. Make it first."
        )
    return name
