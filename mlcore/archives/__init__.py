"""The one door for many pictures at once: a folder, ZIP or TAR, read member by member and never unpacked to disk."""

from mlcore.archives.codings import CODINGS
from mlcore.archives.door import ENDINGS, Archive, Member, open, open_file
from mlcore.archives.entry import Skipped

__all__ = ["CODINGS", "ENDINGS", "Archive", "Member", "Skipped", "open", "open_file"]
