"""Which record of the ledger a row is, and what it adds there."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from xingke.ledger import rules
from xingke.ledger.bulk import listed
from xingke.ledger.incoming import CHANGED, CONFIRMED, NEW, UNCHANGED, VOIDED, Row
from xingke.ledger.incoming_cells import Headers
from xingke.ledger.incoming_contents import DATED, NUMBERED, RENUMBERED, Content, Happened, named_by
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import EventVersion, State
from xingke.registry.models import Organisation
from xingke.registry.rules import Scope

IMPOSSIBLE_TOGETHER = gettext_noop("与台账中已有的经过合不上：失去之前没有取得；请核对各个日期。")
SEVERAL = gettext_noop("台账中有 %(count)d 条记录与此行相符，无法判断是哪一条；请填编号。")
OF_OTHERS = gettext_noop("台账中这条记录属于“%(region)s”，不在您的授权范围内。")
ELSEWHERE = gettext_noop("台账中这条记录在“%(region)s”；跨区划的迁移请用迁入、迁出等事件登记。")
OTHER_HOLDER = gettext_noop("台账中这条记录的单位是“%(name)s”；权利转移请用转让、受让等事件登记。")


class Stored:
    """The records of the ledger that rows may be. entering, signing: where their reader may enter, may confirm."""

    def __init__(self, headers: Headers, key_column: str, *, entering: Scope, signing: Scope) -> None:
        self._headers, self._key_column, self._entering, self._signing = headers, key_column, entering, signing
        self.kind = KINDS[headers.form.kind]

    def open(self, contents: Sequence[Content]) -> None:
        """Load the records the rows may be, with their events: a few queries, however many the rows."""
        subjects: dict[UUID, Any] = {}
        numbers = {each.columns["number"] for each in contents if each.columns.get("number")}
        if self.kind.code in NUMBERED:
            subjects |= self._stored(numbers, "number")
        taken = {each.number for each in subjects.values() if each.state != State.VOID}
        rest = [each for each in contents if each.columns.get("number", "") not in taken]
        firms = {each.firm.pk for each in rest if isinstance(each.firm, Organisation)}
        if self.kind.code != "patent":  # a patent is known by nothing but its number
            subjects |= self._stored(firms, "organisation")
        if any(each.firm is None for each in rest):
            subjects |= self._stored({each.columns["name"] for each in rest if each.firm is None}, "name")
        self._by_number: dict[str, list[Any]] = {}
        self._by_name: dict[tuple[object, ...], list[Any]] = {}
        for each in subjects.values():
            if each.number:
                self._by_number.setdefault(each.number, []).append(each)
            self._by_name.setdefault(self._stored_name(each), []).append(each)
        self._history: dict[UUID, list[Any]] = {}
        if subjects:
            events = self.kind.event._default_manager.filter(subject__in=listed(subjects), seq_to__isnull=True)
            for event in events.select_related("region").order_by("step"):
                self._history.setdefault(event.subject, []).append(event)

    def _stored(self, values: Collection[Any], column: str) -> dict[UUID, Any]:
        if not values:
            return {}
        rows = self.kind.subject._default_manager.filter(**{f"{column}__in": listed(values)}, seq_to__isnull=True)
        return {each.record: each for each in rows.select_related("region", "organisation")}

    def history(self, subject: Any) -> Sequence[Any]:
        """The events in force of a record that was loaded."""
        return self._history.get(subject.record, [])

    def _stored_name(self, subject: Any) -> tuple[object, ...]:
        holder = subject.organisation.key if subject.organisation else subject.region_id
        first = subject.happened_on if self.kind.code in DATED else None
        return (*(getattr(subject, name) for name in self.kind.repeated), holder, subject.name, first)

    def _candidates(self, content: Content) -> list[Any]:
        if not self._by_name:  # nothing of this file stands in the ledger
            return []
        number = content.columns.get("number", "")
        numbered = self._by_number.get(number, []) if number and self.kind.code in NUMBERED else []
        if any(each.state != State.VOID for each in numbered):
            return numbered
        called = self._by_name.get(named_by(self.kind, content), [])
        if self.kind.code not in RENUMBERED:
            called = [each for each in called if not number or not each.number or each.number == number]
        return called or numbered

    def compare(self, row: Row) -> None:
        """Say whether a row is a new record, a known one and what it adds there, or why it cannot be filed."""
        content: Content = row.content
        candidates = self._candidates(content)
        found = [each for each in candidates if each.state != State.VOID]
        if candidates and not found:
            row.refuse(self._key_column, content.columns.get("number", ""), VOIDED)
            return
        if len(found) > 1:
            row.refuse(self._key_column, content.columns.get("number", ""), SEVERAL, count=len(found))
            return
        if not found:
            row.outcome = NEW
            return
        subject = row.stored = found[0]
        if not self._entering.covers(subject.region.path):
            row.refuse(self._key_column, content.columns.get("number", ""), OF_OTHERS, region=subject.region.name)
        elif content.is_region_said and subject.region_id != content.region.pk:
            row.refuse(self._headers.called("region"), content.region.name, ELSEWHERE, region=subject.region.name)
        elif (
            content.firm is not None
            and subject.organisation is not None
            and content.firm.key != subject.organisation.key
        ):
            name = subject.organisation.name
            row.refuse(self._headers.called("organisation"), content.firm.name, OTHER_HOLDER, name=name)
        else:
            self._differ(row, subject, content)

    def _differ(self, row: Row, subject: Any, content: Content) -> None:
        """What the row adds to its record: an empty cell takes nothing away."""
        columns = {name: value for name, value in content.columns.items() if value and getattr(subject, name) != value}
        history = self.history(subject)
        alive = [event for event in history if event.state != State.VOID]
        events: dict[UUID, dict[str, Any]] = {}
        fresh: list[Happened] = []
        for each in content.happened:
            same = [event for event in alive if event.event == each.event]
            exact = next((event for event in same if event.happened_on == each.on), None)
            if exact is None and len(same) == 1 and not each.repeats:
                exact = same[0]
            if exact is None:
                if not _was_voided(each, history):
                    fresh.append(each)
                continue
            said = {"happened_on": each.on, **each.measures}
            if changes := {name: value for name, value in said.items() if getattr(exact, name) != value}:
                events[exact.record] = changes
        if events or fresh:
            after = [
                Happened(event.event, events.get(event.record, {}).get("happened_on", event.happened_on), {}, False)
                for event in alive
            ]
            if not rules.is_possible([*after, *fresh]):
                last = max(content.happened, key=lambda each: each.on)
                row.refuse(self._headers.called(last.event), last.on.isoformat(), IMPOSSIBLE_TOGETHER)
                return
        rewritten = [event for event in alive if event.record in events or (columns.keys() & set(self.kind.repeated))]
        latest = alive[-1:] if fresh else []
        for event in (*rewritten, *latest):
            if not self._entering.covers(event.region.path):
                row.refuse(self._key_column, content.columns.get("number", ""), OF_OTHERS, region=event.region.name)
                return
        touched = [*([subject] if columns else []), *(event for event in alive if event.record in events)]
        if not all(self._may_change(each) for each in touched):
            row.refuse(self._key_column, content.columns.get("number", ""), CONFIRMED)
            return
        row.changes = (columns, events, fresh)
        row.outcome = CHANGED if columns or events or fresh else UNCHANGED

    def _may_change(self, row: Any) -> bool:
        """Whether an import may change what stands: what is confirmed is confirmed anew by who imports."""
        may_confirm = self._signing.covers(row.region.path)
        return rules.may_change_at_once(
            state=row.state, four_eyes=self.kind.names.four_eyes, may_confirm=may_confirm
        ).allowed


def _was_voided(each: Happened, history: Iterable[EventVersion]) -> bool:
    """Whether somebody declared just this void: it does not come back with the next file."""
    return any(
        event.state == State.VOID and (event.event, event.happened_on) == (each.event, each.on) for event in history
    )
