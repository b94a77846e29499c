"""Rows of records with a history: what each says, which record it is, and what that adds to the ledger."""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import repeat
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base import codes
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.intake.rows.cells import (
    Amounts,
    Days,
    Details,
    Headers,
    RoughAmount,
    Terms,
    each_once,
    is_bare,
    said,
)
from xingke.intake.rows.contents import Content, Happened, Partly, joined, may_be_another, person_key, put_in_order
from xingke.intake.rows.filing import HistoryFiler
from xingke.intake.rows.holders import Held, Holders
from xingke.intake.rows.incoming import (
    CHANGED,
    FILED,
    NEW,
    OUTSIDE,
    REPEATED,
    REPEATED_OR_ANOTHER,
    REPEATED_TITLE,
    Brief,
    Filing,
    Options,
    Problem,
    Row,
    Statement,
    Told,
    telling,
)
from xingke.intake.rows.marks import Mark, Marks, unless_sure
from xingke.intake.rows.places import NO_REGION, NOT_BELOW, SAME_REGIONS, Places
from xingke.intake.rows.statements import stated
from xingke.intake.rows.stored import Stored
from xingke.intake.rows.telling import Event, HistoryWords
from xingke.intake.rows.unread import UNFINISHED, Unread, unfinished
from xingke.intake.rules.days import ENDLESS, written_last_day
from xingke.intake.rules.headers import plain
from xingke.intake.rules.holder_names import is_public
from xingke.intake.sheets.columns import Taken, Understood
from xingke.intake.sheets.forms import SheetForm
from xingke.ledger import queries, rules
from xingke.ledger.kinds.record_kind import Identity, Number, is_said
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry
from xingke.registry.actions import NewOrganisation
from xingke.registry.models import Organisation, Region
from xingke.registry.rules import Scope

LISTED = 20  # names in one sentence
REGION_UNSAID = gettext_noop("没有写明区划；请补充区划一列，或在上传时选择区划。")
NAMED_ELSEWHERE = gettext_noop(
    "名称里写的是“%(other)s”，表中没有写明区划；确在“%(place)s”的，请补充区划一列写明，或先在名录中登记。"
)
OTHER_REGION = gettext_noop("代码 %(code)s 是“%(name)s”，名称与代码不一致。")
AMOUNT_ALONE = gettext_noop("有数量而没有日期，请填“%(day)s”。")
NOTHING_HAPPENED = gettext_noop("没有任何日期；至少要填一个。")
OTHER_FORM = gettext_noop("申请号表示的是“%(form)s”，与专利类型不一致。")
NO_SUCH_LEVEL = gettext_noop("这项资质没有这个级别，可写：%(known)s。")
SHARED = gettext_noop("与第 %(line)d 行“%(name)s”的编号相同，单位却不同，不可能；请核对编号。")
ONE_PERSON = gettext_noop("写了几个人，一行只登记一人；请每人各写一行。")
_SEVERAL_PERSONS = re.compile(
    r"[、,，;；/／|\n]|等[\d一二三四五六七八九十]*[人名]?$|[\u4e00-\u9fff]{2,}[和及与][\u4e00-\u9fff]{2,}"
    r"|^(?!欧阳|上官|司马|诸葛|皇甫|慕容|令狐|司徒|夏侯|东方|尉迟)[\u4e00-\u9fff]{2,4}\s+[\u4e00-\u9fff]{2,4}"
)
TERM_ALONE = gettext_noop("有有效期而没有认定日期，请补上认定日期。")
NO_LAST_DAY = gettext_noop("不是有效期，请写成 2028-10-27 或 3年；到期日不能早于认定日期 %(day)s。")
IMPOSSIBLE = gettext_noop("这样的经过不能发生：此前没有取得，或已经失去；请补上取得的日期，或核对这几个日期。")

RECEIVED_ELSEWHERE = gettext_noop(
    "有“%(event)s”的，单位要填接收的那家，它要在“%(place)s”；请改填接收单位，或核对区划。"
)

CALLED = say("“%(written)s”是部门和公共机构，名录里没有，按主办单位登记")
_NOTHING = say("%(count)d 行的“%(event)s”没有写金额，合计时按 0 计入")

Cells = tuple[date | Problem | None, tuple[RoughAmount | Problem | None, ...]]  # what a row says of it


class HistoryReader:
    """See ``incoming.Reader``. kept_in: what finds the records that rows are."""

    kept_in: type[Stored] = Stored

    def __init__(
        self, form: SheetForm, understood: Understood, *, by: User, options: Options, source: str = ""
    ) -> None:
        self.form = form
        self.kind = TABLES[form.kind]
        self._understood = understood
        self._without: Counter[str] = Counter()  # rows that say no amount, by event
        self._headers = Headers(form, understood.taken)
        self._by, self._options = by, options
        self._entering = registry.scope(by, Permission.RECORD_ENTER)
        self._editing = registry.scope(by, Permission.ORGANISATION_EDIT) if options.new_organisations else Scope()
        at_once = options.confirmed and not self.kind.names.four_eyes  # nobody confirms what they file of those
        signing = registry.scope(by, Permission.RECORD_CONFIRM)
        self._confirming = signing if at_once else Scope()
        self._usual = registry.regions_by_code([options.region]).get(options.region) if options.region else None
        self._today = timezone.localdate()
        self._compared: Sequence[Row] = ()
        self._rows: Sequence[Row] = ()
        self._sure_codes: dict[str, str] = {}
        self._digits = {each.number_digit: each for each in registry.terms("patent_form").values() if each.number_digit}
        self.key_column = self._headers.called("number" if "number" in understood.taken else "name")
        self._stored = self.kept_in(
            self._headers, self.key_column, by=by, entering=self._entering, signing=signing, source=source
        )
        self._unread = Unread(self._headers, understood, self.kind.names)
        self._own: dict[str, Terms | Details] = {
            **{name: Terms(self._headers, self.kind, name) for name in self.kind.repeated},
            **{name: Details(self._headers, self.kind, name, by=by) for name in self.kind.details},
        }
        self._uncounted = {  # what an indicator adds up and a row may leave out
            column.event: column.measure
            for column in form.column
            if column.measure
            and column.quantity == "money"
            and column.measure not in self.kind.names.parts
            and not self.kind.names.measure(column.measure).is_further
        }
        self._events: list[Event] = [
            (column.event, understood.taken[column.role], column.repeats, self._measures_of(column.event))
            for column in form.events
            if column.role in understood.taken
        ]
        self._refuse_unfinished([*options.above, source.rpartition(".")[0]])

    def _measures_of(self, event: str) -> list[tuple[str, Taken]]:
        roles = ((measure, f"{event} {measure}") for measure in self.kind.measures)
        return [(measure, self._headers.taken[role]) for measure, role in roles if role in self._headers.taken]

    # ── reading ──

    @property
    def remarks(self) -> list[Saying]:
        """How the columns were understood, what counts as nothing, and what is entered along with the rows."""
        return [*self._understood.remarks, *self._counted_as_nothing(), *self._unapplied(), *self._new_firms()]

    def _counted_as_nothing(self) -> Iterator[Saying]:
        """Events whose amounts an indicator adds up, and of which rows say none."""
        terms = registry.terms(self.kind.event_list)
        for event, count in self._without.items():
            yield _NOTHING.filled(count=count, event=terms[event].label)

    def _unapplied(self) -> Iterator[Saying]:
        """Announcements name who was recognised, not who applied: filed all the same, and left out of pass rates."""
        count = sum(self._stored.is_unapplied(row) for row in self._compared) if self.kind.is_lasting else 0
        if count:
            yield say("%(count)d 项认定没有申报记录，照常登记；计算通过率时不计入。", count=count)

    def _new_firms(self) -> list[Saying]:
        """The organisations that are entered along with the rows, and those whose code does not check."""
        sentence = say("“%(name)s”的统一社会信用代码 %(code)s 校验位不符，已确认无误，请对照营业执照核对。")
        found = [sentence.filled(name=name, code=code) for code, name in self._sure_codes.items()]
        firms = (row.content.firm for row in self._rows if row.outcome in FILED)
        entered = list(dict.fromkeys(each.name for each in firms if isinstance(each, NewOrganisation)))
        if entered:
            new = say("随本次登记录入 %(count)s 家新单位：%(names)s", count=len(entered), names=tuple(entered[:LISTED]))
            found.insert(0, new)
        return found

    def read(self, rows: Sequence[Row], told: Told) -> None:
        self._rows = rows
        self._without.clear()
        self._refuse_unitless(rows)
        names, codes_, holders, credits_, persons = (
            self._headers.cells(rows, role, str)
            for role in ("region", "region_code", "organisation", "credit_code", "person")
        )
        placed = list(zip(names, codes_, strict=True))
        held = self._held(rows, list(zip(holders, credits_, strict=True)))
        self._places = Places(itertools.chain.from_iterable(set(placed)), within=self._entering)
        self._holders = Holders(self._headers, self.kind.code, held, by=self._by, editing=self._editing)
        places = each_once(placed, self._region)
        firms = self._holders.of(held, [place for place, _wrong in places])
        own = zip(*(self._headers.cells(rows, name, each.read) for name, each in self._own.items()), strict=True)
        events = zip(*(self._cells_of(rows, event) for event in self._events), strict=True)
        marks = Marks(self._headers, self._options).read(rows)
        for row, pair, (place, misplaced), firm, cells, days, mark, person in zip(
            telling(rows, told), placed, places, firms, own, events, marks, persons, strict=True
        ):
            called = self._callers_of(row, firm)
            firm = Held(None, notes=[CALLED.filled(written=called)]) if called else firm
            row.problems += [*misplaced, *firm.problems, *mark.problems]
            if isinstance(firm.firm, NewOrganisation) and place is not None and not any(pair):
                row.problems += self._unplaced(firm.firm, place)
            if place is not None and not any(pair) and not isinstance(firm.firm, Organisation):
                row.problems += self._unread.elsewhere(row, place, self._places)
            row.notes += firm.notes
            columns = self._columns_of(row, cells)
            columns |= {self._callers: called} if called else {}
            happened = self._renewed(row, self._happened(row, columns, days))
            row.problems += self._unread.speaks_against(row, [each.event for each in happened])
            self._refuse_contradictions(row, firm.firm, columns, happened, person)
            if place is None or row.problems:
                row.partly = Partly(place, firm.firm, columns, happened)
            if place is not None:
                doubts = self._doubts(row, firm, columns, happened, mark)
                self._refuse_receiver(row, place, firm.firm, happened)
                if not row.problems:
                    whom = person_key(place, person) if person else None
                    row.content = Content(place, any(pair), firm.firm, columns, happened, mark, whom, doubts)
                    self._without.update(self._unsaid(happened))
        if self.kind.is_lasting:
            self._refuse_shared_numbers(rows)

    def _refuse_shared_numbers(self, rows: Sequence[Row]) -> None:
        """Refuse a certificate's number under which an earlier row has another holder."""
        first: dict[str, Row] = {}
        for row in rows:
            if row.content is None or row.problems or not (number := row.content.columns.get("number", "")):
                continue
            before = first.setdefault(number, row)
            if before.content.firm is not None and before.content.firm.key != row.content.firm.key:
                row.refuse(
                    self._headers.called("number"), number, SHARED, line=before.number, name=before.content.firm.name
                )

    @cached_property
    def _callers(self) -> str:
        """Where it goes who called for what a row is about, where the file names them under whose it is: 主办单位 alone."""
        holder = self._headers.taken.get("organisation")
        named = plain(holder.header) if holder is not None else ""
        found = (each.to for each in self.form.column if named in map(plain, each.beside))
        return next((role for role in found if role not in self._headers.taken), "")

    def _callers_of(self, row: Row, firm: Held) -> str:
        """Public bodies that called for it and are nobody's the register has; else ""."""
        text = self._headers.said(row, "organisation") if self._callers else ""
        return text if text and not isinstance(firm.firm, Organisation) and is_public(text) else ""

    def _held(self, rows: Sequence[Row], held: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Whose each row is: of what was taken over, who took it over; the former holder is none of ours."""
        days = [taken.place for event, taken, _repeats, _measures in self._events if event in self.kind.names.arrivals]
        receivers = self._headers.cells(rows, "receiver", str)
        return [
            (receiver, "") if receiver and any(said(row.cells[place]) for place in days) else pair
            for row, receiver, pair in zip(rows, receivers, held, strict=True)
        ]

    def _refuse_unitless(self, rows: Sequence[Row]) -> None:
        """Refuse a column of bare numbers of which nobody says what they count."""
        for _event, _taken, _repeats, measured in self._events:
            for _measure, taken in measured:
                cells = [text for row in rows if (text := said(row.cells[taken.place]))]
                if taken.unit is None and cells and all(is_bare(text) for text in cells):
                    name = taken.header
                    raise Refused(
                        say(
                            "“%(name)s”一列没有写明单位，请在列名后注明，如“%(example)s（万元）”。",
                            name=name,
                            example=name,
                        )
                    )

    def _doubts(
        self, row: Row, firm: Held, columns: Mapping[str, str], happened: Sequence[Happened], mark: Mark
    ) -> Sequence[Problem]:
        """What speaks against the numbers of a row; that of a credit code stops it unless somebody said it is right."""
        if firm.doubt and mark.sure and isinstance(firm.firm, NewOrganisation):
            self._sure_codes[firm.firm.credit_code] = firm.firm.name
        elif firm.doubt and not mark.sure:
            written = self._headers.said(row, "credit_code")
            row.problems.append(Problem.of(self._headers.called("credit_code"), written, unless_sure(firm.doubt)))
        return [
            Problem.of(self._headers.called(role), found, unless_sure(doubt))
            for role, found, doubt in (
                *self._number_doubts(columns.get("number", ""), happened),
                *self._term_doubts(row, columns, happened),
            )
        ]

    def _number_doubts(self, number: str, happened: Sequence[Happened]) -> Iterator[tuple[str, str, Saying]]:
        """What speaks against a patent's number, as (role, what was found, why)."""
        if self.kind.names.number is not Number.PATENT or not number or number.startswith("PCT"):
            return
        if not codes.is_patent_number(number):
            yield "number", number, say("申请号 %(number)s 的校验位不对，请对照受理通知书或证书核对。", number=number)
        _wrong, doubt = rules.against_number(number, happened, said=self._event_called)
        if doubt:
            yield "number", number, doubt

    def _term_doubts(
        self, row: Row, columns: Mapping[str, str], happened: Sequence[Happened]
    ) -> Iterator[tuple[str, str, Saying]]:
        """What speaks against the last days that a row says its certificates hold."""
        for each in happened if self.kind.is_lasting else ():
            usual = queries.usual_last_day(self.kind, columns, each.event, each.on) if each.until else None
            if doubt := rules.later_than_term(each.until, usual):
                role = next((name for name in ("until", "lasts") if self._headers.said(row, name)), "until")
                yield role, self._headers.said(row, role), doubt

    def _refuse_contradictions(
        self,
        row: Row,
        firm: Organisation | NewOrganisation | None,
        columns: Mapping[str, str],
        happened: Sequence[Happened],
        person: str,
    ) -> None:
        """Refuse what cannot be: days against the number, a contract with oneself, several people as one."""
        if self.kind.names.number is Number.PATENT and not row.problems:
            number = columns.get("number", "")
            wrong, _doubt = rules.against_number(number, happened, said=self._event_called)
            if wrong:
                row.problems.append(Problem.of(str(wrong.values["event"]), str(wrong.values["day"]), wrong))
        other = columns.get("counterpart", "")
        if firm is not None and (itself := rules.with_itself(firm.name, other)):
            row.problems.append(Problem.of(self._headers.called("counterpart"), other, itself))
        if person and _SEVERAL_PERSONS.search(person):
            row.refuse(self._headers.called("person"), person, ONE_PERSON)

    def _region(self, written: tuple[str, str]) -> tuple[Region | None, list[Problem]]:
        """The place of a name and a code, and what speaks against it."""
        name, code = written
        said, column = (code, "region_code") if code else (name, "region")
        header = self._headers.called(column)
        if not said:
            if self._usual is None:
                return None, [Problem(header, "", REGION_UNSAID)]
            found: Sequence[Region] = [self._usual]
        else:
            found, wrong = self._places.find(said)
            if wrong is not None:
                return None, [Problem(header, said, NOT_BELOW, {"name": wrong[0], "above": wrong[1]})]
        if len(found) != 1:
            return None, [Problem(header, said, SAME_REGIONS if found else NO_REGION, {"count": len(found)})]
        place, problems = found[0], []
        if code and name and "region" in self._headers.taken and place not in self._places.find(name).regions:
            problems.append(
                Problem(self._headers.called("region"), name, OTHER_REGION, {"code": code, "name": place.name})
            )
        if not self._entering.covers(place.path):
            return None, [*problems, Problem(header, said or place.name, OUTSIDE)]
        return place, problems

    def _unplaced(self, firm: NewOrganisation, place: Region) -> list[Problem]:
        """That a new firm's own name places it elsewhere, where nothing in the file says where its row belongs."""
        other = self._places.named_elsewhere(firm.name, place)
        if other is None:
            return []
        names = {"other": other.name, "place": place.name}
        return [Problem(self._headers.called("organisation"), firm.name, NAMED_ELSEWHERE, names)]

    def _columns_of(self, row: Row, cells: Iterable[Any]) -> dict[str, Any]:
        found: dict[str, Any] = dict(self.form.given)
        for name, cell in zip(self._own, cells, strict=True):
            if isinstance(cell, Problem):
                row.problems.append(cell)
            elif is_said(cell):
                found[name] = cell
        if self.kind.code == "patent":
            self._compare_forms(row, found)
        if self.kind.is_lasting:
            self._fit_level(row, found)
        if "name" not in found:  # what has no name of its own is called what it is
            first = self.kind.repeated[0]
            term = registry.terms(self.kind.field_list(first)).get(found.get(first, ""))
            found["name"] = term.label.zh if term else ""
        return found

    def _compare_forms(self, row: Row, found: Mapping[str, str]) -> None:
        """A patent's number says its form, too."""
        number = found.get("number", "PCT")
        meant = None if number.startswith("PCT") else self._digits.get(number[4 if len(number) > 10 else 2])
        if meant is not None and found.get("form") not in (None, meant.code):
            written = said(row.cells[self._headers.taken["number"].place])
            row.refuse(self._headers.called("number"), written, OTHER_FORM, form=meant.label.zh)

    def _with_last_days(self, row: Row, fields: Mapping[str, str], happened: Sequence[Happened]) -> list[Happened]:
        """The events with the day until which the row says its certificate holds, at the last one that gives one."""
        roles = [role for role in ("until", "lasts") if self._headers.said(row, role)]
        certified = [each for each in happened if each.event in self.kind.names.certifying]
        if not roles:
            return list(happened)
        header, text = self._headers.called(roles[0]), self._headers.said(row, roles[0])
        if not certified:
            row.refuse(header, text, TERM_ALONE)
            return list(happened)
        last = max(certified, key=lambda each: each.on)
        if text in ENDLESS and queries.usual_last_day(self.kind, fields, last.event, last.on) is None:
            return list(happened)
        try:
            until = written_last_day(text, last.on)
        except ValueError:
            row.refuse(header, text, NO_LAST_DAY, day=last.on.isoformat())
            return list(happened)
        dated = last._replace(measures={**last.measures, "until": until})
        return [dated if each is last else each for each in happened]

    def _fit_level(self, row: Row, found: dict[str, str]) -> None:
        """A title that is of one level only need not say it; one that is not of the level the row says is refused."""
        levels = queries.levels_of(self.kind, found)
        if not levels:
            return
        labels = {code: term.label.zh for code, term in registry.terms("level").items()}
        if "level" in found and found["level"] not in levels:
            known = "、".join(labels.get(each, each) for each in levels)
            row.refuse(self._headers.called("level"), labels.get(found["level"], ""), NO_SUCH_LEVEL, known=known)
        elif "level" not in found and len(levels) == 1:
            header = self._headers.called("level")
            row.problems[:] = [each for each in row.problems if (each.column, each.found) != (header, "")]
            found["level"] = levels[0]

    def _cells_of(self, rows: Sequence[Row], event: Event) -> Iterator[Cells]:
        """By row: the day of an event, and its amounts."""
        _name, taken, _repeats, measured = event
        days = each_once([row.cells[taken.place] for row in rows], Days(taken, self._today).read)
        amounts = [
            each_once([row.cells[each.place] for row in rows], Amounts(each, is_rough=self._is_rough(measure)).read)
            for measure, each in measured
        ]
        return zip(days, zip(*amounts, strict=True) if amounts else repeat(()), strict=False)

    def _renewed(self, row: Row, happened: list[Happened]) -> list[Happened]:
        """The events of a row, its one certificate as a renewal where another column calls it so."""
        certified = [each for each in happened if each.event in self.kind.names.certifying]
        if len(certified) != 1 or "re_recognised" not in self.kind.names.certifying:
            return happened
        note = self._unread.renewal(row)
        if not note or certified[0].event == "re_recognised":
            return happened
        row.notes.append(note)
        return [each._replace(event="re_recognised") if each is certified[0] else each for each in happened]

    def _refuse_unfinished(self, texts: Sequence[str]) -> None:
        """Raise Refused where the words around the table say that its rows did not come true."""
        events = {event for event, *_rest in self._events}
        coming = [event for event, *_rest in self._events if event in self._unread.coming_true]
        if coming and (text := unfinished(texts, self.kind.names, events)):
            raise Refused(UNFINISHED.filled(text=text[:60], event=self._headers.called(coming[-1])))

    def _is_rough(self, measure: str) -> bool:
        """Whether the word a rough amount comes with has a column of its own."""
        return measure == self.kind.names.rough

    def _happened(self, row: Row, columns: Mapping[str, str], cells: Iterable[Cells]) -> list[Happened]:
        found: list[Happened] = []
        told = list(zip(self._events, cells, strict=True))
        dated = {  # an amount may be that of several events
            column.place for event, (day, _amounts) in told if isinstance(day, date) for _measure, column in event[3]
        }
        for event, (day, amounts) in told:
            if isinstance(day, Problem):
                row.problems.append(day)
                day = None
            measures, roughly = self._amounts_said(row, event, amounts, dated)
            if day is not None:
                name, _taken, repeats, _measured = event
                self._compare_parts(row, name, measures)
                found.append(Happened(name, day, measures, repeats, roughly))
        if not row.problems and not found:
            row.refuse(self._events[0][1].header, "", NOTHING_HAPPENED)
        if not row.problems and self.kind.is_lasting:
            found = self._with_last_days(row, columns, found)
        if not row.problems and found:
            self._refuse_impossible(row, found)
        return found

    def _amounts_said(
        self, row: Row, event: Event, amounts: Iterable[RoughAmount | Problem | None], dated: Collection[int]
    ) -> tuple[dict[str, int], str | None]:
        """The amounts a row says of an event, and the word that makes one of them a rough one.

        dated: the columns that are of an event with a day. An amount of no such event is an amount of nothing.
        """
        _name, taken, _repeats, measured = event
        measures: dict[str, int] = {}
        roughly: str | None = None
        for (measure, column), amount in zip(measured, amounts, strict=True):
            if isinstance(amount, Problem):
                row.problems += [amount] if amount not in row.problems else []  # of several events, it is said once
            elif amount is not None:
                measures[measure] = amount.scaled
                roughly = amount.roughly if self._is_rough(measure) else roughly
                if column.place not in dated and not row.problems:
                    row.refuse(column.header, said(row.cells[column.place]), AMOUNT_ALONE, day=taken.header)
        return measures, roughly

    def _refuse_impossible(self, row: Row, found: Sequence[Happened]) -> None:
        """Refuse days in an order that cannot be, and the loss of what nobody had."""
        if wrong := rules.out_of_order(self.kind.names, found, is_one_round=True, said=self._event_called):
            row.problems.append(Problem.of(str(wrong.values["after"]), str(wrong.values["later"]), wrong))
        elif not rules.is_possible(self.kind.names, found):
            last = max((each for each in found if each.event in self.kind.names.closing), key=lambda each: each.on)
            row.refuse(self._headers.called(last.event), last.on.isoformat(), IMPOSSIBLE)

    def _refuse_receiver(
        self, row: Row, place: Region, firm: Organisation | NewOrganisation | None, happened: Sequence[Happened]
    ) -> None:
        """Who takes something over lies where it comes to, unless it was passed on since."""
        last = max((each for each in happened), key=lambda each: each.on, default=None)
        arrived = [each for each in happened if each.event in self.kind.names.arrivals]
        if not arrived or not isinstance(firm, Organisation) or (last and last.event in self.kind.names.departures):
            return
        low, high = place.range
        if not low <= firm.region.path < high:
            role = "receiver" if self._headers.said(row, "receiver") else "organisation"
            row.refuse(
                self._headers.called(role),
                firm.name,
                RECEIVED_ELSEWHERE,
                event=self._headers.called(arrived[0].event),
                place=place.name,
            )

    def _unsaid(self, happened: Iterable[Happened]) -> Iterator[str]:
        """The events of a row whose amounts indicators add up and it leaves out."""
        for each in happened:
            measure = self._uncounted.get(each.event)
            if measure and measure not in each.measures:
                yield each.event

    def _compare_parts(self, row: Row, event: str, measures: Mapping[str, int]) -> None:
        """A part is never more than its whole."""
        if over := rules.exceeding(self.kind.names, measures):
            parts, whole = over
            called = tuple(self._headers.called(f"{event} {name}") for name in parts)
            found = said(row.cells[self._headers.taken[f"{event} {parts[0]}"].place])
            told = rules.MORE_THAN_WHOLE.filled(part=called, whole=self._headers.called(f"{event} {whole}"))
            row.problems.append(Problem.of(called[0], found, told))

    def _event_called(self, event: str) -> Saying | str:
        """What the file calls an event."""
        return self._headers.called(event)

    # ── which record it is ──

    def key(self, row: Row) -> object:
        if row.content is not None and not row.problems:
            return self._stored.key(row.content)
        number = row.partly.columns.get("number", "") if row.partly is not None else ""
        return number if number and self.kind.names.identity is Identity.NUMBER else None

    def repeated(self, row: Row) -> str:
        if self.kind.names.identity is Identity.RENEWED:
            return REPEATED_TITLE
        return REPEATED_OR_ANOTHER if may_be_another(self.kind, row.content.columns.get("number", "")) else REPEATED

    def join(self, first: Row, row: Row) -> bool:
        return first.content is not None and not first.problems and joined(self.kind, first, row)

    def compare(self, rows: Sequence[Row]) -> None:
        wholes = [row for row in rows if row.part_of is None]
        for row in wholes:
            if self.kind.is_lasting:
                put_in_order(self.kind, row.content)
        self._stored.open([row.content for row in wholes])
        for row in wholes:
            self._stored.compare(row)
            is_said = row.outcome == NEW or (row.outcome == CHANGED and "number" in row.changes[0])
            if is_said and not row.content.mark.sure:  # what stands already is not doubted again
                row.problems += row.content.doubts
        self._compared = wholes
        for row in rows:
            if (whole := row.part_of) is not None:
                row.outcome, row.stored = whole.outcome, whole.stored
                row.problems += whole.problems

    def since(self, row: Row) -> int:
        seq: int = max(each.seq_from for each in (row.stored, *self._stored.history(row.stored)))
        return seq

    def file(self, rows: Sequence[Row], filing: Filing) -> int:
        return HistoryFiler(self.form, self._stored, self._confirming).file(rows, filing)

    # ── saying ──

    @cached_property
    def _words(self) -> HistoryWords:
        return HistoryWords(self.form, self._headers, self._events, self._stored, self._today)

    def altered(self, row: Row) -> list[tuple[str, str, str]]:
        return self._words.altered(row)

    def statements(self, rows: Sequence[Row]) -> list[Statement]:
        return [stated(self.kind, row) for row in rows]

    def briefs(self, rows: Sequence[Row]) -> list[Brief]:
        return self._words.briefs(rows)
