"""The lists of the ledger."""

from xingke.ledger.lists.listed_people import LISTED_PEOPLE, short_of
from xingke.ledger.lists.observations import OBSERVATIONS
from xingke.ledger.lists.proposals import PROPOSALS
from xingke.ledger.lists.records import RECORDS, events_asked_for, row_of, wanted_by
from xingke.ledger.lists.titles import TITLES, title_row

ALL = (RECORDS, TITLES, OBSERVATIONS, PROPOSALS, LISTED_PEOPLE)

__all__ = [
    "ALL",
    "LISTED_PEOPLE",
    "OBSERVATIONS",
    "PROPOSALS",
    "RECORDS",
    "TITLES",
    "events_asked_for",
    "row_of",
    "short_of",
    "title_row",
    "wanted_by",
]
