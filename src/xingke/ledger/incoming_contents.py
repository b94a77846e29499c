"""What a row of a record with a history says, completely, and what its record is known by again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from xingke.ledger.kinds import Kind
from xingke.ledger.rules import Thing
from xingke.registry.actions import NewOrganisation
from xingke.registry.models import Organisation, Region


class Happened(NamedTuple):
    """An event as a row says it: measures only where the row gives them, and so its certificate and last day."""

    event: str
    on: date
    measures: Mapping[str, Any]
    repeats: bool

    @property
    def until(self) -> date | None:
        """The last day on which what it opens holds; None where the row does not say."""
        found: date | None = self.measures.get("until")
        return found


@dataclass(slots=True, eq=False)
class Content:
    """What a row says, completely. firm: a known organisation, one to be entered, or none."""

    region: Region
    is_region_said: bool
    firm: Organisation | NewOrganisation | None
    columns: dict[str, str]  # the kind's fields and details
    happened: Sequence[Happened]


def thing(kind: Kind, content: Content, *, is_named: bool) -> Thing:
    """What the row speaks of. is_named: see ``Thing.of``."""
    holder: object = content.firm.key if content.firm is not None else content.region.pk
    first = min((each.on for each in content.happened), default=None)
    return Thing.of(kind.names, content.columns, holder=holder, first=first, is_named=is_named)
