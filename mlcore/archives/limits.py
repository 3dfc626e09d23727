"""How much an archive may hold, and what is said about one that holds more."""

from dataclasses import dataclass

from mlcore.archives import delimited
from mlcore.archives.entry import Entry
from mlcore.errors import Kind, Refused

MAX_FILES = 100_000  # of an upload; each takes a kilobyte of memory
MAX_OWN_FILES = 2_000_000  # of a file or folder on this machine's own disk
DIRECTORY_BYTES = 1000  # that an upload may use for each file's name and comment
OWN_DIRECTORY_BYTES = 200
MAX_FOLDER_MEMBER = 200_000_000  # bytes: what the picture door takes
MAX_OWN_CELLS = 50_000_000  # of the tables there
MAX_TOTAL = 2_000_000_000  # bytes, unpacked, or of a file on the own disk
MAX_GROWTH = 4  # times its size, where that is more: photographs unpack to 1.1
MAX_MEMBER = 50 << 20  # bytes, unpacked
MAX_RATIO = 200  # times smaller packed than unpacked; pictures reach 1.1, flat drawings as BMP about 100
FREE_OF_RATIO = 1 << 20  # bytes; small things may pack as well as they like
FREE_STREAM = 32 << 20  # bytes that a compressed TAR may begin with, however well they pack: an empty page or five


@dataclass(frozen=True)
class Limits:
    """How much one archive may hold: files, bytes of a table of contents, bytes unpacked, cells of tables beside."""

    files: int = MAX_FILES
    directory: int = MAX_FILES * DIRECTORY_BYTES
    total: int = MAX_TOTAL
    cells: int = delimited.MOST_CELLS

    def count(self, number: int) -> None:
        """Raise Refused when there are too many files."""
        if number > self.files:
            words = f"There are more than {self.files:,} files; that is the most allowed at once."
            where = "" if self.files >= MAX_OWN_FILES else f" On the server's own disk {MAX_OWN_FILES:,} are."
            raise Refused(Kind.TOO_MANY_FILES, words + where)

    def claim(self, name: str, size: int) -> None:
        """Raise Refused when a single member says that it is larger than all may be together."""
        if size > self.total:
            raise bomb(f"{name!r} alone has {size / 1e9:,.1f} GB, and {self.total / 1e9:,.0f} GB are allowed for all")

    def weigh(self, size: float) -> None:
        """Raise Refused when all members together unpack to too much."""
        if size > self.total:
            raise bomb(f"it unpacks to more than {self.total / 1e9:,.0f} GB")


UPLOAD, OWN_FOLDER = Limits(), Limits(MAX_OWN_FILES, cells=MAX_OWN_CELLS)


def own(size: int) -> Limits:
    """What an archive of so many bytes on this machine's own disk may hold."""
    total = max(MAX_TOTAL, MAX_GROWTH * size)
    return Limits(MAX_OWN_FILES, MAX_OWN_FILES * OWN_DIRECTORY_BYTES, total, MAX_OWN_CELLS)


def bomb(what: str) -> Refused:
    """The refusal for an archive that would unpack to more than is reasonable."""
    return Refused(Kind.ARCHIVE_BOMB, f"The archive isn't opened: {what}.")


def corrupt(what: str) -> Refused:
    """The refusal for an archive that can't be read."""
    return Refused(Kind.CORRUPT_ARCHIVE, f"The archive is damaged: {what}. Pack or download it again.")


def packs_like_a_bomb(entry: Entry) -> bool:
    """Whether a member that is large enough to matter takes hardly any room in the archive, as an empty page does."""
    return entry.packed is not None and entry.size > FREE_OF_RATIO and entry.size > entry.packed * MAX_RATIO


class Budget:
    """Adds up what the members that are read unpack to; raises Refused at the first that is too much."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._bytes = limits, 0

    def spend(self, entry: Entry) -> None:
        """Account for one member."""
        self._limits.claim(entry.name, entry.size)
        if (entry.packed or 0) > 2 * MAX_MEMBER and entry.size <= MAX_MEMBER:
            raise bomb(f"{entry.name!r} takes {(entry.packed or 0) / 1e6:,.0f} MB")
        self._bytes += entry.size if entry.size <= MAX_MEMBER else 0
        self._limits.weigh(self._bytes)
