"""How much an archive may hold, and what is said about one that holds more."""

from mlcore.errors import Kind, Refused

MAX_FILES = 100_000
MAX_FOLDER_FILES = 1_000_000  # a server folder isn't packed: it can't be larger than the disk it is on
MAX_FOLDER_MEMBER = 200_000_000  # bytes: what the picture door takes
MAX_TOTAL = 2_000_000_000  # bytes, unpacked
MAX_MEMBER = 50 << 20  # bytes, unpacked
MAX_RATIO = 200  # times smaller packed than unpacked; pictures reach 1.1, flat drawings as BMP about 100
FREE_OF_RATIO = 1 << 20  # bytes; small things may pack as well as they like


def bomb(what: str) -> Refused:
    """The refusal for an archive that would unpack to more than is reasonable."""
    return Refused(Kind.ARCHIVE_BOMB, f"The archive isn't opened: {what}.")


def corrupt(what: str) -> Refused:
    """The refusal for an archive that can't be read."""
    return Refused(Kind.CORRUPT_ARCHIVE, f"The archive is damaged: {what}. Pack or download it again.")


def count_files(number: int, most: int = MAX_FILES) -> None:
    """Raise Refused when there are too many files."""
    if number > most:
        raise Refused(Kind.TOO_MANY_FILES, f"There are more than {most:,} files; that is the most allowed at once.")


class Budget:
    """Adds up what members say they unpack to; raises Refused at the first that is too much."""

    def __init__(self) -> None:
        self._files = self._bytes = 0

    def spend(self, name: str, size: int, packed: int | None = None) -> None:
        """Account for one member of `size` bytes, `packed` of them in the archive where that is known."""
        self._files += 1
        self._bytes += size
        count_files(self._files)
        if size > MAX_MEMBER:
            raise bomb(f"{name!r} has {size / 1e6:,.0f} MB, and {MAX_MEMBER >> 20} MB are allowed for one file")
        if packed is not None and size > FREE_OF_RATIO and size > packed * MAX_RATIO:
            raise bomb(f"{name!r} unpacks to more than {MAX_RATIO} times its size")
        if self._bytes > MAX_TOTAL:
            raise bomb(f"it unpacks to more than {MAX_TOTAL / 1e9:.0f} GB")
