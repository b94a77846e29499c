"""Rows of records with a history: what each says, which record it is, and what that adds to the ledger."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import repeat
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base import codes
from xingke.base.keys import new_keys
from xingke.base.sayings import Saying, say
from xingke.ledger import rules
from xingke.ledger.actions import NewEvent, NewHistory, file_histories
from xingke.ledger.amending import Amendment, amend_histories
from xingke.ledger.bulk import listed
from xingke.ledger.incoming import CHANGED, NEW, OUTSIDE, Brief, Filing, Options, Problem, Row, Told, telling
from xingke.ledger.incoming_cells import Amounts, Days, Detail, Headers, Terms, day_or_remedy, each_once, said
from xingke.ledger.incoming_contents import HELD_BY_SOMEBODY, Content, Happened, natural_key
from xingke.ledger.incoming_firms import Firms, close, known_organisations
from xingke.ledger.incoming_stored import Stored
from xingke.ledger.kinds import KINDS
from xingke.ledger.sheets import SheetForm, Taken, Understood
from xingke.ledger.words import Words
from xingke.registry import queries as registry
from xingke.registry.actions import NewOrganisation, enter_organisations
from xingke.registry.models import Organisation, Region
from xingke.registry.rules import Scope

NO_REGION = gettext_noop("没有这个区划，请填全称或六位代码。")
REGION_UNSAID = gettext_noop("没有写明区划；请补充区划一列，或在上传时选择区划。")
SAME_REGIONS = gettext_noop("有 %(count)d 个同名区划，请填六位代码。")
NO_FIRM = gettext_noop("“%(region)s”没有这个单位；请核对全称和统一社会信用代码，或先登记该单位。")
OTHER_CODE = gettext_noop("前面的行给“%(name)s”写的代码是 %(code)s，同名的单位请先分别登记。")
OTHER_FIRM = gettext_noop("代码 %(code)s 登记的单位是“%(name)s”，请核对名称或代码。")
SAME_FIRMS = gettext_noop("“%(region)s”有 %(count)d 个同名单位，请填统一社会信用代码。")
FOREIGN = gettext_noop("这个统一社会信用代码登记在您不能为其登记的单位名下，请核对代码。")
NOT_OF_CODE = gettext_noop("统一社会信用代码应为 18 位数字和大写字母，不含 I、O、S、V、Z。")
FIRM_UNSAID = gettext_noop("请填单位全称或统一社会信用代码。")
AMOUNT_ALONE = gettext_noop("有数量而没有日期，请填“%(day)s”。")
NOTHING_HAPPENED = gettext_noop("没有任何日期；至少要填一个。")
OTHER_FORM = gettext_noop("申请号表示的是“%(form)s”，与专利类型不一致。")
IMPOSSIBLE = gettext_noop("这样的经过不能发生：失去之前没有取得；请补上取得的日期。")

Firm = Organisation | NewOrganisation | None
Event = tuple[str, Taken, bool, list[tuple[str, Taken]]]  # its name, its day, whether it repeats, its measures
Cells = tuple[date | Problem | None, tuple[int | Problem | None, ...]]  # what a row says of it


class HistoryReader:
    """See ``incoming.Reader``. kept_in: what finds the records that rows are."""

    kept_in: type[Stored] = Stored

    def __init__(self, form: SheetForm, understood: Understood, *, by: User, options: Options) -> None:
        self.form = form
        self.kind = KINDS[form.kind]
        self._headers = Headers(form, understood.taken)
        self._by = by
        self._entering = registry.scope(by, Permission.RECORD_ENTER)
        self._editing = registry.scope(by, Permission.ORGANISATION_EDIT) if options.new_organisations else Scope()
        at_once = options.confirmed and not self.kind.names.four_eyes  # nobody confirms what they file of those
        signing = registry.scope(by, Permission.RECORD_CONFIRM)
        self._confirming = signing if at_once else Scope()
        self._usual = registry.regions_by_code([options.region]).get(options.region) if options.region else None
        self._today = timezone.localdate()
        self._keys = new_keys()
        self._entered: dict[UUID, Organisation] = {}
        self._digits = {each.number_digit: each for each in registry.terms("patent_form").values() if each.number_digit}
        self.key_column = self._headers.called("number" if "number" in understood.taken else "name")
        self._stored = self.kept_in(self._headers, self.key_column, entering=self._entering, signing=signing)
        self._own: dict[str, Terms | Detail] = {
            **{name: Terms(self._headers, self.kind, name) for name in self.kind.repeated},
            **{name: Detail(self._headers, self.kind, name) for name in self.kind.details},
        }
        self._events: list[Event] = [
            (column.event, understood.taken[column.role], column.repeats, self._measures_of(column.event))
            for column in form.events
            if column.role in understood.taken
        ]

    def _measures_of(self, event: str) -> list[tuple[str, Taken]]:
        roles = ((measure, f"{event} {measure}") for measure in self.kind.measures)
        return [(measure, self._headers.taken[role]) for measure, role in roles if role in self._headers.taken]

    # ── reading ──

    @property
    def remarks(self) -> list[Saying]:
        """Codes with another check character have been given out: they are entered, and somebody should look at them."""
        entered = [each for each in self._firms.fresh.values() if each.credit_code]
        return [
            say(
                "“%(name)s”的统一社会信用代码 %(code)s 校验位不符，仍可登记，请对照营业执照核对。",
                name=each.name,
                code=each.credit_code,
            )
            for each in entered
            if not codes.is_credit_code(each.credit_code)
        ]

    def read(self, rows: Sequence[Row], told: Told) -> None:
        names, codes_, holders, credits_ = (
            self._headers.cells(rows, role, str) for role in ("region", "region_code", "organisation", "credit_code")
        )
        placed, held = list(zip(names, codes_, strict=True)), list(zip(holders, credits_, strict=True))
        self._open_regions(placed)
        self._firms = Firms(set(held), by=self._by)
        places = each_once(placed, self._region)
        firms = self._firms_of(held, [place for place, _wrong in places])
        own = zip(*(self._headers.cells(rows, name, each.read) for name, each in self._own.items()), strict=True)
        events = zip(*(self._cells_of(rows, event) for event in self._events), strict=True)
        for row, pair, (place, misplaced), (firm, unheld), cells, days in zip(
            telling(rows, told), placed, places, firms, own, events, strict=True
        ):
            row.problems += misplaced
            row.problems += unheld
            columns = self._columns_of(row, cells)
            happened = self._happened(row, days)
            if not row.problems and place is not None:
                row.content = Content(place, any(pair), firm, columns, happened)

    def _open_regions(self, said: Iterable[tuple[str, str]]) -> None:
        words = {word for pair in set(said) for word in pair if word}
        self._regions: dict[str, list[Region]] = {}
        for each in Region.objects.filter(valid_to__isnull=True, name__in=words):
            self._regions.setdefault(each.name, []).append(each)
        self._regions |= {code: [each] for code, each in registry.regions_by_code(words).items()}

    def _region(self, written: tuple[str, str]) -> tuple[Region | None, list[Problem]]:
        """The place of a name and a code, and what speaks against it."""
        name, code = written
        said, column = (code, "region_code") if code else (name, "region")
        header = self._headers.called(column)
        if not said:
            if self._usual is None:
                return None, [Problem(header, "", REGION_UNSAID)]
            found = [self._usual]
        else:
            known = self._regions.get(said, [])
            found = [each for each in known if self._entering.covers(each.path)] or known
        if len(found) != 1:
            return None, [Problem(header, said, SAME_REGIONS if found else NO_REGION, {"count": len(found)})]
        wrong = []
        if code and name and found[0].name != name and "region" in self._headers.taken:
            wrong.append(
                Problem(self._headers.called("region"), name, OTHER_FIRM, {"code": code, "name": found[0].name})
            )
        if not self._entering.covers(found[0].path):
            return None, [*wrong, Problem(header, said or found[0].name, OUTSIDE)]
        return found[0], wrong

    def _firms_of(
        self, held: Sequence[tuple[str, str]], places: Sequence[Region | None]
    ) -> Iterator[tuple[Firm, list[Problem]]]:
        """Whose each row is, and what speaks against it."""
        known: dict[tuple[str, str, int | None], tuple[Firm, list[Problem]]] = {}
        for (name, credit), place in zip(held, places, strict=True):
            key = (name, credit, place.pk if place else None)
            found = known.get(key)
            if found is None:
                found = self._firm(name, credit, place)
                if not isinstance(found[0], NewOrganisation):  # of which a later row may tell the code
                    known[key] = found
            yield found

    def _firm(self, name: str, credit: str, region: Region | None) -> tuple[Firm, list[Problem]]:
        def refused(column: str, found: str, remedy: str, **values: Any) -> Problem:
            return Problem(self._headers.called(column), found, remedy, values)

        if not name and not credit:
            is_wanted = self.kind.code in HELD_BY_SOMEBODY or self._headers.is_required("organisation")
            return None, [refused("organisation", "", FIRM_UNSAID)] if is_wanted else []
        code = codes.normalise_code(credit)
        found = self._firms.by_code.get(code) if code else None
        is_mixed = found is not None and region is not None and found.is_fictional != region.is_fictional
        if is_mixed or code in self._firms.foreign:
            return None, [refused("credit_code", credit, FOREIGN)]
        if found is not None:
            is_other = name and close(name) != close(found.name)
            return found, [refused("organisation", name, OTHER_FIRM, code=code, name=found.name)] if is_other else []
        if region is None:
            return None, []
        if name:
            called = self._firms.called(name, region)
            if len(called) > 1:
                return None, [refused("organisation", name, SAME_FIRMS, region=region.name, count=len(called))]
            if called and (not code or not called[0].credit_code or called[0].credit_code == code):
                return called[0], []
            if not called and self._editing.covers(region.path):
                if code and not codes.has_credit_form(code):
                    return None, [refused("credit_code", credit, NOT_OF_CODE)]
                if other := self._firms.other_code(name, code, region):
                    return None, [refused("credit_code", credit, OTHER_CODE, name=name, code=other)]
                return self._firms.new(name, code, region), []
        return None, [refused("organisation" if name else "credit_code", name or credit, NO_FIRM, region=region.name)]

    def _columns_of(self, row: Row, cells: Iterable[str | Problem]) -> dict[str, str]:
        found = dict(self.form.given)
        for name, cell in zip(self._own, cells, strict=True):
            if isinstance(cell, Problem):
                row.problems.append(cell)
            elif cell:
                found[name] = cell
        if self.kind.code == "patent":
            self._compare_forms(row, found)
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

    def _cells_of(self, rows: Sequence[Row], event: Event) -> Iterator[Cells]:
        """By row: the day of an event, and its amounts."""
        _name, taken, _repeats, measured = event
        days = each_once([row.cells[taken.place] for row in rows], Days(taken, self._today).read)
        amounts = [
            each_once([row.cells[each.place] for row in rows], Amounts(each).read) for _measure, each in measured
        ]
        return zip(days, zip(*amounts, strict=True) if amounts else repeat(()), strict=False)

    def _happened(self, row: Row, cells: Iterable[Cells]) -> list[Happened]:
        found: list[Happened] = []
        for (event, taken, repeats, measured), (day, amounts) in zip(self._events, cells, strict=True):
            if isinstance(day, Problem):
                row.problems.append(day)
                day = None
            measures: dict[str, int] = {}
            for (measure, column), amount in zip(measured, amounts, strict=True):
                if isinstance(amount, Problem):
                    row.problems.append(amount)
                elif amount is not None:
                    measures[measure] = amount
                    if day is None and not row.problems:
                        row.refuse(column.header, said(row.cells[column.place]), AMOUNT_ALONE, day=taken.header)
            if day is not None:
                found.append(Happened(event, day, measures, repeats))
        if not row.problems and not found:
            row.refuse(self._events[0][1].header, "", NOTHING_HAPPENED)
        elif not row.problems and not rules.is_possible(found):
            last = max(found, key=lambda each: each.on)
            row.refuse(self._headers.called(last.event), last.on.isoformat(), IMPOSSIBLE)
        return found

    # ── which record it is ──

    def key(self, row: Row) -> object:
        return natural_key(self.kind, row.content)

    def compare(self, rows: Sequence[Row]) -> None:
        self._stored.open([row.content for row in rows])
        for row in rows:
            self._stored.compare(row)

    def since(self, row: Row) -> int:
        seq: int = max(each.seq_from for each in (row.stored, *self._stored.history(row.stored)))
        return seq

    # ── filing ──

    def before_filing(self, rows: Sequence[Row], *, by: User, now: datetime, source: str) -> int:
        wanted = {each.key: each for row in rows if isinstance(each := row.content.firm, NewOrganisation)}
        entered = 0
        if wanted:
            entered = enter_organisations(organisations=wanted.values(), by=by, now=now, source=source)
            self._entered = {each.key: each for each in known_organisations().filter(key__in=listed(wanted))}
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
            key=next(self._keys), fields=content.columns, region=content.region, organisation=holder,
            zone=holder.zone if holder else None, events=self._new_events(content.happened, content.region),
            is_fictional=content.region.is_fictional, source_place=f"第 {row.number} 行",
        )  # fmt: skip

    def _amendment(self, row: Row) -> Amendment:
        columns, events, fresh = row.changes
        content: Content = row.content
        return Amendment(
            subject=row.stored, history=self._stored.history(row.stored), columns=columns, events=events,
            fresh=self._new_events(fresh, content.region), source_place=f"第 {row.number} 行",
        )  # fmt: skip

    def _new_events(self, happened: Iterable[Happened], region: Region) -> list[NewEvent]:
        return [
            NewEvent(event=each.event, on=each.on, region=region, key=next(self._keys), measures=each.measures)
            for each in happened
        ]

    # ── saying ──

    def briefs(self, rows: Sequence[Row]) -> list[Brief]:
        words = Words()
        return [self._brief(row, words) for row in rows]

    def _brief(self, row: Row, words: Words) -> Brief:
        def cell(role: str) -> str:
            place = self._headers.place(role)
            return row.cells[place].strip() if place is not None else ""

        who = cell("organisation") or cell("credit_code")
        what = " ".join(filter(None, (cell("name") or cell(self.kind.repeated[0]), cell("number"))))
        facts = []
        for event, taken, _repeats, measured in self._events:
            text = row.cells[taken.place].strip()
            if text and text not in rules.EMPTY_MARKS:
                amounts = [
                    f"{row.cells[each.place].strip()}{words.unit_after(each.unit.code) if each.unit else ''}"
                    for _measure, each in measured
                    if said(row.cells[each.place])
                ]
                day = day_or_remedy(text, self._today)
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
