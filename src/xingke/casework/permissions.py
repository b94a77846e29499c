"""What somebody may do with cases; a desk may have permissions of its own besides."""

from enum import StrEnum


class CasePermission(StrEnum):
    """The comment says to what."""

    READ = "case.read"  # see the cases of the region, or of one's own organisation
    APPLY = "case.apply"  # open cases for one's own organisation, and take its steps
    HANDLE = "case.handle"  # take in, check and move on cases of the region
    DECIDE = "case.decide"  # decide what others prepared
    MANAGE = "case.manage"  # terminate, reopen, transfer and correct
