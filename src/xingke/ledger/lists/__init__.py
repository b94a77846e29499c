"""The lists of the ledger."""

from xingke.ledger.lists.records import RECORDS, events_asked_for, row_of, wanted_by
from xingke.ledger.lists.titles import TITLES, title_row

ALL = (RECORDS, TITLES)

__all__ = ["ALL", "RECORDS", "TITLES", "events_asked_for", "row_of", "title_row", "wanted_by"]
