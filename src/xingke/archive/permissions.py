"""What somebody may do with archive volumes; each counts in the home bureau only."""

from enum import StrEnum


class ArchivePermission(StrEnum):
    """The comment says to what."""

    READ = "archive.read"  # find volumes and what lies in them
    KEEP = "archive.keep"  # open volumes, file into them, close them and hand them over
    RECEIVE = "archive.receive"  # sign for volumes that another account handed over
