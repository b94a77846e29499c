"""The lists of registry."""

from xingke.registry.lists.accounts import ACCOUNTS
from xingke.registry.lists.audit import AUDIT
from xingke.registry.lists.grants import GRANTS
from xingke.registry.lists.organisations import ORGANISATIONS
from xingke.registry.lists.people import PEOPLE

ALL = (ORGANISATIONS, PEOPLE, ACCOUNTS, GRANTS, AUDIT)

__all__ = ["ACCOUNTS", "ALL", "AUDIT", "GRANTS", "ORGANISATIONS", "PEOPLE"]
