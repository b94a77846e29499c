"""What somebody may do with public money; each counts in the home bureau only."""

from enum import StrEnum


class FundPermission(StrEnum):
    """The comment says to what."""

    READ = "funds.read"  # see pools, what is committed of them and what was paid
    PLAN = "funds.plan"  # open pools, commit, enter accounts, make up batches
    PAY = "funds.pay"  # pay a batch that others made up, and confirm accounts
