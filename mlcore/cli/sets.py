"""The verb `data`: data sets and their versions, and what to label next."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from mlcore import data, library
from mlcore.cli import findings, reading, suggest, versions
from mlcore.cli.result import Result, table, with_unreadable
from mlcore.cli.terminal import tell_again


def describe(parser: ArgumentParser) -> None:
    """Data sets: list, preview, add, check, show, resize, remove; edit and label them, undo, export; suggest labels."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    verbs.add_parser("list", help="what is here and what can be fetched").set_defaults(work=show_all)
    seen = verbs.add_parser("preview", help="what pictures would become as a data set, before anything is written")
    seen.set_defaults(work=reading.preview_one)
    reading.flags(seen)
    add = verbs.add_parser("add", help="a folder, ZIP or TAR of pictures or clips, or a CSV of paths and classes")
    add.set_defaults(work=add_one)
    reading.flags(add)
    add.add_argument("--name", required=True, help="name to call it by")
    add.add_argument(
        "--store",
        choices=data.STORES,
        default="",
        help="keep their pixels, or their files packed, for any size later (default: packed when large and many)",
    )
    add.add_argument("--seed", type=int, default=0, help="number that decides which pictures are kept for testing")
    for name, work, words in (
        ("show", show_one, "classes, splits, notices"),
        ("remove", remove_one, "delete it for good"),
    ):
        verb = verbs.add_parser(name, help=words)
        verb.set_defaults(work=work)
        verb.add_argument("name", metavar="N")
    findings.describe(verbs.add_parser("check", help="what is wrong inside, and what to do about it"))
    _describe_resize(verbs.add_parser("resize", help="read a packed data set at another size, as a new version"))
    versions.describe(verbs)
    suggest.describe(verbs.add_parser("suggest", help="which pictures to label next, and what each is taken for"))


def _describe_resize(resize: ArgumentParser) -> None:
    resize.set_defaults(work=resize_one)
    resize.add_argument("name", metavar="N")
    resize.add_argument("--size", type=int, metavar="PX", required=True, help="side of its pictures from now on")


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
    how = {"seed": given.seed, "store": given.store, **reading.how(given)}
    added = data.add(Path(given.path), given.name, progress=_progress, **how)
    shown, found = _shown(added), findings.after_adding(added)
    document = shown.document | {"findings": findings.documents(added, found)}
    advice = [f"`data check {added.name}` says more."] if found else []
    return Result(document, "\n".join([shown.text, *(each.message for each in found), *advice]))


def show_one(given: Namespace) -> Result:
    """Classes, splits, picture shape and notices of a data set."""
    return _shown(data.open(given.name))


def resize_one(given: Namespace) -> Result:
    """Make another size of a packed data set the current version."""
    return _shown(data.resized(given.name, given.size))


def remove_one(given: Namespace) -> Result:
    """Delete a stored data set for good."""
    needing = library.needing(given.name)
    data.remove(given.name)
    models = ", ".join(card.id for card in needing)
    told = f" What learned from it can't be measured on it any more, nor go on: {models}." if needing else ""
    return Result({"removed": given.name, "needed_by": [card.id for card in needing]}, f"Removed {given.name}.{told}")


def _shown(dataset: data.Dataset) -> Result:
    notices = [{"kind": str(notice.kind), "message": notice.message} for notice in dataset.notices]
    document = {
        "name": dataset.name,
        "title": dataset.title,
        "classes": dict(dataset.class_counts),
        "splits": dict(dataset.splits),
        "unlabelled": len(dataset.unlabelled),
        "version": dataset.version,
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
