"""The one reader of what lies in the home: a folder may come from a colleague, another version, a crash or an enemy.

Regular files only, bounded in size, depth and memory, checked in shape, and within the home. What can't be read is
refused in a sentence (`Refused`: missing-file, unreadable-file, unsafe-path), never anything worse.
"""

from mlcore.reader.arrays import array, array_in, arrays, arrays_in, mapped, shape_of
from mlcore.reader.documents import DIGITS, document, facts, newer, parse, parse_or, record, validated
from mlcore.reader.files import MOST_BYTES, checked, content, digest, inside, opened, refuse_odd_files, tail
from mlcore.reader.shapes import IsoDate, Moment, Side
from mlcore.reader.unreadable import Unreadable, judged, names_in, reason, refuse_readable

__all__ = ["DIGITS", "MOST_BYTES", "IsoDate", "Moment", "Side", "Unreadable", "array", "array_in", "arrays"]
__all__ += ["arrays_in", "checked", "content", "digest", "document", "facts", "inside", "judged"]
__all__ += ["mapped", "names_in", "newer", "opened", "parse", "parse_or", "reason", "record"]
__all__ += ["refuse_odd_files", "refuse_readable", "shape_of", "tail", "validated"]
