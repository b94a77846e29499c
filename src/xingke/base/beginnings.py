"""From an empty installation to the first document: base declares the steps, rooms fill them in ``AppConfig.ready()``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from xingke.base.register import Register


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """One step. permission: of whoever does it; who: in words. stands: from the condition that a row lies in some regions,
    the one that says that it is done. query: what stands behind the address.
    """

    code: str
    label: Any  # lazy text
    who: Any
    permission: str
    url_name: str
    stands: Callable[[Q], Q]
    query: str = ""
    order: int = 100


BEGINNINGS: Register[Beginning] = Register("first step")


def beginnings() -> list[Beginning]:
    """The steps in their order."""
    return sorted(BEGINNINGS, key=lambda each: (each.order, each.code))
