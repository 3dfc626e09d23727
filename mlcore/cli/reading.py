"""The flags that say how pictures are to be read, and `data preview`: what was understood, before it is written."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from mlcore.archives import CODINGS, Reading, reading
from mlcore.cli.result import Result, table
from mlcore.data.preview import DRAWN, Preview, preview

DRAWN_TITLE = "drawn"  # what a split is called that isn't given


def flags(parser: ArgumentParser) -> None:
    """What `data add` and `data preview` have in common."""
    parser.add_argument("path", metavar="PATH", help="folder, ZIP, TAR, or a CSV of paths and classes")
    add = parser.add_argument
    add("--pictures", metavar="FOLDER", help="where the pictures of a CSV are (default: its own folder)")
    add("--splits", default="", metavar="SPLITS", help="which folder is which split: train=FOLDER,test=FOLDER")
    add("--classes-at", type=int, metavar="DEPTH", help="how many folders deep the classes stand, from 1 on")
    add("--by-name", action="store_true", help="take classes from names of files, as of cat_12.jpg")
    add("--labels", default="", metavar="CSV", help="which table inside names the classes; 'none' for the folders")
    add("--label-column", default="", metavar="NAME", help="which column of it is the class")
    add("--path-column", default="", metavar="NAME", help="which column of it names the pictures")
    add("--keep-unlabelled", action="store_true", help="take pictures without a class along, to be labelled")
    add("--names-in", choices=list(CODINGS), metavar="CODE", help=_coding_help())
    add("--size", type=int, metavar="PX", help="side of the stored pictures (default: suggested, see `data preview`)")
    add("--frames", type=int, metavar="T", help=_frames_help())


def how(given: Namespace) -> dict:
    """What the flags say, as `data.add` and `preview` take it."""
    said = Reading(
        coding=given.names_in,
        splits=reading.splits(given.splits),
        classes_at=given.classes_at,
        by_name=given.by_name,
        labels=given.labels,
        label=given.label_column,
        path=given.path_column,
        unlabelled=given.keep_unlabelled,
    )
    pictures = Path(given.pictures).expanduser() if given.pictures else None
    return {"size": given.size, "frames": given.frames, "reading": said, "pictures": pictures}


def preview_one(given: Namespace) -> Result:
    """What a folder, an archive or a table would become as a data set; nothing is written."""
    seen = preview(Path(given.path), **how(given))
    return Result(seen.document(), "\n".join(_lines(seen)))


def _lines(seen: Preview) -> list[str]:
    splits = [name for name in ("train", "val", "test", DRAWN) if name in seen.splits]
    rows = [
        {"class": name, **{split or DRAWN_TITLE: f"{counts.get(split, 0):,}" for split in splits}}
        for name, counts in seen.counts.items()
    ]
    height, width = seen.size.size
    lines = [f"{seen.origin}: {seen.total:,} pictures, {len(seen.counts):,} classes, {seen.bytes / 1e6:,.1f} MB"]
    lines += [table(rows, "No class yet.")]
    lines += [f"{seen.unlabelled:,} wait to be labelled."] if seen.unlabelled else []
    lines += [f"Stored at {width} x {height} pixels, about {seen.size.disk_bytes / 1e6:,.1f} MB. {seen.size.why}"]
    lines += [f"Left out: {one.file}: {one.message}" for one in seen.skipped[:20]]
    lines += [f"and {len(seen.skipped) - 20:,} more" for _ in seen.skipped[20:21]]
    lines += [notice.message for notice in seen.notices]
    return lines + ([seen.asked.message] if seen.asked else [])


def _coding_help() -> str:
    return f"language of file names that aren't UTF-8 (default: the likeliest): {', '.join(CODINGS)}"


def _frames_help() -> str:
    return "read videos, animations and folders of frames as clips, and keep so many frames of each"
