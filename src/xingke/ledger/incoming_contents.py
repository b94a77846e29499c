"""What a row of a record with a history says, completely, and what its record is known by again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from xingke.ledger.kinds import Kind
from xingke.registry.actions import NewOrganisation
from xingke.registry.models import Organisation, Region

# The kinds in which a number names one thing. Elsewhere it is that of a document which may speak of many.
NUMBERED = frozenset({"recognition", "patent", "project", "contract", "award"})
RENUMBERED = frozenset({"recognition"})  # a title gets another certificate when it is renewed
DATED = frozenset({"activity", "milestone"})  # of one name there are many, on different days
HELD_BY_SOMEBODY = frozenset({"recognition", "patent"})


class Happened(NamedTuple):
    """An event as a row says it: measures only where the row gives them."""

    event: str
    on: date
    measures: Mapping[str, int]
    repeats: bool


@dataclass(slots=True, eq=False)
class Content:
    """What a row says, completely. firm: a known organisation, one to be entered, or none."""

    region: Region
    is_region_said: bool
    firm: Organisation | NewOrganisation | None
    columns: dict[str, str]  # the kind's fields and details
    happened: Sequence[Happened]


def natural_key(kind: Kind, content: Content) -> object:
    """What tells a record from the others of its kind."""
    number = content.columns.get("number", "")
    if number and kind.code in NUMBERED - RENUMBERED:
        return number
    named = named_by(kind, content)
    return named if kind.code in RENUMBERED else (*named, number)


def named_by(kind: Kind, content: Content) -> tuple[object, ...]:
    """What names a record without its number."""
    holder: object = content.firm.key if content.firm is not None else content.region.pk
    first = min(each.on for each in content.happened) if kind.code in DATED else None
    return (*[content.columns[name] for name in kind.repeated], holder, content.columns["name"], first)
