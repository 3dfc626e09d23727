"""The one door for many pictures at once: a folder, ZIP or TAR, read member by member and never unpacked to disk."""

from mlcore.archives.door import ENDINGS, Archive, Member, Skipped, open, open_file

__all__ = ["ENDINGS", "Archive", "Member", "Skipped", "open", "open_file"]
