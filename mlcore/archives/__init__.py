"""The one door for many pictures at once: a folder, ZIP or TAR, read member by member and never unpacked to disk."""

from mlcore.archives.codings import CODINGS
from mlcore.archives.door import ENDINGS, Archive, Member, Source, open, open_file
from mlcore.archives.entry import Skipped
from mlcore.archives.layout import Question
from mlcore.archives.reading import DETECTED, Reading

__all__ = ["CODINGS", "DETECTED", "ENDINGS", "Archive", "Member", "Question", "Reading", "Skipped", "Source", "open"]
__all__ += ["open_file"]
