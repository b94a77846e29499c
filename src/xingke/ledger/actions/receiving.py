"""Taking over: whose an event is, and that who takes something over is named and lies where it comes to."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from xingke.ledger import rules
from xingke.ledger.tables import Kind
from xingke.ledger.words import Words
from xingke.registry.models import Organisation, Region


class Arriving(Protocol):
    """An event before it is stored: what it is, where, and whose from then on."""

    @property
    def event(self) -> str: ...

    @property
    def region(self) -> Region: ...

    @property
    def organisation(self) -> Organisation | None: ...


def holders(kind: Kind, ordered: Sequence[Arriving], first: Organisation | None) -> list[Organisation | None]:
    """Whose each event of a whole history is, in its order. first: whose the history is at its beginning.

    Raises Refused for one of taking over that names nobody, or somebody elsewhere who has not passed it on since.
    """
    found: list[Organisation | None] = []
    holder = first
    for place, each in enumerate(ordered):
        holder = holder_of(
            kind,
            each,
            holder if place else first,
            is_first=not place,
            then=[later.event for later in ordered[place + 1 :]],
        )
        found.append(holder)
    return found


def holder_of(
    kind: Kind, event: Arriving, before: Organisation | None, *, is_first: bool = False, then: Iterable[str] = ()
) -> Organisation | None:
    """Whose an event is: as it says, else whose it was before; then: what happens later. Raises as ``holders``."""
    if event.event not in kind.names.arrivals:
        return event.organisation or before
    changes_hands = kind.names.arrivals[event.event] and not is_first
    holder = event.organisation or (None if changes_hands else before)
    low, high = event.region.range
    is_inside = holder is not None and low <= holder.region.path < high
    rules.may_receive(
        event=Words().event(kind.code, event.event),
        region=event.region.name,
        holder=holder.name if holder is not None else "",
        is_inside=is_inside or (holder is not None and not kind.names.departures.isdisjoint(then)),
    ).or_refuse()
    return holder


def before(latest: Any, head: Any) -> Organisation | None:
    """Whose something is as it stands: its latest event's, else the record's own."""
    found: Organisation | None = head.organisation if latest is None else latest.organisation
    return found
