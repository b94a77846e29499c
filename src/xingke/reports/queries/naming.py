"""Names in documents: the records behind an indicator, said by name, each with the version that was read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from xingke.base.periods import Period
from xingke.base.sayings import NOTHING, Saying, say
from xingke.indicators.queries.aspects import why_unknown
from xingke.indicators.queries.contributions import Contribution, contributions
from xingke.indicators.queries.reader import Reader
from xingke.ledger.models import EventVersion, State, Version
from xingke.ledger.queries import current_subjects
from xingke.ledger.tables import TABLES, Kind
from xingke.press import tree
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.reports.rules import NameList


@dataclass(frozen=True)
class Named:
    """Some records by name, in order; is_all: no other stands behind the indicator."""

    mentions: tuple[tree.Mention, ...]
    between: str
    is_all: bool

    @property
    def inlines(self) -> Iterator[tree.Inline]:
        """The names with what parts them, and 等 where there are more."""
        for at, mention in enumerate(self.mentions):
            if at:
                yield self.between
            yield mention
        if not self.is_all:
            yield "等"


def name_records(reader: Reader, names: NameList, region: Region, period: Period) -> tuple[Named | None, Saying]:
    """The records behind an indicator by name, as the reader sees them; None and why where there is nothing to name."""
    value = reader.value(reader.indicator(names.indicator, region=region), region, period)
    if not value.is_known:
        return None, why_unknown(value)
    leaves = [leaf for leaf in reader.leaves(value) if leaf.amount]
    if not leaves:
        return None, NOTHING
    if any(leaf.route != "records" for leaf in leaves):
        return None, say("“%(name)s”是上报数，没有台账记录，列不出名单。", name=value.indicator.label)
    limit = names.most + 1 if names.order == "newest" else None
    found = [each for leaf in leaves for each in contributions(leaf, seq=reader.seq, limit=limit) if each.event]
    kind = TABLES[value.indicator.of]
    mentions: dict[str, tree.Mention] = {}
    for each in sorted(found, key=_ORDERS[names.order]):
        text = _said(names.pattern, kind, each.event, each.subject)
        if text and text not in mentions:
            record = str(UUID(each.evidence.record))
            mentions[text] = tree.Mention(text=text, kind=kind.code, record=record, version=each.evidence.version)
    shown = tuple(mentions.values())[: names.most]
    return (Named(shown, names.between, is_all=len(shown) == len(mentions)), NOTHING) if shown else (None, NOTHING)


def _day(each: Contribution) -> int:
    assert each.event is not None  # those without were left out
    return each.event.happened_on.toordinal()


_ORDERS = {
    "oldest": lambda each: (_day(each), each.evidence.record),
    "newest": lambda each: (-_day(each), each.evidence.record),
    "largest": lambda each: (-each.amount, _day(each), each.evidence.record),
}
_FIELD = re.compile(r"\{([^{}]*)\}")


def _said(pattern: str, kind: Kind, event: EventVersion | None, subject: Version | None) -> str:
    """One record by a pattern; without one its organisation, or else what it is called. Empty where a field is."""
    if event is None:
        return ""
    organisation = event.organisation.name if event.organisation else ""
    name = getattr(subject, "name", "")
    if not pattern:
        return organisation or name
    fields = {
        "organisation": organisation,
        "name": name,
        "event": registry.term_label(kind.event_list, event.event, "zh"),
        "month": f"{event.happened_on.month}月",
        "day": f"{event.happened_on.month}月{event.happened_on.day}日",
        **{each: registry.term_label(kind.field_list(each), getattr(event, each), "zh") for each in kind.repeated},
    }
    wanted = _FIELD.findall(pattern)
    if not all(fields[each] for each in wanted):
        return ""
    return _FIELD.sub(lambda found: fields[found[1]], pattern)


def changed_names(mentions: Iterable[tree.Mention]) -> list[tuple[tree.Mention, str]]:
    """The names whose record was corrected or voided since, each with what it is called now.

    A name that the record no longer gives is said to be nothing. A few queries per kind.
    """
    found: list[tuple[tree.Mention, str]] = []
    by_kind: dict[str, list[tree.Mention]] = {}
    for mention in dict.fromkeys(mentions):
        by_kind.setdefault(mention.kind, []).append(mention)
    for code, some in by_kind.items():
        kind = TABLES[code]
        rows = kind.event._default_manager.filter(
            record__in=[UUID(mention.record) for mention in some], seq_to__isnull=True
        ).select_related("organisation")
        current = {row.record: row for row in rows}
        subjects = current_subjects(kind, {row.subject for row in current.values()})
        for mention in some:
            row = current.get(UUID(mention.record))
            now = _now(row, subjects.get(row.subject) if row else None)
            if row is None or row.version != mention.version or not any(each and each in mention.text for each in now):
                found.append((mention, "、".join(filter(None, now))))
    return found


def lost_names(mentions: Iterable[tree.Mention]) -> set[str]:
    """The names that their records do not give any more: renamed or void. A correction of anything else keeps a name."""
    changed = ((mention.text, now.split("、") if now else []) for mention, now in changed_names(mentions))
    return {text for text, names in changed if not any(name in text for name in names)}


def _now(event: EventVersion | None, subject: Version | None) -> tuple[str, ...]:
    """What a record is called now: its organisation, and its own name; nothing for one that is void."""
    if event is None or event.state != State.CONFIRMED or subject is None or subject.state == State.VOID:
        return ()
    return tuple(filter(None, (event.organisation.name if event.organisation else "", getattr(subject, "name", ""))))
