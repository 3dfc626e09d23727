"""The verb `data`: list, add, show, remove, suggest."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from mlcore import data
from mlcore.archives import CODINGS
from mlcore.cli import suggest
from mlcore.cli.result import Result, table, with_unreadable
from mlcore.cli.terminal import tell_again


def describe(parser: ArgumentParser) -> None:
    """Data sets: list, add, show, remove, suggest what to label."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    verbs.add_parser("list", help="what is here and what can be fetched").set_defaults(work=show_all)
    add = verbs.add_parser("add", help="a folder, ZIP or TAR of class folders, with pictures or clips")
    add.set_defaults(work=add_one)
    add.add_argument("path", metavar="PATH")
    add.add_argument("--name", required=True, help="name to call it by")
    add.add_argument(
        "--size", type=int, metavar="PX", help="side of the stored pictures (default: their own when small, else 64)"
    )
    add.add_argument(
        "--frames",
        type=int,
        metavar="T",
        help="read videos, animations and folders of frames as clips, and keep so many frames of each",
    )
    add.add_argument(
        "--names-in",
        choices=list(CODINGS),
        metavar="CODE",
        help=f"language of file names that aren't UTF-8 (default: the likeliest): {', '.join(CODINGS)}",
    )
    add.add_argument("--seed", type=int, default=0, help="number that decides which pictures are kept for testing")
    for name, work, words in (
        ("show", show_one, "classes, splits, notices"),
        ("remove", remove_one, "delete it for good"),
    ):
        verb = verbs.add_parser(name, help=words)
        verb.set_defaults(work=work)
        verb.add_argument("name", metavar="N")
    suggest.describe(verbs.add_parser("suggest", help="which pictures to label next, and what each is taken for"))


def show_all(given: Namespace) -> Result:
    """Data sets that are here, and built-in ones that can be."""
    sets = data.all()
    rows = [
        {
            "name": one.name,
            "title": one.title,
            "pictures": f"{one.pictures:,}" if one.pictures else "-",
            "stored": "yes" if one.stored else "no",
        }
        for one in sets
    ]
    document = [
        {"name": one.name, "title": one.title, "pictures": one.pictures, "classes": one.classes, "stored": one.stored}
        for one in sets
    ]
    listed = Result({"data": document}, table(rows, "No data sets yet."))
    return with_unreadable(listed, data.unreadable(), "data remove")


def add_one(given: Namespace) -> Result:
    """Read a folder or archive of class folders into the store."""
    path = Path(given.path)
    how = {"size": given.size, "seed": given.seed, "frames": given.frames, "coding": given.names_in}
    added = data.add(path, given.name, progress=_progress, **how)
    return _shown(added)


def show_one(given: Namespace) -> Result:
    """Classes, splits, picture shape and notices of a data set."""
    return _shown(data.open(given.name))


def remove_one(given: Namespace) -> Result:
    """Delete a stored data set for good."""
    data.remove(given.name)
    return Result({"removed": given.name}, f"Removed {given.name}.")


def _shown(dataset: data.Dataset) -> Result:
    notices = [{"kind": str(notice.kind), "message": notice.message} for notice in dataset.notices]
    document = {
        "name": dataset.name,
        "title": dataset.title,
        "classes": dict(dataset.class_counts),
        "splits": dict(dataset.splits),
        "shape": list(dataset.shape),
        "fingerprint": dataset.fingerprint,
        "notices": notices,
    }
    height, width = dataset.shape[-3:-1]
    frames = f"clips of {dataset.shape[0]} frames, " if dataset.is_sequence else ""
    splits = ", ".join(f"{count:,} {split}" for split, count in dataset.splits.items())
    count = len(dataset.classes)
    classes = "1 class" if count == 1 else f"{count} classes"
    lines = [f"{dataset.name}: {classes}, {frames}{width} x {height} pixels, {splits}"]
    lines += [f"  {name}: {count:,}" for name, count in dataset.class_counts.items()]
    return Result(document, "\n".join(lines + [notice["message"] for notice in notices]))


def _progress(share: float, text: str = "", /) -> None:
    """How far it is, on stderr when a person is watching."""
    tell_again(text, last=share >= 1)


VERBS = {"data": (describe, show_all)}
