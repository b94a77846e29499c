"""The lists of casework."""

from xingke.casework.lists.calls import CALLS
from xingke.casework.lists.cases import CASES
from xingke.casework.lists.common import MEETINGS, NOTICES, PUBLICITY
from xingke.casework.lists.posts import GROUPS, SUBSTITUTES

ALL = (CASES, CALLS, MEETINGS, PUBLICITY, NOTICES, GROUPS, SUBSTITUTES)

__all__ = ["ALL", "CALLS", "CASES", "GROUPS", "MEETINGS", "NOTICES", "PUBLICITY", "SUBSTITUTES"]
