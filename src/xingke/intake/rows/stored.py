"""Which record of the ledger a row is, and what it adds there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_noop

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.sayings import say
from xingke.intake.rows.cells import Headers
from xingke.intake.rows.contents import Content, Happened, file_key, is_person, may_be_another, thing
from xingke.intake.rows.incoming import CHANGED, CONFIRMED, NEW, UNCHANGED, VOIDED, Problem, Row
from xingke.intake.rows.marks import Mark
from xingke.intake.rows.statements import in_unit
from xingke.ledger import queries, rules
from xingke.ledger.actions.bulk import listed
from xingke.ledger.kinds.record_kind import Identity, is_said
from xingke.ledger.models import EventVersion, State
from xingke.ledger.queries.records import thing_of
from xingke.ledger.queries.undoing import are_undone
from xingke.ledger.rules import Thing
from xingke.ledger.tables import TABLES
from xingke.ledger.words import measure_of
from xingke.registry import queries as registry
from xingke.registry.models import Organisation
from xingke.registry.rules import Scope

IMPOSSIBLE_TOGETHER = gettext_noop("与台账中已有的经过合不上：失去之前没有取得；请核对各个日期。")
SEVERAL = gettext_noop("台账中有 %(count)d 条记录与此行相符，无法判断是哪一条；请填编号。")
OF_OTHERS = gettext_noop("台账中这条记录属于您授权范围以外的区划，不能在这里改动。")
ELSEWHERE = gettext_noop("台账中这条记录在“%(region)s”；跨区划的迁移请用迁入、迁出等事件登记。")
OTHER_LEVEL = gettext_noop(
    "同一单位的这项资质已是“%(level)s”且仍有效，一家单位的一项资质只算一项；级别确有变动的，请先在该记录上登记原级别的取消或到期。"
)
SAME_DAY = gettext_noop("台账中同一单位同名同日已有 %(amount)s；是另一笔的请勾选“另一笔”，是更正的请勾选“更正”。")
OTHER_DAY = gettext_noop("台账中同一单位同名的一条是 %(day)s 的；是另一笔的请勾选“另一笔”，是更正的请勾选“更正”。")
SEVERAL_ALIKE = gettext_noop(
    "台账中有 %(count)d 条记录与此行相符，无法判断是哪一条；是另一笔的请勾选“另一笔”，要改动其中一条的请在记录页更正。"
)
STANDS = say("台账中已有同样的一条（来自“%(source)s”），没有再登记；是另一笔的请勾选“另一笔”")
STANDS_AS_ANOTHER = say(
    "台账中已有按另一笔登记的同样一条（来自“%(source)s”），这一行当作那一条，没有再登记；确是又一笔的，请在“另一笔”一列写“又一笔”"
)
ALIKE = say("台账中另有完全相同的一条，这一行按另一笔登记")
RECEIVED_BY_OTHER = gettext_noop("台账中同一天接收的是另一家单位，请核对单位和日期；台账有误的，请在记录页更正。")
HOLDER_NOT_SHOWN = gettext_noop("台账中这条记录的单位是另一家；权利转移请用转让、受让等事件登记。")
OTHER_HOLDER = gettext_noop("台账中这条记录的单位是“%(name)s”；权利转移请用转让、受让等事件登记。")

Changes = Mapping[UUID, Mapping[str, Any]]  # by event that stands: its columns that a row says otherwise


class Stored:
    """The records of the ledger that rows may be.

    entering, signing: where ``by`` may enter, may confirm. source: the file, as records filed from it name it.
    """

    def __init__(
        self, headers: Headers, key_column: str, *, by: User, entering: Scope, signing: Scope, source: str
    ) -> None:
        self._headers, self._key_column, self._entering, self._signing = headers, key_column, entering, signing
        self._reading, self._source = registry.scope(by, Permission.ORGANISATION_READ), source[:200]
        self.kind = TABLES[headers.form.kind]
        self._identity = self.kind.names.identity
        self._is_numbered = self._identity in (Identity.NUMBER, Identity.RENEWED)

    def open(self, contents: Sequence[Content]) -> None:
        """Load the records the rows may be, with their events: a few queries, however many the rows."""
        subjects: dict[UUID, Any] = {}
        numbers = {each.columns["number"] for each in contents if each.columns.get("number")}
        if self._is_numbered:
            subjects |= self._stored(numbers, "number")
        taken = {each.number for each in subjects.values() if each.state != State.VOID}
        rest = [each for each in contents if each.columns.get("number", "") not in taken]
        firms = {each.firm.pk for each in rest if isinstance(each.firm, Organisation)}
        if not self.kind.names.is_holder_told:  # of one name there are thousands, of one day a few
            subjects |= self._of_days(rest)
        elif self.kind.code != "patent":  # a patent is known by nothing but its number
            subjects |= self._stored(firms, "organisation")
        if self.kind.names.is_holder_told and any(each.firm is None for each in rest):
            subjects |= self._stored({each.columns["name"] for each in rest if each.firm is None}, "name")
        self._taken: set[UUID] = set()
        self._by_number: dict[str, list[Any]] = {}
        self._by_name: dict[tuple[object, ...], list[Any]] = {}
        for each in subjects.values():
            if each.number:
                self._by_number.setdefault(each.number, []).append(each)
            self._by_name.setdefault(self._stored_thing(each).named, []).append(each)
        self._history: dict[UUID, list[Any]] = {}
        if subjects:
            events = self.kind.event._default_manager.filter(subject__in=listed(subjects), seq_to__isnull=True)
            for event in events.select_related("region", "organisation").order_by("step"):
                self._history.setdefault(event.subject, []).append(event)

    def _stored(self, values: Collection[Any], column: str) -> dict[UUID, Any]:
        return self._found(Q(**{f"{column}__in": listed(values)})) if values else {}

    def _of_days(self, contents: Iterable[Content]) -> dict[UUID, Any]:
        days: dict[int, set[date]] = {}
        for each in contents:
            days.setdefault(each.region.pk, set()).update(happened.on for happened in each.happened)
        wanted = Q(pk__in=())
        for region, own in days.items():
            wanted |= Q(region=region, happened_on__in=own)
        return self._found(wanted)

    def _found(self, wanted: Q) -> dict[UUID, Any]:
        """What was taken back is as if it never stood: the same file may be handed over again."""
        rows = self.kind.subject._default_manager.filter(wanted, seq_to__isnull=True)
        found = list(
            rows.select_related("region", "organisation__region", "person__merged_into__region", "person__region")
        )
        gone = are_undone(found)
        return {each.record: each for each in found if each.record not in gone}

    def history(self, subject: Any) -> Sequence[Any]:
        """The events in force of a record that was loaded."""
        return self._history.get(subject.record, [])

    def thing(self, content: Content) -> Thing:
        """What a row speaks of."""
        return thing(self.kind, content, is_named=queries.is_named(self.kind, content.columns))

    def key(self, content: Content) -> object:
        """What no two rows of a file may share."""
        return file_key(self.kind, content, is_named=queries.is_named(self.kind, content.columns))

    def _stored_thing(self, subject: Any) -> Thing:
        fields = {name: getattr(subject, name) for name in self.kind.repeated}
        return thing_of(self.kind, subject, is_named=queries.is_named(self.kind, fields))

    def _candidates(self, content: Content) -> list[Any]:
        if not self._by_name:  # nothing of this file stands in the ledger
            return []
        number, mine = content.columns.get("number", ""), self.thing(content)
        numbered = self._by_number.get(number, []) if number and self._is_numbered else []
        if any(each.state != State.VOID for each in numbered):
            return numbered
        called = self._by_name.get(mine.named, [])
        called = [each for each in called if rules.same_thing(self.kind.names, mine, self._stored_thing(each))]
        return self._of_one_level(content, called) or numbered

    def _of_one_level(self, content: Content, called: list[Any]) -> list[Any]:
        """Of titles of several levels that stand already side by side, the one of the row's."""
        alike = [each for each in called if each.level == content.columns["level"]] if self._is_renewed else []
        return alike or called

    @property
    def _is_renewed(self) -> bool:
        return self._identity is Identity.RENEWED

    def compare(self, row: Row) -> None:
        """Say whether a row is a new record, a known one and what it adds there, or why it cannot be filed."""
        content: Content = row.content
        candidates = self._candidates(content)
        found = [each for each in candidates if each.state != State.VOID]
        if candidates and not found:
            row.refuse(self._key_column, content.columns.get("number", ""), VOIDED)
            return
        is_alike = may_be_another(self.kind, content.columns.get("number", ""))
        if is_alike:
            found = self._told_apart(row, content, found)
        if len(found) > 1:
            remedy = SEVERAL_ALIKE if is_alike else SEVERAL
            row.refuse(self._key_column, content.columns.get("number", ""), remedy, count=len(found))
            return
        if found and self._is_renewed and found[0].level != content.columns["level"]:
            if self._is_open(found[0], content):
                self._refuse_level(row, found[0])
                return
            found = []  # of another level, and over: the row is another title
        if not found:
            row.outcome = NEW
            return
        row.stored = found[0]
        self._compare_with(row, found[0], content)

    def _compare_with(self, row: Row, subject: Any, content: Content) -> None:
        """What a row adds to the record that it is; refused where that is elsewhere, or of others, and was not taken over."""
        if self._takes_over(subject, content):
            self._add_since_arrival(row, subject, content)
        elif not self._entering.covers(subject.region.path):
            row.refuse(self._key_column, content.columns.get("number", ""), OF_OTHERS)
        elif content.is_region_said and subject.region_id != content.region.pk:
            row.refuse(self._headers.called("region"), content.region.name, ELSEWHERE, region=subject.region.name)
        elif (
            content.firm is not None
            and subject.organisation is not None
            and content.firm.key != subject.organisation.key
        ):
            name, holder = self._headers.called("organisation"), subject.organisation
            is_shown = self._reading.covers(holder.region.path) or holder.pk in self._reading.organisations
            row.refuse(name, content.firm.name, OTHER_HOLDER if is_shown else HOLDER_NOT_SHOWN, name=holder.name)
        else:
            self._differ(row, subject, content)

    def _takes_over(self, subject: Any, content: Content) -> bool:
        """Whether a row says that its holder, or its region, got by its own number what stands as somebody else's."""
        number = content.columns.get("number", "")
        if not any(each.event in self.kind.names.arrivals for each in content.happened) or content.firm is None:
            return False
        is_other = subject.region_id != content.region.pk
        if subject.organisation is not None:
            is_other = is_other or content.firm.key != subject.organisation.key
        return is_other and bool(number) and subject.number == number

    def _add_since_arrival(self, row: Row, subject: Any, content: Content) -> None:
        """What a row adds from the day on which its holder took over what stands elsewhere: the rest is not theirs to say."""
        since = min(each.on for each in content.happened if each.event in self.kind.names.arrivals)
        history = self.history(subject)
        alive = [event for event in history if event.state != State.VOID]
        events: dict[UUID, dict[str, Any]] = {}
        fresh: list[Happened] = []
        for each in (each for each in content.happened if each.on >= since):
            exact = self._same_event(each, alive)
            if exact is None:
                fresh += [] if _was_voided(each, history) else [each]
            elif self._is_unnamed(exact, content):
                events[exact.record] = {"organisation": content.firm}
            elif each.event in self.kind.names.arrivals and self._is_anothers(exact, content):
                row.refuse(
                    self._headers.called("organisation"), self._headers.said(row, "organisation"), RECEIVED_BY_OTHER
                )
                return
        if fresh and not self._is_possible(row, alive, {}, fresh, last=max(fresh, key=lambda each: each.on)):
            return
        row.changes = ({}, events, fresh)
        row.outcome = CHANGED if events or fresh else UNCHANGED

    def _is_unnamed(self, event: Any, content: Content) -> bool:
        """Whether an event of the row's region says not yet whose it is, and the row may say it."""
        return (
            event.organisation_id is None
            and isinstance(content.firm, Organisation)
            and event.region_id == content.region.pk
            and self._may_change(event)
        )

    def _is_anothers(self, event: Any, content: Content) -> bool:
        """Whether what a row says its holder took over is said to have been taken over by somebody else."""
        return (
            event.organisation is not None and content.firm is not None and event.organisation.key != content.firm.key
        )

    def _is_possible(
        self, row: Row, alive: Sequence[Any], changes: Changes, fresh: Sequence[Happened], *, last: Happened
    ) -> bool:
        """Whether a history with its changes and fresh events can be; else the row is refused, at its last event."""
        after = [*(_as_changed(event, changes.get(event.record, {})) for event in alive), *fresh]
        if not rules.is_possible(self.kind.names, after):
            row.refuse(self._headers.called(last.event), last.on.isoformat(), IMPOSSIBLE_TOGETHER)
            return False
        if wrong := rules.out_of_order(self.kind.names, after, said=self._headers.called):
            row.problems.append(Problem.of(str(wrong.values["after"]), str(wrong.values["later"]), wrong))
            return False
        return True

    def _told_apart(self, row: Row, content: Content, found: list[Any]) -> list[Any]:
        """Which of the records that may say the same of everything a row is: none if it is one more.

        A record is changed by one row of a file only; any number may say what it says already.
        """
        exact = sorted((each for each in found if self._says_exactly(each, content)), key=is_another)
        if content.mark.another:
            return self._one_more(row, exact, content.mark)
        if exact:
            return exact[:1]
        left = [each for each in found if each.record not in self._taken]
        if content.person is not None:
            known = [each for each in left if is_person(each.person, content.person)]
            left = known or [each for each in left if each.person is None][:1]
        if len(left) > 1:
            of_its_days = [each for each in left if self._has_a_day(each, content)]
            if not of_its_days and all(each.repeats for each in content.happened):
                return []
            left = [each for each in of_its_days or left if not is_another(each)] or of_its_days or left
        if len(left) == 1:
            self._taken.add(left[0].record)
        return left

    def _one_more(self, row: Row, exact: Sequence[Any], mark: Mark) -> list[Any]:
        """The record a row that is one more fact was filed as already, by this row or as one more of any file."""
        place = (self._source, place_of(row, is_another=False))
        mine = [
            each
            for each in exact
            if each.record not in self._taken and self._is_this_one(each, place, is_once_more=mark.once_more)
        ][:1]
        self._taken |= {each.record for each in mine}
        if exact and not mine:
            row.notes.append(ALIKE)
        return mine

    def _is_this_one(self, subject: Any, place: tuple[str, str], *, is_once_more: bool) -> bool:
        """Whether a record may be what a row that is one more fact was filed as."""
        if is_once_more:
            return bool(subject.source == place[0])
        return is_another(subject) or (subject.source, subject.source_place) == place

    def _has_a_day(self, subject: Any, content: Content) -> bool:
        """Whether something a row says happened to a record on the same day."""
        days = {(event.event, event.happened_on) for event in self.history(subject) if event.state != State.VOID}
        return any((each.event, each.on) in days for each in content.happened)

    def _says_exactly(self, subject: Any, content: Content) -> bool:
        """Whether a record says all that a row says, and of the same days no other amount."""
        if subject.region_id != content.region.pk or any(
            is_said(value) and getattr(subject, name) != value for name, value in content.columns.items()
        ):
            return False
        if content.person is not None and not is_person(subject.person, content.person):
            return False
        alive = [event for event in self.history(subject) if event.state != State.VOID]
        return all(
            any(
                (event.event, event.happened_on) == (each.event, each.on)
                and all(getattr(event, name) == each.measures.get(name) for name in self.kind.measures)
                for event in alive
            )
            for each in content.happened
        )

    def _differ(self, row: Row, subject: Any, content: Content) -> None:
        """What the row adds to its record: an empty cell takes nothing away."""
        columns: dict[str, Any] = {
            name: value for name, value in content.columns.items() if is_said(value) and getattr(subject, name) != value
        }
        if content.person is not None and subject.person is None and self._may_change(subject):
            columns["person"] = content.person  # it was filed before anybody said who it is
        alive = [event for event in self.history(subject) if event.state != State.VOID]
        differing = self._differing_events(row, subject, content)
        if differing is None:
            return
        events, fresh = differing
        if self._is_renewed:
            fresh = self._as_renewals(subject, content, alive, fresh)
            content.happened = [self._as_filed(each, alive, fresh) for each in content.happened]
            columns = self._without_certificates(subject, content, alive, columns, fresh)
        if events or fresh:
            last = max(content.happened, key=lambda each: each.on)
            if not self._is_possible(row, alive, events, fresh, last=last):
                return
        if forbidden := self._forbidden(subject, alive, columns, events, fresh):
            row.refuse(self._key_column, content.columns.get("number", ""), forbidden)
            return
        row.changes = (columns, events, fresh)
        row.outcome = CHANGED if columns or events or fresh else UNCHANGED
        is_alike = may_be_another(self.kind, content.columns.get("number", ""))
        if row.outcome == UNCHANGED and is_alike and self._source and subject.source != self._source:
            told = STANDS_AS_ANOTHER if content.mark.another else STANDS
            row.notes.append(told.filled(source=subject.source))

    def _differing_events(
        self, row: Row, subject: Any, content: Content
    ) -> tuple[dict[UUID, dict[str, Any]], list[Happened]] | None:
        """What a row changes in the events of its record, and those it adds; None where it is refused."""
        history = self.history(subject)
        alive = [event for event in history if event.state != State.VOID]
        events: dict[UUID, dict[str, Any]] = {}
        fresh: list[Happened] = []
        for each in content.happened:
            exact = self._same_event(each, alive)
            if exact is None:
                fresh += [] if _was_voided(each, history) else [each]
                continue
            said = {"happened_on": each.on, **each.columns}
            changes = {name: value for name, value in said.items() if getattr(exact, name) != value}
            if not changes:
                continue
            if self._exceeds(row, each, exact, changes) or self._may_be_another(row, content, exact, changes):
                return None
            events[exact.record] = changes
        return events, fresh

    def _exceeds(self, row: Row, each: Happened, event: Any, changes: Mapping[str, Any]) -> bool:
        """Refuse a row that makes a part more than its whole: of the two, the row may say one and the ledger the other."""
        standing = {name: getattr(event, name) for name in self.kind.measures}
        over = rules.exceeding(self.kind.names, {**standing, **changes})
        if over is None:
            return False
        parts, whole = over
        called = tuple(self._headers.called(f"{each.event} {name}") for name in parts)
        told = rules.MORE_THAN_WHOLE.filled(part=called, whole=self._headers.called(f"{each.event} {whole}"))
        row.problems.append(Problem.of(called[0], "", told))
        return True

    def _forbidden(
        self,
        subject: Any,
        alive: Sequence[Any],
        columns: Mapping[str, Any],
        events: Changes,
        fresh: Sequence[Happened],
    ) -> str:
        """Why what a row changes and adds is not for this person to file; "" where it is."""
        changed = [event for event in alive if event.record in events]
        rewritten = alive if columns.keys() & set(self.kind.repeated) else changed  # events repeat those columns
        latest = alive[-1:] if fresh else []
        if not all(self._entering.covers(event.region.path) for event in (*rewritten, *latest)):
            return OF_OTHERS
        touched = [*([subject] if columns else []), *changed]
        return "" if all(self._may_change(each) for each in touched) else CONFIRMED

    def _may_be_another(self, row: Row, content: Content, event: Any, changes: Mapping[str, Any]) -> bool:
        """Refuse a row that would change an amount or a day of what may be another fact, unless it says that it does."""
        if content.mark.correction or not may_be_another(self.kind, content.columns.get("number", "")):
            return False
        for name in self.kind.measures:
            if name in changes and (stands := getattr(event, name)) is not None:
                taken = self._headers.taken[f"{event.event} {name}"]
                unit = taken.unit or measure_of(name).units[-1]
                row.refuse(taken.header, in_unit(changes[name], unit), SAME_DAY, amount=in_unit(stands, unit))
                return True
        if "happened_on" in changes:
            day = changes["happened_on"].isoformat()
            row.refuse(self._headers.called(event.event), day, OTHER_DAY, day=event.happened_on.isoformat())
            return True
        return False

    def _same_event(self, each: Happened, alive: Sequence[Any]) -> Any:
        """The event that stands and is the row's; None where it is a further one."""
        alike = self.kind.names.certifying if each.event in self.kind.names.certifying else (each.event,)
        same = [event for event in alive if event.event in alike]
        exact = next((event for event in same if event.happened_on == each.on), None)
        return same[0] if exact is None and len(same) == 1 and not each.repeats else exact

    # ── certificates ──

    def is_unapplied(self, row: Row) -> bool:
        """Whether a row that would be filed brings a certificate for which no application is held."""
        fresh: Sequence[Happened] = row.content.happened if row.outcome == NEW else ()
        if row.outcome == CHANGED:
            fresh = row.changes[2]
        stand = [event for event in self.history(row.stored) if event.state != State.VOID] if row.stored else []
        if not any(each.event in self.kind.names.certifying for each in fresh):
            return False
        steps = rules.effects(
            self.kind.names, [*(Happened(event.event, event.happened_on, {}, False) for event in stand), *fresh]
        )
        return any(step.origin == "announced" and step.happening in fresh for step in steps)

    def _is_open(self, subject: Any, content: Content) -> bool:
        """Whether a title that stands is held, or being applied for, when the row's first event happens."""
        first = min(each.on for each in content.happened)
        return rules.is_open(
            self.kind.names,
            [
                Happened(event.event, event.happened_on, {"until": event.until}, False)
                for event in self.history(subject)
                if event.state != State.VOID
            ],
            first,
        )

    def _refuse_level(self, row: Row, subject: Any) -> None:
        words = registry.term(self.kind.field_list("level"), subject.level)
        level = words.label.zh if words else subject.level
        row.refuse(self._headers.called("level"), self._headers.said(row, "level"), OTHER_LEVEL, level=level)

    def _as_renewals(
        self, subject: Any, content: Content, alive: Sequence[Any], fresh: Sequence[Happened]
    ) -> list[Happened]:
        """Certificates of a row for a title that stands: each with its number; one that follows another renews it."""
        number = content.columns.get("number", "")
        last = max((each.on for each in content.happened if each.event in self.kind.names.certifying), default=None)
        before = [Happened(event.event, event.happened_on, {"until": event.until}, False) for event in alive]
        found = []
        for each in fresh:
            if each.event in self.kind.names.certifying:
                own = {"certificate": number} if each.on == last and number else {}
                event = rules.renewal_of(self.kind.names, before, each.on, each.event)
                each = each._replace(event=event, measures={**own, **each.measures})
            found.append(each)
        return found

    def _as_filed(self, each: Happened, alive: Sequence[Any], fresh: Sequence[Happened]) -> Happened:
        """An event of a row as the ledger has it, or will: a further certificate is a renewal."""
        if each.event not in self.kind.names.certifying:
            return each
        stands = self._same_event(each, alive)
        mine = next((one for one in fresh if one.on == each.on and one.event in self.kind.names.certifying), each)
        return each._replace(event=stands.event) if stands is not None else mine

    def _without_certificates(
        self, subject: Any, content: Content, alive: Sequence[Any], columns: dict[str, Any], fresh: Sequence[Happened]
    ) -> dict[str, Any]:
        """What of a title itself the row changes: a number is that of its certificate, an unsaid name no name."""
        label = registry.term(self.kind.field_list("title"), subject.title)
        if label is not None and columns.get("name") == label.label.zh:
            del columns["name"]
        given = [each for each in content.happened if each.event in self.kind.names.certifying]
        stand = [event for event in alive if event.event in self.kind.names.certifying]
        if "number" in columns and given and stand:
            last, mine = max(stand, key=lambda event: event.happened_on), max(given, key=lambda each: each.on)
            if (
                mine in fresh
                or any(each.event in self.kind.names.certifying for each in fresh)
                or mine.on != last.happened_on
            ):
                del columns["number"]
        return columns

    def _may_change(self, row: Any) -> bool:
        """Whether an import may change what stands: what is confirmed is confirmed anew by who imports."""
        may_confirm = self._signing.covers(row.region.path)
        return rules.may_change_at_once(
            state=row.state, four_eyes=self.kind.names.four_eyes, may_confirm=may_confirm
        ).allowed


_ANOTHER = "（另一笔）"


def place_of(row: Row, *, is_another: bool | None = None) -> str:
    """Where in its file a record stands, and whether somebody said that it is one more of what looks the same."""
    said_so = row.content.mark.another if is_another is None else is_another
    return f"第 {row.number} 行{_ANOTHER if said_so else ''}"


def is_another(subject: Any) -> bool:
    """Whether a record was filed as one more of what looks the same."""
    return str(subject.source_place).endswith(_ANOTHER)


def _as_changed(event: Any, changes: Mapping[str, Any]) -> Happened:
    """An event that stands, with the days it would have."""
    until = changes.get("until", getattr(event, "until", None))
    return Happened(event.event, changes.get("happened_on", event.happened_on), {"until": until}, False)


def _was_voided(each: Happened, history: Iterable[EventVersion]) -> bool:
    """Whether somebody declared just this void: it does not come back with the next file."""
    return any(
        event.state == State.VOID and (event.event, event.happened_on) == (each.event, each.on) for event in history
    )
