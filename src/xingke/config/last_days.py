"""What giving older certificates their last day would change, found out by doing it and taking it back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from xingke.accounts.acts import taken_back
from xingke.accounts.models import User
from xingke.base.periods import Period
from xingke.indicators.models import Figure
from xingke.indicators.queries import indicators
from xingke.indicators.queries.drift import Readers, drift
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Value
from xingke.indicators.rules import Indicator
from xingke.ledger import actions
from xingke.ledger.models import RecognitionEvent
from xingke.ledger.queries import titles
from xingke.registry.models import Region
from xingke.reports.models import Document


@dataclass(frozen=True)
class Drifting:
    """A document some of whose figures no longer stand on what they were frozen from. otherwise: those that change."""

    document: Document
    figures: int
    otherwise: Sequence[str]


@dataclass(frozen=True)
class Foreseen:
    """certificates: how many get a day. changes: values before and after; documents: those that would drift."""

    certificates: int
    changes: Sequence[tuple[Value, Value]]
    documents: Sequence[Drifting]


def foreseen(*, by: User, now: datetime) -> Foreseen:
    """What the act would change. Writes nothing. Raises Refused as the act does."""
    missing = titles.without_last_day()
    asked = [each for each in indicators().values() if each.of == titles.KIND.code and each.counts_records]
    regions, periods = _regions(missing), _years(missing, now)
    before = _values(asked, regions, periods)
    with taken_back():
        actions.give_last_days(by=by, now=now)
        after = _values(asked, regions, periods)
        documents = list(_drifting(asked, regions))
    changes = [(old, new) for old, new in zip(before, after, strict=True) if old.amount != new.amount]
    return Foreseen(len(missing), changes, documents)


def _values(asked: Sequence[Indicator], regions: Sequence[Region], periods: Sequence[Period]) -> list[Value]:
    return Reader().values(asked, regions, periods) if regions and periods else []


def _regions(events: Sequence[RecognitionEvent]) -> list[Region]:
    """Where the certificates lie, and what those places belong to."""
    found: dict[int, Region] = {}
    for key in {event.region_id for event in events}:
        region: Region | None = Region.objects.get(pk=key)
        while region is not None and region.pk not in found:
            found[region.pk] = region
            region = region.parent
    return sorted(found.values(), key=lambda region: region.code)


def _years(events: Sequence[RecognitionEvent], now: datetime) -> list[Period]:
    first = min((event.happened_on.year for event in events), default=now.year)
    return [Period.year(year) for year in range(first, now.year + 1)]


def _drifting(asked: Sequence[Indicator], regions: Sequence[Region]) -> Iterator[Drifting]:
    """The newest editions that speak of titles there and whose figures' evidence is another now."""
    codes, places, readers = {each.code for each in asked}, {region.code for region in regions}, Readers()
    known: dict[object, tuple[bool, str]] = {}
    for document in Document.objects.order_by("work", "-edition"):
        figures = [each.figure for each in document.figures.select_related("figure__region")]
        otherwise, count = [], 0
        for figure in figures:
            if not any(part["indicator"] in codes and part["region"] in places for part in figure.parts):
                continue
            if figure.pk not in known:
                known[figure.pk] = _drifted(figure, readers)
            has_drifted, said = known[figure.pk]
            count += has_drifted
            otherwise += [said] if said else []
        if count:
            yield Drifting(document, count, otherwise)


def _drifted(figure: Figure, readers: Readers) -> tuple[bool, str]:
    found = drift(figure, readers=readers)
    said = f"{figure.text} → {found.now.text or '未知'}" if found.has_drifted and found.says_otherwise else ""
    return found.has_drifted, said
