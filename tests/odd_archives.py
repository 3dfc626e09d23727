"""Archives as people and systems pack them, and archives built to do harm, with what the door has to say."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from mlcore.errors import Kind
from tests.odd_pictures import saved


@dataclass(frozen=True)
class Case:
    """An archive, and the refusal it gets as a data set; or else its classes and what is said beside."""

    name: str
    make: Callable[[], bytes]
    kind: Kind | None = None
    classes: dict = field(default_factory=dict)
    notices: tuple[Kind, ...] = ()
    skipped: tuple[tuple[str, Kind], ...] = ()
    ignored: int = 0
    splits: tuple = (None,)

    def __str__(self):
        return self.name


@cache
def picture(number: int = 0, format: str = "PNG") -> bytes:
    """A small picture that differs from those of other numbers."""
    pixels = np.random.default_rng(number).integers(0, 256, (9, 9, 3)).astype("uint8")
    return saved(pixels, format)


CATS_AND_DOGS = ("cat/1.png", "cat/2.png", "cat/3.png", "dog/1.png", "dog/2.png", "dog/3.png")
TWO = {"cat": 3, "dog": 3}


def files(*names: str, prefix: str = "") -> dict[str, bytes]:
    """Pictures under these names, all different; without names, three cats and three dogs."""
    return {prefix + name: picture(number) for number, name in enumerate(names or CATS_AND_DOGS)}


def zipped(content: dict[str, bytes] | list, method: int = zipfile.ZIP_STORED) -> bytes:
    """A ZIP of {name: bytes} or of a list of (ZipInfo or name, bytes)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in content.items() if isinstance(content, dict) else content:
            if isinstance(name, zipfile.ZipInfo):
                name.compress_type = method
            archive.writestr(name, data)
    return file.getvalue()


def tarred(content: dict[str, bytes] | list, how: str = "", format: int = tarfile.PAX_FORMAT) -> bytes:
    """A TAR of {name: bytes} or of a list of (TarInfo or name, bytes), packed with gz, bz2 or xz."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=f"w:{how}", format=format) as archive:
        for name, data in content.items() if isinstance(content, dict) else content:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def entry(name: str, mode: int = 0o100644, **changes) -> zipfile.ZipInfo:
    """A ZIP entry made by Unix with a file mode; its name is taken as it is."""
    info = zipfile.ZipInfo("x")
    info.filename, info.create_system, info.external_attr = name, 3, mode << 16
    for key, value in changes.items():
        setattr(info, key, value)
    return info


def special(name: str, type_: bytes, target: str = "") -> tarfile.TarInfo:
    """A TAR member that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = type_, target
    return info


def with_files(name, data: bytes = b"") -> list:
    """Three cats, three dogs and one more."""
    return [*files().items(), (name, data)]


def patched(data: bytes, number: int, **fields: int) -> bytes:
    """A ZIP whose directory entry `number` (from 0, or from the end when negative) says something else."""
    places = {
        "flags": (8, "<H"),
        "method": (10, "<H"),
        "crc": (16, "<I"),
        "packed": (20, "<I"),
        "size": (24, "<I"),
        "offset": (42, "<I"),
    }
    changed, starts, at = bytearray(data), [], data.find(b"PK\1\2")
    while at >= 0:
        starts.append(at)
        at = data.find(b"PK\1\2", at + 4)
    for key, value in fields.items():
        offset, format = places[key]
        struct.pack_into(format, changed, starts[number] + offset, value)
    return bytes(changed)


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """The same archive with a name of the same length put in place of another."""
    assert len(old) == len(new)
    return data.replace(old, new)


def overlapping(members: int = 25) -> bytes:
    """A ZIP whose entries all unpack the same bytes."""
    zeros = zipped({"cat/a.png": bytes(900_000)}, zipfile.ZIP_DEFLATED)
    start = zeros.index(b"PK\1\2")
    entries = b"".join(
        zeros[start : zeros.index(b"PK\5\6")].replace(b"cat/a", b"cat/%c" % (65 + n)) for n in range(members)
    )
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, members, members, len(entries), start, 0)
    return zeros[:start] + entries + end


def many(number: int) -> bytes:
    """A ZIP directory of so many empty files, without the work of zipfile."""
    local = b"".join(
        struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, 7, 0) + b"%07d" % n for n in range(number)
    )
    entries = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, n * 37) + b"%07d" % n
        for n in range(number)
    )
    count = min(number, 65535)
    return local + entries + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(entries), len(local), 0)


def many_in_tar(number: int) -> bytes:
    """A TAR of so many empty files."""
    return gzip.compress(b"".join(header(b"%07d" % n, 0) for n in range(number)) + bytes(1024), 1)


def header(name: bytes, size: int, type_: bytes = b"0") -> bytes:
    """A TAR header by hand."""
    block = bytearray(512)
    block[: len(name)] = name
    block[100:108], block[124:136] = b"0000644\0", b"%011o\0" % size
    block[148:156], block[156:157], block[257:265] = b" " * 8, type_, b"ustar\x0000"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


class Endless(io.RawIOBase):
    """A file of zeros without end behind a first part, packed as gzip while it is read; counts what was taken."""

    def __init__(self, first: bytes):
        self._packer, self._first, self.taken, self._rest = zlib.compressobj(wbits=31), first, 0, b""

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        assert (offset, whence) == (0, 0), "an endless file can only be begun again"
        self.__init__(self._first)
        return 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "an endless file can't be read whole"
        while len(self._rest) < size:
            self._rest += self._packer.compress(self._first or bytes(1 << 20)) + self._packer.flush(zlib.Z_SYNC_FLUSH)
            self._first = b""
        data, self._rest = self._rest[:size], self._rest[size:]
        self.taken += len(data)
        assert self.taken < 1 << 24, "still reading an endless file"
        return data


def nested(depth: int) -> bytes:
    """A ZIP in a ZIP in a ZIP."""
    data = zipped(files())
    for _ in range(depth):
        data = zipped({"inner.zip": data})
    return data


CODED = {
    "cp932": ("表示", "猫の写真"),  # the first holds the byte of a backslash
    "gbk": ("猫咪类", "小狗类"),
    "big5": ("貓咪", "飛機"),
    "cp949": ("고양이", "강아지", "비행기"),
    "cp866": ("кошка", "собака"),
    "cp437": ("Äpfel", "poupée"),
}
SPLIT_NAMES = (
    ("training_set", "test_set", "test"),
    ("seg_train/seg_train", "seg_test/seg_test", "test"),
    ("train2017", "val2017", "val"),
    ("train_images", "test_images", "test"),
    ("Train data", "Test data", "test"),
    ("TrainingSet", "Validate", "val"),
    ("trainset", "devset", "val"),
    ("train/images", "valid/images", "val"),
    ("pets-train", "pets-test", "test"),
    ("training", "evaluation", "test"),
    ("1_train", "2_test", "test"),
    ("cats_v2-train", "cats_v2-valid", "val"),
)


PAGE = np.full((1200, 1600, 3), 255, "uint8")


def blank(format: str) -> bytes:
    """An empty page of 5.8 MB, which packs to a thousandth."""
    return saved(PAGE, format)


def coded(pack: Callable, names: tuple[str, ...], coding: str) -> bytes:
    """An archive with a class for each name, written in a code page and not said so."""
    rows = [(f"{name}/{n}.png".encode(coding), picture(n + 9 * k)) for k, name in enumerate(names) for n in (0, 1)]
    stand_ins = [(b"%03d" % number + b"x" * (len(raw) - 3), raw, data) for number, (raw, data) in enumerate(rows)]
    packed = pack([(stand_in.decode(), data) for stand_in, _, data in stand_ins])
    for stand_in, raw, _ in stand_ins:
        at = packed.find(stand_in)
        while at >= 0:
            packed = packed[:at] + raw + packed[at + len(raw) :]
            packed = _summed(packed, at) if pack is tarred else packed
            at = packed.find(stand_in)
    return packed


def _summed(packed: bytes, at: int) -> bytes:
    """A TAR whose header at that place carries its own sum again."""
    block = bytearray(packed[at : at + 512])
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return packed[:at] + bytes(block) + packed[at + 512 :]


def _backslashed(content: dict[str, bytes]) -> list:
    return [(name.replace("/", "\\"), data) for name, data in content.items()]


def good() -> list[Case]:
    """Archives that have to be accepted as data sets."""
    png = picture()
    three = ("train", "val", "test")
    with_splits = {
        f"{split}/{name}": picture(n)
        for n, (split, name) in enumerate((split, name) for split in three for name in CATS_AND_DOGS)
    }
    return [
        Case("ZIP", lambda: zipped(files()), classes=TWO),
        Case("ZIP deflated", lambda: zipped(files(), zipfile.ZIP_DEFLATED), classes=TWO),
        Case("ZIP bzip2", lambda: zipped(files(), zipfile.ZIP_BZIP2), classes=TWO),
        Case("ZIP LZMA", lambda: zipped(files(), zipfile.ZIP_LZMA), classes=TWO),
        Case("ZIP with a root", lambda: zipped(files(prefix="pets/")), classes=TWO),
        Case("ZIP with two roots", lambda: zipped(files(prefix="download/pets/")), classes=TWO),
        Case("ZIP with a comment", lambda: _commented(), classes=TWO),
        Case("ZIP with folder entries", lambda: zipped([(entry("cat/", 0o40755), b""), *files().items()]), classes=TWO),
        Case(
            "ZIP with modes that mean nothing",
            lambda: zipped([(entry("cat/", 0o177777), b""), *files().items()]),
            classes=TWO,
        ),
        Case("TAR", lambda: tarred(files()), classes=TWO),
        Case("TAR old", lambda: _v7(), classes=TWO),
        Case("TAR of GNU", lambda: tarred(files(prefix="a" * 150 + "/"), format=tarfile.GNU_FORMAT), classes=TWO),
        Case(
            "TAR ustar, long names",
            lambda: tarred(files(prefix="a" * 90 + "/"), format=tarfile.USTAR_FORMAT),
            classes=TWO,
        ),
        Case("TAR pax, long names", lambda: tarred(files(prefix="ä" * 150 + "/")), classes=TWO),
        Case("TAR with ./", lambda: tarred(files(prefix="./")), classes=TWO),
        *(Case(f"TAR.{how}", lambda how=how: tarred(files(), how), classes=TWO) for how in ("gz", "bz2", "xz")),
        Case("TAR.gz in two parts", lambda: _two_parts(tarred(files())), classes=TWO),
        Case("TAR.gz padded", lambda: tarred(files(), "gz") + bytes(2000), classes=TWO),
        Case("splits", lambda: zipped(with_splits), classes={"cat": 9, "dog": 9}, splits=three),
        Case(
            "splits with a root",
            lambda: zipped({f"set/{name}": data for name, data in with_splits.items()}),
            classes={"cat": 9, "dog": 9},
            splits=three,
        ),
        Case(
            "splits called otherwise",
            lambda: zipped(_replaced(with_splits, train="Training", val="validation")),
            classes={"cat": 9, "dog": 9},
            splits=three,
        ),
        Case(
            "splits called valid",
            lambda: tarred(_replaced(with_splits, val="valid")),
            classes={"cat": 9, "dog": 9},
            splits=three,
        ),
        Case("training folder only", lambda: zipped(files(prefix="train/")), classes=TWO),
        Case(
            "test pictures without classes",
            lambda: zipped(files(prefix="train/") | {"test/1.png": png}),
            classes=TWO,
            skipped=(("test/1.png", Kind.NO_CLASS_FOLDERS),),
        ),
        Case(
            "a class called train",
            lambda: zipped(files("train/1.png", "train/2.png", "car/1.png", "car/2.png")),
            classes={"car": 2, "train": 2},
        ),
        Case(
            "pictures in folders of a class",
            lambda: zipped(files("cat/a/1.png", "cat/b/2.png", "dog/3.png", "dog/4.png")),
            classes={"cat": 2, "dog": 2},
        ),
        Case(
            "a picture beside the classes",
            lambda: zipped(with_files("overview.png", png)),
            classes=TWO,
            skipped=(("overview.png", Kind.NO_CLASS_FOLDERS),),
        ),
        Case(
            "a picture beside the classes, with a root",
            lambda: zipped(files(prefix="pets/") | {"pets/overview.png": png}),
            classes=TWO,
            skipped=(("pets/overview.png", Kind.NO_CLASS_FOLDERS),),
        ),
        Case(
            "what a Mac adds",
            lambda: zipped(
                {
                    **files(prefix="pets/"),
                    "__MACOSX/pets/cat/._1.png": b"x",
                    "pets/.DS_Store": b"x",
                    "pets/cat/.hidden.png": png,
                }
            ),
            classes=TWO,
            ignored=3,
        ),
        Case(
            "what Windows adds",
            lambda: zipped({**files(), "cat/Thumbs.db": b"x", "cat/desktop.ini": b"x"}),
            classes=TWO,
            ignored=2,
        ),
        Case(
            "what notebooks add", lambda: zipped({**files(), ".ipynb_checkpoints/1.png": png}), classes=TWO, ignored=1
        ),
        Case(
            "texts",
            lambda: zipped({**files(), "README.md": b"x", "cat/labels.csv": b"x", "LICENSE": b"x"}),
            classes=TWO,
            ignored=3,
        ),
        Case("pictures without an ending", lambda: tarred(_replaced(files(), **{".png": ""}), "gz"), classes=TWO),
        Case("pictures with a wrong ending", lambda: zipped(_replaced(files(), **{".png": ".jpg"})), classes=TWO),
        Case(
            "a nested archive",
            lambda: zipped(with_files("more.zip", zipped(files()))),
            classes=TWO,
            skipped=(("more.zip", Kind.UNSUPPORTED_ARCHIVE),),
        ),
        Case(
            "a nested archive in a TAR",
            lambda: tarred(with_files("more.tgz", tarred(files(), "gz")), "xz"),
            classes=TWO,
            skipped=(("more.tgz", Kind.UNSUPPORTED_ARCHIVE),),
        ),
        Case(
            "bad pictures",
            lambda: zipped(
                {
                    **files(),
                    "cat/a.png": png[:40],
                    "cat/b.png": b"",
                    "cat/c.png": b"text",
                    "dog/d.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
                    "dog/e.ico": saved(np.zeros((9, 9, 3), "uint8"), "ICO"),
                }
            ),
            classes=TWO,
            skipped=(
                ("cat/a.png", Kind.TRUNCATED_OR_CORRUPT),
                ("cat/b.png", Kind.EMPTY_FILE),
                ("cat/c.png", Kind.NOT_AN_IMAGE),
                ("dog/d.heic", Kind.TRUNCATED_OR_CORRUPT),
                ("dog/e.ico", Kind.UNSUPPORTED_FORMAT),
            ),
        ),
        Case(
            "a member with a wrong sum",
            lambda: patched(zipped(files()), 1, crc=1),
            classes={"cat": 2, "dog": 3},
            skipped=(("cat/2.png", Kind.TRUNCATED_OR_CORRUPT),),
        ),
        Case(
            "a member shorter than it says",
            lambda: patched(zipped(files(), zipfile.ZIP_DEFLATED), 1, size=9999),
            classes={"cat": 2, "dog": 3},
            skipped=(("cat/2.png", Kind.TRUNCATED_OR_CORRUPT),),
        ),
        Case(
            "a name twice",
            lambda: zipped(with_files("cat/1.png", picture(99))),
            classes=TWO,
            notices=(Kind.DUPLICATE_NAMES,),
        ),
        Case(
            "a name twice in a TAR",
            lambda: tarred(with_files("./cat/1.png", picture(99))),
            classes=TWO,
            notices=(Kind.DUPLICATE_NAMES,),
        ),
        Case(
            "names that differ in case",
            lambda: zipped({**files(), "cat/1.PNG": picture(99)}),
            classes={"cat": 4, "dog": 3},
        ),
        Case(
            "similar classes",
            lambda: zipped(files("cat/1.png", "Cat/2.png", "dog/3.png", "Dogs/4.png")),
            classes={"Cat": 1, "Dogs": 1, "cat": 1, "dog": 1},
            notices=(Kind.SIMILAR_CLASS_NAMES, Kind.SIMILAR_CLASS_NAMES),
        ),
        Case(
            "an empty class",
            lambda: zipped([*files().items(), (entry("bird/", 0o40755), b"")]),
            classes=TWO,
            notices=(Kind.EMPTY_CLASS,),
        ),
        Case(
            "a class of texts",
            lambda: tarred(with_files("bird/about.txt", b"x")),
            classes=TWO,
            ignored=1,
            notices=(Kind.EMPTY_CLASS,),
        ),
        Case(
            "names in many scripts",
            lambda: zipped(files("猫/1.png", "猫/2.png", "perro ñ/1.png", "🐕/1.png", "כלב/1.png")),
            classes={"perro ñ": 1, "כלב": 1, "猫": 2, "🐕": 1},
        ),
        Case(
            "names in many scripts in a TAR",
            lambda: tarred(files("猫/1.png", "猫/2.png", "perro ñ/1.png", "🐕/1.png")),
            classes={"perro ñ": 1, "猫": 2, "🐕": 1},
        ),
        Case("UTF-8 names without their mark", lambda: _unmarked(), classes={"hund": 1, "köt": 1}),
        Case(
            "names of an old code page",
            lambda: renamed(zipped(files("k_t/1.png", "hund/2.png")), b"k_t", b"k\x94t"),
            classes={"hund": 1, "köt": 1},
            notices=(Kind.NAMES_GUESSED,),
        ),
        *(
            Case(
                f"names in {coding}, {how}",
                lambda names=names, coding=coding, pack=pack: coded(pack, names, coding),
                classes=dict.fromkeys(sorted(names), 2),
                notices=(Kind.NAMES_GUESSED,),
            )
            for coding, names in CODED.items()
            for how, pack in (("ZIP", zipped), ("TAR", tarred))
        ),
        *(
            Case(f"backslashes in a {how}", lambda pack=pack: pack(_backslashed(files(prefix="pets/"))), classes=TWO)
            for how, pack in (("ZIP", zipped), ("TAR", tarred))
        ),
        Case(
            "a folder entry with a backslash",
            lambda: zipped([(entry("cat\\", 0), b""), *_backslashed(files())]),
            classes=TWO,
        ),
        Case(
            "one class by two ways to write an accent",
            lambda: zipped(files("caf\u00e9/1.png", "cafe\u0301/2.png", "dog/1.png")),
            classes={"caf\u00e9": 2, "dog": 1},
            notices=(Kind.SIMILAR_CLASS_NAMES,),
        ),
        Case(
            "empty pages",
            lambda: zipped({**files(), "cat/4.bmp": blank("BMP"), "dog/4.tif": blank("TIFF")}, zipfile.ZIP_DEFLATED),
            classes={"cat": 4, "dog": 4},
        ),
        *(
            Case(
                f"empty pages in TAR.{how}",
                lambda how=how: tarred(with_files("cat/4.bmp", blank("BMP")), how),
                classes={"cat": 4, "dog": 3},
            )
            for how in ("gz", "bz2", "xz")
        ),
        Case(
            "a long list of labels",
            lambda: zipped(with_files("labels.csv", b"0000.png,0,train\n" * 150_000), zipfile.ZIP_DEFLATED),
            classes=TWO,
            ignored=1,
        ),
        Case(
            "a large file beside",
            lambda: zipped(with_files("old.h5", bytes(56 << 20))),
            classes=TWO,
            ignored=1,
        ),
        Case(
            "a picture of over 50 MB",
            lambda: zipped(with_files("cat/9.png", bytes(51 << 20))),
            classes=TWO,
            skipped=(("cat/9.png", Kind.TOO_MANY_PIXELS),),
        ),
        *(
            Case(
                f"an empty page as {format}",
                lambda format=format, options=options: zipped(
                    with_files(f"cat/9.{format.lower()}", saved(PAGE, format, **options)), zipfile.ZIP_DEFLATED
                ),
                classes={"cat": 4, "dog": 3} if format == "PNG" else TWO,
                skipped=() if format == "PNG" else ((f"cat/9.{format.lower()}", kind),),
            )
            for format, options, kind in (
                ("PNG", {"compress_level": 0}, None),
                ("TGA", {}, Kind.UNSUPPORTED_FORMAT),
                ("PPM", {}, Kind.UNSUPPORTED_FORMAT),
            )
        ),
        Case(
            "a picture of nothing but zeros",
            lambda: zipped(with_files("cat/9.png", bytes(40 << 20)), zipfile.ZIP_DEFLATED),
            classes=TWO,
            skipped=(("cat/9.png", Kind.ARCHIVE_BOMB),),
        ),
        Case(
            "a list of 60 MB that packs to nothing",
            lambda: zipped(with_files("labels.csv", b"0000.png,0,train\n" * 3_600_000), zipfile.ZIP_DEFLATED),
            classes=TWO,
            ignored=1,
        ),
        Case(
            "an empty page of 60 MB",
            lambda: zipped(with_files("cat/9.bmp", blank("BMP")[:54] + bytes(60 << 20)), zipfile.ZIP_DEFLATED),
            classes=TWO,
            skipped=(("cat/9.bmp", Kind.TOO_MANY_PIXELS),),
        ),
        Case(
            "TAR with a hard link",
            lambda: tarred(with_files(special("cat/9.png", tarfile.LNKTYPE, "cat/1.png"))),
            classes=TWO,
            skipped=(("cat/9.png", Kind.UNSAFE_LINK),),
        ),
        Case(
            "TAR with a hard link by a long name",
            lambda: tarred(
                [
                    *files("cat/" + "x" * 150 + ".png", "dog/1.png").items(),
                    (special("dog/9.png", tarfile.LNKTYPE, "cat/" + "x" * 150 + ".png"), b""),
                ],
                format=tarfile.GNU_FORMAT,
            ),
            classes={"cat": 1, "dog": 1},
            skipped=(("dog/9.png", Kind.UNSAFE_LINK),),
        ),
        *(
            Case(
                f"splits called {train} and {test}",
                lambda train=train, test=test: zipped(files(prefix=f"set/{train}/") | files(prefix=f"set/{test}/")),
                classes={"cat": 6, "dog": 6},
                splits=("train", split),
            )
            for train, test, split in SPLIT_NAMES
        ),
        Case(
            "splits inside of classes",
            lambda: zipped(files("cat/train/1.png", "cat/test/2.png", "dog/train/3.png", "dog/test/4.png")),
            classes={"cat": 2, "dog": 2},
            splits=("train", "test"),
        ),
        Case(
            "a class that a split lacks",
            lambda: zipped(files(prefix="train/") | files("test/cat/4.png", "test/cat/5.png")),
            classes={"cat": 5, "dog": 3},
            splits=("train", "test"),
            notices=(Kind.CLASS_NOT_IN_SPLIT,),
        ),
        Case(
            "flat",
            lambda: zipped(files("1.png", "2.png", "3.png")),
            classes={"pictures": 3},
            notices=(Kind.NO_CLASS_FOLDERS, Kind.NEED_TWO_CLASSES),
        ),
        Case(
            "one class",
            lambda: zipped(files("cat/1.png", "cat/2.png")),
            classes={"cat": 2},
            notices=(Kind.NEED_TWO_CLASSES,),
        ),
        Case(
            "one class with a root",
            lambda: zipped(files("pets/cat/1.png", "pets/cat/2.png")),
            classes={"cat": 2},
            notices=(Kind.NEED_TWO_CLASSES,),
        ),
        Case(
            "one class and an empty one",
            lambda: zipped([*files("cat/1.png").items(), (entry("dog/", 0o40755), b"")]),
            classes={"cat": 1},
            notices=(Kind.EMPTY_CLASS, Kind.NEED_TWO_CLASSES),
        ),
        Case(
            "names that look like commands",
            lambda: zipped(
                files("-rf/1.png", "=1+1/2.png", "<b>x</b>/3.png", "$(ls)/4.png", "con/5.png", "' OR 1=1/6.png")
            ),
            classes=dict.fromkeys(["$(ls)", "' OR 1=1", "-rf", "<b>x<", "=1+1", "con"], 1),
        ),
        Case(
            "long names",
            lambda: tarred(files("c" * 200 + "/" + "x" * 200 + ".png", "dog/1.png")),
            classes={"c" * 200: 1, "dog": 1},
        ),
        Case("large numbers", lambda: _base_256(), classes={"cat": 1, "dog": 1}),
    ]


def _replaced(content: dict[str, bytes], **words: str) -> dict[str, bytes]:
    for old, new in words.items():
        content = {name.replace(old, new): data for name, data in content.items()}
    return content


def _commented() -> bytes:
    data = zipped(files())
    return data[:-2] + struct.pack("<H", 65535) + b"PK\5\6"[:3] * 21845


def _v7() -> bytes:
    parts = []
    for name, data in files().items():
        block = bytearray(header(name.encode(), len(data), b"\0"))
        block[257:265], block[148:156] = bytes(8), b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        parts += [bytes(block), data, bytes(-len(data) % 512)]
    return b"".join(parts) + bytes(1024)


def _base_256() -> bytes:
    parts = []
    for name, data in files("cat/1.png", "dog/2.png").items():
        block = bytearray(header(name.encode(), 0))
        block[124:136], block[148:156] = b"\x80" + len(data).to_bytes(11, "big"), b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        parts += [bytes(block), data, bytes(-len(data) % 512)]
    return b"".join(parts) + bytes(1024)


def _two_parts(data: bytes) -> bytes:
    return gzip.compress(data[:1000]) + gzip.compress(data[1000:])


def _unmarked() -> bytes:
    """As macOS packs them: UTF-8, but not said so."""
    return renamed(zipped(files("kXXt/1.png", "hund/2.png")), b"kXXt", "köt".encode())


def refused() -> list[Case]:
    """Archives that have to be refused as data sets, each for the right reason."""
    path, link, member = Kind.UNSAFE_PATH, Kind.UNSAFE_LINK, Kind.UNSAFE_MEMBER
    bomb, broken, unknown, empty = Kind.ARCHIVE_BOMB, Kind.CORRUPT_ARCHIVE, Kind.UNSUPPORTED_ARCHIVE, Kind.NO_IMAGES
    dangerous = [
        "../evil.png",
        "cat/../../evil.png",
        "/etc/evil.png",
        "C:/evil.png",
        "c:evil.png",
        "..\\evil.png",
        "cat\\..\\..\\1.png",
        "\\\\server\\1.png",
        "//server/evil.png",
        "..",
    ]
    png = picture()
    return [
        *(
            Case(f"ZIP with {name[:20]!r}", lambda name=name: zipped(with_files(entry(name), png)), path)
            for name in dangerous
        ),
        *(
            Case(f"TAR with {name[:20]!r}", lambda name=name: tarred(with_files(name, png), "gz"), path)
            for name in dangerous
        ),
        Case(
            "ZIP with a NUL in a name",
            lambda: renamed(zipped(with_files("cat/xx.png", png)), b"cat/xx", b"cat/\0x"),
            path,
        ),
        Case("ZIP with a dangerous folder", lambda: zipped(with_files(entry("../up/", 0o40755))), path),
        Case("ZIP with a dangerous text", lambda: zipped(with_files(entry("../../.bashrc"), b"x")), path),
        Case("ZIP with a link", lambda: zipped(with_files(entry("cat/9.png", 0o120777), b"/etc/passwd")), link),
        Case("TAR with a link", lambda: tarred(with_files(special("cat/9.png", tarfile.SYMTYPE, "/etc/passwd"))), link),
        Case("TAR with a link to a folder", lambda: tarred(with_files(special("cat/up", tarfile.SYMTYPE, ".."))), link),
        *(
            Case(
                f"TAR with a hard link to {target}",
                lambda target=target: tarred(with_files(special("cat/9.png", tarfile.LNKTYPE, target))),
                kind,
            )
            for target, kind in (("etc/passwd", link), ("/etc/passwd", path), ("../1.png", path))
        ),
        Case("TAR with a device", lambda: tarred(with_files(special("cat/9.png", tarfile.CHRTYPE))), member),
        Case("TAR with a disk", lambda: tarred(with_files(special("cat/9.png", tarfile.BLKTYPE))), member),
        Case("TAR with a pipe", lambda: tarred(with_files(special("cat/9.png", tarfile.FIFOTYPE))), member),
        Case("TAR with an unknown thing", lambda: header(b"cat/1.png", 0, b"Q") + bytes(1024), member),
        Case("TAR with a sparse file", lambda: header(b"cat/1.png", 0, b"S") + bytes(1024), member),
        Case("ZIP with a pipe", lambda: zipped(with_files(entry("cat/9.png", 0o010644))), member),
        Case("ZIP encrypted", lambda: patched(zipped(files()), 2, flags=1), Kind.ENCRYPTED_ARCHIVE),
        Case("ZIP encrypted with AES", lambda: patched(zipped(files()), 0, method=99), Kind.ENCRYPTED_ARCHIVE),
        Case("ZIP packed in a rare way", lambda: patched(zipped(files()), 0, method=98), unknown),
        Case("members that claim 4 GB each", lambda: patched(zipped(files()), 3, size=2**32 - 2), bomb),
        Case(
            "members that are larger than they say",
            lambda: patched(zipped(with_files("cat/9.png", bytes(900_000)), zipfile.ZIP_DEFLATED), -1, size=100),
            bomb,
        ),
        Case("members that overlap", overlapping, bomb),
        Case("members in one place", lambda: patched(zipped(files()), 3, offset=0), bomb),
        Case("TAR.gz of zeros", lambda: gzip.compress(header(b"cat/1.png", 45 << 20) + bytes(45 << 20)), bomb),
        Case("TAR.xz of zeros", lambda: lzma.compress(header(b"cat/1.png", 40 << 20) + bytes(40 << 20)), bomb),
        Case("TAR.bz2 of zeros", lambda: bz2.compress(header(b"cat/1.png", 40 << 20) + bytes(40 << 20)), bomb),
        Case("TAR that claims 100 GB", lambda: header(b"cat/1.png", 100 * 2**30 // 16) + bytes(2048), bomb),
        Case("TAR with a name of 100 MB", lambda: header(b"x", 100 << 20, b"L") + bytes(2048), bomb),
        Case("TAR with an attribute of 100 MB", lambda: header(b"x", 100 << 20, b"x") + bytes(2048), bomb),
        Case("too many files", lambda: many(100_001), Kind.TOO_MANY_FILES),
        Case("far too many files", lambda: many(400_000), Kind.TOO_MANY_FILES),
        Case("nothing", lambda: b"", Kind.EMPTY_FILE),
        Case("empty ZIP", lambda: zipped({}), empty),
        Case("empty TAR", lambda: tarred({}), unknown),
        Case("empty TAR.gz", lambda: tarred({}, "gz"), empty),
        Case("texts only", lambda: zipped({"a/1.txt": b"x", "b/2.txt": b"x"}), empty),
        Case("nested ZIPs only", lambda: nested(3), empty),
        Case("bad pictures only", lambda: zipped({"a/1.png": b"text", "b/2.png": b"text"}), empty),
        Case(
            "a split without classes",
            lambda: zipped(files("train/cat.0.png", "train/dog.0.png")),
            Kind.NO_CLASS_FOLDERS,
        ),
        Case(
            "splits without classes", lambda: zipped(files("set/train/0.png", "set/val/1.png")), Kind.NO_CLASS_FOLDERS
        ),
        Case("one class readable", lambda: zipped(files("cat/1.png") | {"dog/1.png": b"text"}), Kind.NEED_TWO_CLASSES),
        Case("ZIP cut off", lambda: zipped(files())[:-30], broken),
        Case("ZIP cut in half", lambda: (d := zipped(files()))[: len(d) // 2], broken),
        Case("ZIP with a directory of noise", lambda: _noisy_directory(), broken),
        Case("ZIP whose member lies outside", lambda: patched(zipped(files()), -1, packed=90_000), broken),
        Case("TAR cut off", lambda: tarred(files())[:2000], broken),
        Case("TAR without its end", lambda: tarred(files())[: 6 * 1024 + 0], broken),
        Case("TAR with a damaged header", lambda: tarred(files()).replace(b"dog/1.png", b"dig/1.png"), broken),
        *(
            Case(f"TAR.{how} cut off", lambda how=how: tarred(files(), how)[:-40], broken)
            for how in ("gz", "bz2", "xz")
        ),
        Case("TAR.gz with a flipped bit", lambda: _flipped(tarred(files(), "gz")), broken),
        Case("gzip of one picture", lambda: gzip.compress(picture()), unknown),
        Case("xz of text", lambda: lzma.compress(b"hello" * 999), unknown),
        Case("xz that wants 1.5 GB of memory", lambda: _greedy_xz(), broken),
        Case("7z", lambda: b"7z\xbc\xaf\x27\x1c\0\4" + bytes(100), unknown),
        Case("RAR", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(100), unknown),
        Case("Zstandard", lambda: b"\x28\xb5\x2f\xfd" + bytes(100), unknown),
        Case("a picture", picture, unknown),
        Case("text", lambda: b"no archive at all", unknown),
    ]


def _noisy_directory() -> bytes:
    data = zipped(files())
    start = data.index(b"PK\1\2")
    return data[:start] + b"\xee" * (len(data) - start - 22) + data[-22:]


def _flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 16]) + data[middle + 1 :]


def _greedy_xz() -> bytes:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    data = bytearray(lzma.compress(tarred(files()), lzma.FORMAT_XZ, lzma.CHECK_NONE, filters=filters))
    header = data[12 : 12 + (data[12] + 1) * 4]
    place = header.index(b"\x21\x01") + 2
    header[place] = 39  # a dictionary of 3 GB
    header[-4:] = struct.pack("<I", zlib.crc32(header[:-4]))
    data[12 : 12 + len(header)] = header
    return bytes(data)
