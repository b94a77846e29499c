"""The lists of registry."""

from xingke.registry.lists.audit import AUDIT
from xingke.registry.lists.organisations import ORGANISATIONS
from xingke.registry.lists.people import PEOPLE

ALL = (ORGANISATIONS, PEOPLE, AUDIT)

__all__ = ["ALL", "AUDIT", "ORGANISATIONS", "PEOPLE"]
