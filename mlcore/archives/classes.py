"""An archive read as a data set: the class of each picture by folders, names or a table beside; or why it has none."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Protocol

from mlcore.archives import delimited, labels, names, words
from mlcore.archives.delimited import Table
from mlcore.archives.entry import Skipped
from mlcore.archives.labels import Labels
from mlcore.archives.layout import Layout, class_name, name_before_number
from mlcore.archives.reading import Reading
from mlcore.archives.split_names import says_nothing, splits_of
from mlcore.errors import Kind, Notice, Refused

ONE_CLASS = "pictures"  # what the only class is called where there are no folders
UNLABELLED = "unlabelled"  # in place of a split
MOST_TABLES = 50  # with more texts beside, each goes with a picture
WITHOUT = "The picture is in no class folder."


class Opened(Protocol):
    """An archive whose members are listed."""

    members: tuple[Any, ...]
    layout: Layout
    reading: Reading
    labels: Labels | None
    notices: tuple[Notice, ...]
    skipped: list[Skipped]
    passed_videos: int
    most_cells: int

    @property
    def classes(self) -> dict[str, int]: ...

    @property
    def texts(self) -> dict[str, int]: ...

    def text(self, name: str) -> bytes: ...

    def skip(self, member: Any, refusal: Refused) -> None: ...


def settle(archive: Opened, least: int) -> None:
    """Give each picture its class; those without one are skipped from here on.

    Pictures without any class folder are one class. Raises Refused(no-images, no-class-folders, need-two-classes,
    unclear-splits, unclear-labels).
    """
    if not archive.members:
        raise Refused(Kind.NO_IMAGES, _no_images(archive))
    why = WITHOUT
    if by_table(archive):
        why = f"{names.listed(archive.labels.names)} has no row for it." if archive.labels else WITHOUT
    elif archive.layout.question:
        raise archive.layout.question.refusal()
    if not archive.classes and archive.reading.unlabelled:
        _wait(archive)
        return
    if not archive.classes:
        _call_one_class(archive, least)
    _refuse_splits_alone(archive)
    if len(archive.classes) < 2:
        _tell_one_class(archive, least)
    _skip_outside(archive, why)
    _in_words(archive)


def by_table(archive: Opened) -> bool:
    """Take what tables say of the pictures; tells whether the classes are theirs."""
    tables = _tables(archive)
    paths = [member.name for member in archive.members]
    archive.labels = said = labels.find(tables, paths, archive.reading) if tables else None
    if said is None:
        return False
    counts = said.is_clear and (bool(archive.reading.labels) or said.covers(len(paths)) or len(archive.classes) < 2)
    if not said.is_clear and len(archive.classes) < 2 and not archive.layout.question:
        raise said.unclear()
    archive.notices += tuple(said.notices()) if counts else ()
    _apply(archive, said, counts)
    return counts


def _apply(archive: Opened, said: Labels, counts: bool) -> None:
    """Give the pictures the facts of their rows, and with `counts` their classes and splits."""
    if counts:
        archive.skipped += said.skipped
    members = []
    for member in archive.members:
        row = said.rows.get(member.name)
        class_, split = (None, None) if counts else (member.class_name, member.split)
        if row and counts:
            class_, split = class_name(row.label) or None, row.split
        elif row:
            split = row.split or split
        members.append(replace(member, class_name=class_, split=split, facts=row.facts if row else member.facts))
    archive.members = tuple(members)


def _tables(archive: Opened) -> list[Table]:
    texts = [name for name in archive.texts if name.lower().endswith(delimited.ENDINGS)]
    wanted = texts if len(texts) <= MOST_TABLES else [name for name in texts if not name.lower().endswith(".txt")]
    tables, left = list[Table](), archive.most_cells
    for name in wanted[:MOST_TABLES]:
        try:
            tables.append(delimited.parse(name, archive.text(name), left))
        except Refused as refusal:
            if name.lower().endswith(delimited.TABLES):
                archive.skipped.append(Skipped(name, refusal.kind, refusal.message))
        else:
            left -= tables[-1].cells
    return tables


def _in_words(archive: Opened) -> None:
    """Call classes that are codes by their words, where a list beside the pictures has all of them, or ImageNet has."""
    codes = list(archive.classes)
    if not words.are_codes(codes):
        return
    source, found = _words(archive, codes)
    if found:
        archive.notices += (words.notice(found, source),)
        archive.members = tuple(replace(member, class_name=found.get(member.class_name)) for member in archive.members)


def _words(archive: Opened, codes: Iterable[str]) -> tuple[str, dict[str, str] | None]:
    lists = [name for name in archive.texts if archive.texts[name] <= words.MOST_BYTES][:MOST_TABLES]
    for name in lists:
        if found := words.found(codes, name, archive.text(name)):
            return repr(name), found
    return "ImageNet", words.of_imagenet(codes)


def _call_one_class(archive: Opened, least: int) -> None:
    """Give all pictures the same class; raises Refused where more are needed."""
    message = "The pictures aren't in class folders"
    hint = _hint(archive)
    if least > 1:
        raise Refused(Kind.NO_CLASS_FOLDERS, f"{message}: put each class into a folder that bears its name{hint}.")
    archive.members = tuple(replace(member, class_name=ONE_CLASS) for member in archive.members)
    archive.notices += (Notice(Kind.NO_CLASS_FOLDERS, f"{message}, so they are one class, {ONE_CLASS!r}{hint}."),)


def named_classes(archive: Opened) -> list[str]:
    """The words, two or more, that file names begin with where each stands before the numbers of several."""
    counts = Counter(name_before_number(member.name.rpartition("/")[2]) for member in archive.members)
    most = len(archive.members) // 2
    is_plain = None not in counts and 1 < len(counts) <= most and min(counts.values(), default=0) > 1
    return sorted(str(name) for name in counts) if is_plain else []


def _hint(archive: Opened) -> str:
    named = named_classes(archive)
    return f"; the files' names tell of {names.listed(named)}, which can be the classes (--by-name)" if named else ""


def _refuse_splits_alone(archive: Opened) -> None:
    splits = splits_of(archive.classes)
    if archive.labels or archive.reading.classes_at or len(splits) < len(archive.classes):
        return
    if not all(map(says_nothing, splits)):
        return
    folders = ", ".join(f"{name}/" for name in list(splits)[: names.LISTED])
    raise Refused(
        Kind.NO_CLASS_FOLDERS,
        f"There are splits ({folders}) and no class folders in them: put each class into a folder that bears its "
        f"name, such as {next(iter(splits))}/cat; pictures without classes may lie in one folder of another "
        f"name{_hint(archive)}.",
    )


def _tell_one_class(archive: Opened, least: int) -> None:
    message = f"There is only one class, {next(iter(archive.classes))!r}"
    if least > 1:
        raise Refused(Kind.NEED_TWO_CLASSES, f"{message}; a classifier needs at least two.")
    enough = "that is enough for a generator or a repair network, and a classifier needs at least two"
    archive.notices += (Notice(Kind.NEED_TWO_CLASSES, f"{message}: {enough}."),)


def _wait(archive: Opened) -> None:
    """Let all pictures wait for their classes."""
    archive.members = tuple(replace(member, split=UNLABELLED) for member in archive.members)
    archive.notices += (Notice(Kind.NO_CLASS_FOLDERS, "No picture has a class yet: they wait to be labelled."),)


def _skip_outside(archive: Opened, why: str) -> None:
    """Leave out pictures without a class, or let them wait for one where that was said."""
    kind = Kind.NO_CLASS_FOLDERS if why == WITHOUT else Kind.NO_LABEL
    whys = archive.labels.unnamed if archive.labels and kind == Kind.NO_LABEL else {}
    members = []
    for member in archive.members:
        if member.class_name is not None:
            members.append(member)
        elif archive.reading.unlabelled and not archive.layout.leaves_out(member.name):
            members.append(replace(member, split=UNLABELLED))
        else:
            archive.skip(member, Refused(kind, whys.get(member.name, why)))
    archive.members = tuple(members)


def _no_images(archive: Opened) -> str:
    if archive.passed_videos:
        videos = f"{archive.passed_videos:,} videos"
        return f"There is no picture in it, but {videos}: say how many frames to keep of each (`--frames`)."
    if not archive.skipped:
        return "There is no picture in it."
    first = archive.skipped[0]
    return f"There is no picture in it that can be used: {first.file!r} was left out. {first.message}"
