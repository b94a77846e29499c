"""Rows of records with a history: what each says, which record it is, and what that adds to the ledger."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base import codes
from xingke.base.keys import derived_key
from xingke.base.quantities import Quantity, Unit
from xingke.base.refusals import Refused
from xingke.ledger import rules
from xingke.ledger.actions import NewEvent, NewHistory, file_histories
from xingke.ledger.amending import Amendment, amend_histories
from xingke.ledger.incoming import (
    CHANGED,
    CONFIRMED,
    EMPTY,
    NEW,
    OUTSIDE,
    TOO_LONG,
    UNCHANGED,
    VOIDED,
    Brief,
    Filing,
    Options,
    Row,
)
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import EventVersion, State
from xingke.ledger.sheets import SheetForm, Taken, Understood
from xingke.ledger.words import Words
from xingke.registry import queries as registry
from xingke.registry.actions import NewOrganisation, enter_organisations
from xingke.registry.models import Organisation, Region
from xingke.registry.rules import Scope

T = TypeVar("T")

# The kinds in which a number names one thing. Elsewhere it is that of a document which may speak of many.
NUMBERED = frozenset({"recognition", "patent", "project", "contract", "award"})
RENUMBERED = frozenset({"recognition"})  # a title gets another certificate when it is renewed
DATED = frozenset({"activity", "milestone"})  # of one name there are many, on different days
HELD_BY_SOMEBODY = frozenset({"recognition", "patent"})

NO_REGION = gettext_noop("没有这个区划，请填全称或六位代码。")
REGION_UNSAID = gettext_noop("没有写明区划；请补充区划一列，或在上传时选择区划。")
SAME_REGIONS = gettext_noop("有 %(count)d 个同名区划，请填六位代码。")
NO_FIRM = gettext_noop("“%(region)s”没有这个单位；请核对全称和统一社会信用代码，或先登记该单位。")
OTHER_CODE = gettext_noop("前面的行给“%(name)s”写的代码是 %(code)s，同名的单位请先分别登记。")
OTHER_FIRM = gettext_noop("代码 %(code)s 登记的单位是“%(name)s”，请核对名称或代码。")
SAME_FIRMS = gettext_noop("“%(region)s”有 %(count)d 个同名单位，请填统一社会信用代码。")
NOT_OF_CODE = gettext_noop("统一社会信用代码应为 18 位数字和大写字母，不含 I、O、S、V、Z。")
OTHER_CHECK = "第 %(row)d 行：统一社会信用代码 %(code)s 的校验位不符，仍可登记，请对照营业执照核对。"
FIRM_UNSAID = gettext_noop("请填单位全称或统一社会信用代码。")
NO_TERM = gettext_noop("不在代码表中，可写：%(known)s。")
NO_DAY = gettext_noop("不是日期，请写成 2024-03-05。")
NO_DAY_ONLY_MONTH = gettext_noop("只有年月，请写到日，如 2024-03-05。")
SERIAL_DAY = gettext_noop("像是日期被存成了数值，请把该列设为日期格式后重新填写。")
FUTURE = gettext_noop("在今天之后；还没有发生的事不能登记。")
NO_AMOUNT = gettext_noop("不是可以精确保存的数字，请只填数字，单位写在列名里。")
NEGATIVE = gettext_noop("不能是负数。")
AMOUNT_ALONE = gettext_noop("有数量而没有日期，请填“%(day)s”。")
NOTHING_HAPPENED = gettext_noop("没有任何日期；至少要填一个。")
NO_PATENT = gettext_noop("不是专利申请号；应为 9 位或 13 位，如 202310123456.7。")
OTHER_FORM = gettext_noop("申请号表示的是“%(form)s”，与专利类型不一致。")
IMPOSSIBLE = gettext_noop("这样的经过不能发生：失去之前没有取得；请补上取得的日期。")
IMPOSSIBLE_TOGETHER = gettext_noop("与台账中已有的经过合不上：失去之前没有取得；请核对各个日期。")
SEVERAL = gettext_noop("台账中有 %(count)d 条记录与此行相符，无法判断是哪一条；请填编号。")
OF_OTHERS = gettext_noop("台账中这条记录属于“%(region)s”，不在您的授权范围内。")
ELSEWHERE = gettext_noop("台账中这条记录在“%(region)s”；跨区划的迁移请用迁入、迁出等事件登记。")
OTHER_HOLDER = gettext_noop("台账中这条记录的单位是“%(name)s”；权利转移请用转让、受让等事件登记。")


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


class Firms:
    """The organisations a file speaks of, found by credit code or by exact name in the region."""

    def __init__(self, said: Iterable[tuple[str, str]]) -> None:
        names: set[str] = set()
        numbers: set[str] = set()
        for name, code in said:
            names |= {name, _close(name), _wide(_close(name))} if name else set()
            numbers |= {codes.normalise_code(code)} if code else set()
        self.by_code: dict[str, Organisation] = {}
        self.by_name: dict[str, list[Organisation]] = {}
        self.fresh: dict[tuple[int, str], NewOrganisation] = {}
        for part in chunks(sorted(numbers), 900):
            self.by_code |= {each.credit_code: each for each in _known().filter(credit_code__in=part)}
        for part in chunks(sorted(names), 900):
            for each in _known().filter(name__in=part):
                self.by_name.setdefault(_close(each.name), []).append(each)

    def called(self, name: str, region: Region) -> list[Organisation]:
        """The organisations of a name in a region."""
        return [each for each in self.by_name.get(_close(name), ()) if each.region_id == region.pk]

    def other_code(self, name: str, code: str, region: Region) -> str:
        """The code another row gives the organisation to be entered under that name; "" where it agrees."""
        known = self.fresh.get((region.pk, _close(name)))
        return known.credit_code if known is not None and code and known.credit_code not in ("", code) else ""

    def is_wanted(self, name: str, region: Region) -> bool:
        """Whether another row has an organisation entered under that name."""
        return (region.pk, _close(name)) in self.fresh

    def new(self, name: str, code: str, region: Region) -> NewOrganisation:
        """The organisation to be entered under a name; the same one for every row that means it."""
        known = self.fresh.get((region.pk, _close(name)))
        if known is None or (code and not known.credit_code):
            known = self.fresh[region.pk, _close(name)] = NewOrganisation(
                key=derived_key("organisation", region.code, _close(name)), name=name, region=region, credit_code=code,
                is_fictional=region.is_fictional,
            )  # fmt: skip
        return known


def _known() -> QuerySet[Organisation]:
    return Organisation.objects.select_related("zone")


def _close(name: str) -> str:
    """A name as names are compared: half width, without blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def _wide(name: str) -> str:
    return name.replace("(", "（").replace(")", "）")


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in lists of at most that size."""
    stream = iter(values)
    while part := list(islice(stream, size)):
        yield part


class HistoryReader:
    """See ``incoming.Reader``."""

    def __init__(self, form: SheetForm, understood: Understood, *, by: User, options: Options) -> None:
        self.form = form
        self.kind = KINDS[form.kind]
        self.remarks: list[str] = []
        self._taken = understood.taken
        self._entering = registry.scope(by, Permission.RECORD_ENTER)
        self._editing = registry.scope(by, Permission.ORGANISATION_EDIT) if options.new_organisations else Scope()
        at_once = options.confirmed and not self.kind.names.four_eyes  # nobody confirms what they file of those
        self._signing = registry.scope(by, Permission.RECORD_CONFIRM)
        self._confirming = self._signing if at_once else Scope()
        self._usual = registry.regions_by_code([options.region]).get(options.region) if options.region else None
        self._today = timezone.localdate()
        self._days: dict[str, date | str] = {}
        self._entered: dict[UUID, Organisation] = {}
        self._digits = {each.number_digit: each for each in registry.terms("patent_form").values() if each.number_digit}
        self.key_column = self._header("number") if "number" in self._taken else self._header("name")
        self._terms = {name: self._vocabulary(name) for name in self.kind.repeated}
        self._columns = [
            (name, self._place(name), self.kind.column(name).max_length or 0, self._is_required(name))
            for name in self.kind.details
        ]
        self._events = [
            (column.event, self._taken[column.role], column.repeats, self._measures_of(column.event))
            for column in form.events
            if column.role in self._taken
        ]

    def _place(self, role: str) -> int | None:
        taken = self._taken.get(role)
        return taken.place if taken else None

    def _header(self, role: str) -> str:
        """What the file calls a column; what the template calls it where the file has none."""
        if role in self._taken:
            return self._taken[role].header
        return next((each.headers[0] for each in self.form.column if each.role == role), role)

    def _is_required(self, role: str) -> bool:
        return any(each.role == role and each.required for each in self.form.column)

    def _measures_of(self, event: str) -> list[tuple[str, Taken]]:
        roles = ((measure, f"{event} {measure}") for measure in KINDS[self.form.kind].measures)
        return [(measure, self._taken[role]) for measure, role in roles if role in self._taken]

    def _vocabulary(self, name: str) -> dict[str, str]:
        """Ways to write a code of a field → the code."""
        known: dict[str, str] = {}
        for term in registry.terms(self.kind.field_list(name)).values():
            known |= {each.lower(): term.code for each in (term.code, term.label.zh, term.label.en)}
        for column in self.form.column:
            if column.to == name:
                known |= {_close(words).lower(): code for words, code in column.values.items()}
        return known

    # ── reading ──

    def read(self, rows: Sequence[Row]) -> None:
        places = {name: self._place(name) for name in ("region", "region_code", "organisation", "credit_code")}
        said = [tuple("" if place is None else _text(row.cells[place]) for place in places.values()) for row in rows]
        self._open_regions(said)
        self._firms = Firms((name, code) for _region, _code, name, code in said)
        for row, (region, code, name, credit) in zip(rows, said, strict=True):
            place = self._region(row, region, code)
            firm = self._firm(row, name, credit, place)
            columns = self._columns_of(row, name, firm)
            happened = self._happened(row)
            if not row.problems and place is not None:
                row.content = Content(place, bool(region or code), firm, columns, happened)

    def _open_regions(self, said: Sequence[tuple[str, ...]]) -> None:
        words = {word for region, code, *_rest in said for word in (region, code) if word}
        self._regions: dict[str, list[Region]] = {}
        for each in Region.objects.filter(valid_to__isnull=True, name__in=words):
            self._regions.setdefault(each.name, []).append(each)
        self._regions |= {code: [each] for code, each in registry.regions_by_code(words).items()}

    def _region(self, row: Row, name: str, code: str) -> Region | None:
        said, column = (code, "region_code") if code else (name, "region")
        if not said:
            if self._usual is None:
                row.refuse(self._header("region"), "", REGION_UNSAID)
                return None
            found = [self._usual]
        else:
            known = self._regions.get(said, [])
            found = [each for each in known if self._entering.covers(each.path)] or known
        if len(found) != 1:
            row.refuse(self._header(column), said, SAME_REGIONS if found else NO_REGION, count=len(found))
            return None
        if code and name and found[0].name != name and "region" in self._taken:
            row.refuse(self._header("region"), name, OTHER_FIRM, code=code, name=found[0].name)
        if not self._entering.covers(found[0].path):
            row.refuse(self._header(column), said or found[0].name, OUTSIDE)
            return None
        return found[0]

    def _firm(self, row: Row, name: str, credit: str, region: Region | None) -> Organisation | NewOrganisation | None:
        if not name and not credit:
            if self.form.kind in HELD_BY_SOMEBODY or self._is_required("organisation"):
                row.refuse(self._header("organisation"), "", FIRM_UNSAID)
            return None
        code = codes.normalise_code(credit)
        if code and (found := self._firms.by_code.get(code)) is not None:
            if name and _close(name) != _close(found.name):
                row.refuse(self._header("organisation"), name, OTHER_FIRM, code=code, name=found.name)
            return found
        if region is None:
            return None
        if name:
            called = self._firms.called(name, region)
            if len(called) > 1:
                row.refuse(self._header("organisation"), name, SAME_FIRMS, region=region.name, count=len(called))
                return None
            if called and (not code or not called[0].credit_code or called[0].credit_code == code):
                return called[0]
            if not called and self._editing.covers(region.path):
                if code and not codes.has_credit_form(code):
                    row.refuse(self._header("credit_code"), credit, NOT_OF_CODE)
                    return None
                if other := self._firms.other_code(name, code, region):
                    row.refuse(self._header("credit_code"), credit, OTHER_CODE, name=name, code=other)
                    return None
                if code and not codes.is_credit_code(code) and not self._firms.is_wanted(name, region):
                    self.remarks.append(OTHER_CHECK % {"row": row.number, "code": code})
                return self._firms.new(name, code, region)
        column = "organisation" if name else "credit_code"
        row.refuse(self._header(column), name or credit, NO_FIRM, region=region.name)
        return None

    def _columns_of(self, row: Row, firm_said: str, firm: Organisation | NewOrganisation | None) -> dict[str, str]:
        found = dict(self.form.given)
        for name, known in self._terms.items():
            place = self._place(name)
            text = _text(row.cells[place]) if place is not None else ""
            if text:
                code = known.get(_close(text).lower())
                if code is None:
                    labels = "、".join(each.label.zh for each in registry.terms(self.kind.field_list(name)).values())
                    row.refuse(self._header(name), text, NO_TERM, known=labels)
                else:
                    found[name] = code
            elif name not in found:
                row.refuse(self._header(name), "", EMPTY)
        for name, place, longest, is_required in self._columns:
            text = " ".join(_text(row.cells[place]).split()) if place is not None else ""
            if len(text) > longest:
                row.refuse(self._header(name), f"{text[:20]}…", TOO_LONG, longest=longest)
            elif text:
                found[name] = text
            elif is_required and name not in found:
                row.refuse(self._header(name), "", EMPTY)
        self._number(row, found)
        if "name" not in found:  # what has no name of its own is called what it is
            first = next(iter(self._terms))
            term = registry.terms(self.kind.field_list(first)).get(found.get(first, ""))
            found["name"] = term.label.zh if term else ""
        return found

    def _number(self, row: Row, found: dict[str, str]) -> None:
        if "number" not in found:
            return
        if self.form.kind != "patent":
            found["number"] = "".join(unicodedata.normalize("NFKC", found["number"]).split())
            return
        try:
            number = patent_number(found["number"])
        except ValueError:
            row.refuse(self._header("number"), found["number"], NO_PATENT)
            return
        digit = "" if number.startswith("PCT") else number[4 if len(number) > 10 else 2]
        meant = self._digits.get(digit)
        if meant is not None and found.get("form") not in (None, meant.code):
            row.refuse(self._header("number"), found["number"], OTHER_FORM, form=meant.label.zh)
        found["number"] = number

    def _happened(self, row: Row) -> list[Happened]:
        found: list[Happened] = []
        for event, taken, repeats, measured in self._events:
            text = row.cells[taken.place]
            on = self._day(row, taken, text) if text and text not in rules.EMPTY_MARKS else None
            measures: dict[str, int] = {}
            for measure, column in measured:
                words = _text(row.cells[column.place])
                if not words:
                    continue
                amount = _amount(row, column, words)
                if amount is None:
                    continue
                measures[measure] = amount
                if on is None and not row.problems:
                    row.refuse(column.header, words, AMOUNT_ALONE, day=taken.header)
            if on is not None:
                found.append(Happened(event, on, measures, repeats))
        if not found and not row.problems:
            row.refuse(self._events[0][1].header, "", NOTHING_HAPPENED)
        if found and not row.problems and not _can_have_happened(found):
            last = max(found, key=lambda each: each.on)
            row.refuse(self._header(last.event), last.on.isoformat(), IMPOSSIBLE)
        return found

    def _day(self, row: Row, taken: Taken, text: str) -> date | None:
        known = self._days.get(text)
        if known is None:
            known = self._days[text] = _day_or_problem(text, self._today)
        if isinstance(known, str):
            row.refuse(taken.header, text, known)
            return None
        return known

    # ── which record it is ──

    def key(self, row: Row) -> object:
        content: Content = row.content
        number = content.columns.get("number", "")
        if number and self.form.kind in NUMBERED - RENUMBERED:
            return number
        if self.form.kind in RENUMBERED:
            return self._named(content)
        return (*self._named(content), number)

    def _named(self, content: Content) -> tuple[object, ...]:
        """What names a record without its number."""
        holder: object = content.firm.key if content.firm is not None else content.region.pk
        first = min(each.on for each in content.happened) if self.form.kind in DATED else None
        return (*(content.columns[name] for name in self.kind.repeated), holder, content.columns["name"], first)

    def compare(self, rows: Sequence[Row]) -> None:
        self._open_stored(rows)
        for row in rows:
            self._compare(row)

    def _open_stored(self, rows: Sequence[Row]) -> None:
        """Load the records the rows may be, with their events: a few queries for a thousand rows."""
        contents: list[Content] = [row.content for row in rows]
        subjects: dict[UUID, Any] = {}
        numbers = {each.columns["number"] for each in contents if each.columns.get("number")}
        if self.form.kind in NUMBERED:
            subjects |= self._stored(numbers, "number")
        taken = {each.number for each in subjects.values() if each.state != State.VOID}
        rest = [each for each in contents if each.columns.get("number", "") not in taken]
        firms = {each.firm.pk for each in rest if isinstance(each.firm, Organisation)}
        if self.form.kind != "patent":  # a patent is known by nothing but its number
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
        for part in chunks(subjects, 900):
            events = self.kind.event._default_manager.filter(subject__in=part, seq_to__isnull=True)
            for event in events.select_related("region").order_by("step"):
                self._history.setdefault(event.subject, []).append(event)

    def _stored(self, values: Iterable[Any], column: str) -> dict[UUID, Any]:
        found: dict[UUID, Any] = {}
        for part in chunks(values, 900):
            rows = self.kind.subject._default_manager.filter(**{f"{column}__in": part}, seq_to__isnull=True)
            found |= {each.record: each for each in rows.select_related("region", "organisation")}
        return found

    def _stored_name(self, subject: Any) -> tuple[object, ...]:
        holder = subject.organisation.key if subject.organisation else subject.region_id
        first = subject.happened_on if self.form.kind in DATED else None
        return (*(getattr(subject, name) for name in self.kind.repeated), holder, subject.name, first)

    def _candidates(self, content: Content) -> list[Any]:
        number = content.columns.get("number", "")
        numbered = self._by_number.get(number, []) if number and self.form.kind in NUMBERED else []
        if any(each.state != State.VOID for each in numbered):
            return numbered
        called = self._by_name.get(self._named(content), [])
        if self.form.kind not in RENUMBERED:
            called = [each for each in called if not number or not each.number or each.number == number]
        return called or numbered

    def _compare(self, row: Row) -> None:
        content: Content = row.content
        candidates = self._candidates(content)
        found = [each for each in candidates if each.state != State.VOID]
        if candidates and not found:
            row.refuse(self.key_column, content.columns.get("number", ""), VOIDED)
            return
        if len(found) > 1:
            row.refuse(self.key_column, content.columns.get("number", ""), SEVERAL, count=len(found))
            return
        if not found:
            row.outcome = NEW
            return
        subject = row.stored = found[0]
        if not self._entering.covers(subject.region.path):
            row.refuse(self.key_column, content.columns.get("number", ""), OF_OTHERS, region=subject.region.name)
        elif content.is_region_said and subject.region_id != content.region.pk:
            row.refuse(self._header("region"), content.region.name, ELSEWHERE, region=subject.region.name)
        elif (
            content.firm is not None
            and subject.organisation is not None
            and content.firm.key != subject.organisation.key
        ):
            name = subject.organisation.name
            row.refuse(self._header("organisation"), content.firm.name, OTHER_HOLDER, name=name)
        else:
            self._differ(row, subject, content)

    def _differ(self, row: Row, subject: Any, content: Content) -> None:
        """What the row adds to its record: an empty cell takes nothing away."""
        columns = {name: value for name, value in content.columns.items() if value and getattr(subject, name) != value}
        history = self._history.get(subject.record, [])
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
            if not _can_have_happened([*after, *fresh]):
                last = max(content.happened, key=lambda each: each.on)
                row.refuse(self._header(last.event), last.on.isoformat(), IMPOSSIBLE_TOGETHER)
                return
        rewritten = [event for event in alive if event.record in events or (columns.keys() & set(self.kind.repeated))]
        latest = alive[-1:] if fresh else []
        for event in (*rewritten, *latest):
            if not self._entering.covers(event.region.path):
                row.refuse(self.key_column, content.columns.get("number", ""), OF_OTHERS, region=event.region.name)
                return
        touched = [*([subject] if columns else []), *(event for event in alive if event.record in events)]
        if not all(self._may_change(each) for each in touched):
            row.refuse(self.key_column, content.columns.get("number", ""), CONFIRMED)
            return
        row.changes = (columns, events, fresh)
        row.outcome = CHANGED if columns or events or fresh else UNCHANGED

    def _may_change(self, row: Any) -> bool:
        """Whether an import may change what stands: what is confirmed is confirmed anew by who imports."""
        may_confirm = self._signing.covers(row.region.path)
        return rules.may_change_at_once(
            state=row.state, four_eyes=self.kind.names.four_eyes, may_confirm=may_confirm
        ).allowed

    # ── filing ──

    def before_filing(self, rows: Sequence[Row], *, by: User, now: datetime, source: str) -> int:
        wanted = {each.key: each for row in rows if isinstance(each := row.content.firm, NewOrganisation)}
        entered = 0
        if wanted:
            entered = enter_organisations(organisations=wanted.values(), by=by, now=now, source=source)
            for part in chunks(wanted, 900):
                self._entered |= {each.key: each for each in _known().filter(key__in=part)}
        return 1 if entered else 0

    def file(self, rows: Sequence[Row], filing: Filing) -> int:
        fresh = [row for row in rows if row.outcome == NEW]
        for confirmed in (False, True):
            part = [row for row in fresh if self._is_confirmed(row.content.region) == confirmed]
            if part:
                file_histories(
                    kind=self.form.kind, histories=map(self._new_history, part), by=filing.by, now=filing.now,
                    source=filing.source, confirmed=confirmed, seq=filing.seq,
                )  # fmt: skip
        changed = [row for row in rows if row.outcome == CHANGED]
        amend_histories(
            kind=self.form.kind, amendments=map(self._amendment, changed), seq=filing.seq, by=filing.by, now=filing.now,
            source=filing.source, reason=filing.reason, is_confirmed=self._is_confirmed,
        )  # fmt: skip
        return len(rows)

    def _is_confirmed(self, region: Region) -> bool:
        """Whether what is filed there counts at once: only where it was asked for by somebody who may say so."""
        return self._confirming.covers(region.path)

    def _holder(self, content: Content) -> Organisation | None:
        return self._entered[content.firm.key] if isinstance(content.firm, NewOrganisation) else content.firm

    def _new_history(self, row: Row) -> NewHistory:
        content: Content = row.content
        holder = self._holder(content)
        return NewHistory(
            fields=content.columns, region=content.region, organisation=holder, zone=holder.zone if holder else None,
            events=_new_events(content.happened, content.region),
            is_fictional=content.region.is_fictional, source_place=f"第 {row.number} 行",
        )  # fmt: skip

    def _amendment(self, row: Row) -> Amendment:
        columns, events, fresh = row.changes
        content: Content = row.content
        return Amendment(
            subject=row.stored, history=self._history.get(row.stored.record, []), columns=columns, events=events,
            fresh=_new_events(fresh, content.region), source_place=f"第 {row.number} 行",
        )  # fmt: skip

    # ── saying ──

    def briefs(self, rows: Sequence[Row]) -> list[Brief]:
        words = Words()
        return [self._brief(row, words) for row in rows]

    def _brief(self, row: Row, words: Words) -> Brief:
        def said(role: str) -> str:
            place = self._place(role)
            return row.cells[place].strip() if place is not None else ""

        who = said("organisation") or said("credit_code")
        what = " ".join(filter(None, (said("name") or said(self.kind.repeated[0]), said("number"))))
        facts = []
        for event, taken, _repeats, measured in self._events:
            text = row.cells[taken.place].strip()
            if text and text not in rules.EMPTY_MARKS:
                amounts = [
                    f"{row.cells[each.place].strip()}{words.unit_after(each.unit.code) if each.unit else ''}"
                    for _measure, each in measured
                    if _text(row.cells[each.place])
                ]
                day = self._days.get(text) or _day_or_problem(text, self._today)
                facts.append(
                    " ".join(
                        [
                            words.event(self.form.kind, event),
                            text if isinstance(day, str) else day.isoformat(),
                            *amounts,
                        ]
                    )
                )
        return Brief(who, what, facts)


def _new_events(happened: Iterable[Happened], region: Region) -> list[NewEvent]:
    return [NewEvent(event=each.event, on=each.on, region=region, measures=each.measures) for each in happened]


def _text(cell: str) -> str:
    """A cell's text; nothing where it only marks that there is nothing."""
    text = cell.strip()
    return "" if text in rules.EMPTY_MARKS else text


def _day_or_problem(text: str, today: date) -> date | str:
    try:
        on = rules.written_day(text)
    except ValueError:
        if re.fullmatch(r"[2-6]\d{4}", text):
            return SERIAL_DAY
        return NO_DAY_ONLY_MONTH if re.fullmatch(r"\d{4}[-/.年]\d{1,2}月?", text) else NO_DAY
    return FUTURE if on > today else on


def _amount(row: Row, column: Taken, words: str) -> int | None:
    assert isinstance(column.unit, Unit)  # a measure without a unit is refused with the header
    try:
        amount = Quantity.read(words, column.unit).scaled
    except ValueError:
        row.refuse(column.header, words, NO_AMOUNT)
        return None
    if amount < 0:
        row.refuse(column.header, words, NEGATIVE)
        return None
    return amount


_PCT = re.compile(r"PCT/?([A-Z]{2}\d{4})/?(\d{6})")


def patent_number(text: str) -> str:
    """An application number as it is kept: 202310123456.7, PCT/CN2024/123456. Raises ValueError for anything else."""
    if found := _PCT.fullmatch(codes.normalise_code(text)):
        return f"PCT/{found[1]}/{found[2]}"
    return codes.normalise_patent_number(text)


def _can_have_happened(happened: Iterable[Happened]) -> bool:
    try:
        rules.effects(rules.Happening(each.event, each.on) for each in happened)
    except Refused:
        return False
    return True


def _was_voided(each: Happened, history: Iterable[EventVersion]) -> bool:
    """Whether somebody declared just this void: it does not come back with the next file."""
    return any(
        event.state == State.VOID and (event.event, event.happened_on) == (each.event, each.on) for event in history
    )
