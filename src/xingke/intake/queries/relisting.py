"""Records as the rows they could have come in as: a list that, handed over again, changes nothing.

One row is one record, in the columns of its kind's form of spreadsheet. What no column holds (a second 复审, say) stands
in words behind them, where the importer passes it over.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice, product
from typing import Any  # a record is a row of any kind's table
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.periods import Period
from xingke.base.quantities import Quantity, Unit
from xingke.intake.rows.contents import Happened
from xingke.intake.sheets.blank import MONEY, sheet_columns
from xingke.intake.sheets.forms import FURTHER, INVENTED, OBSERVATION, RECORD, STATE, FormColumn, SheetForm
from xingke.ledger import rules
from xingke.ledger.kinds.record_kind import Detail, DetailType, Identity
from xingke.ledger.models import EventVersion, Observation, State, Version
from xingke.ledger.queries import holders, readable
from xingke.ledger.queries.events import Wanted, events_wanted
from xingke.ledger.relists import Relist, Relisted
from xingke.ledger.tables import TABLES
from xingke.ledger.words import state_word
from xingke.press.xlsx_writer import Cell, Column
from xingke.registry import queries as registry

CHUNK = 500
TRIED = 200  # ways to pick one event for each column before those that end something are left out


def form_of_kind(kind: str) -> SheetForm | None:
    """The form a kind's records are listed in: the one that takes nothing for granted."""
    forms = [found.value for found in registry.catalogue("sheet").values() if found.value.kind == kind]
    return next((each for each in forms if not each.given), None)


def relisted_records(kind: str, user: User, wanted: Wanted) -> Relisted | None:
    """One row per record that has an event of a list, as its kind's spreadsheet has them."""
    form = form_of_kind(kind)
    if form is None:
        return None
    rows = list_rows(form, user, wanted)
    return Relisted(name=form.label.zh, columns=list_columns(form), notes=list_notes(), rows=rows)


def relisted_figures(found: Iterable[Observation]) -> Relisted | None:
    """Reported figures as their spreadsheet has them."""
    form = form_of_kind(OBSERVATION)
    if form is None:
        return None
    return Relisted(
        name=form.label.zh, columns=figure_columns(form), notes=list_notes()[:1], rows=figure_rows(form, found)
    )


def where_to_begin(user: User) -> tuple[str, str] | None:
    """Where a table is handed over, in words; None for who may not."""
    may = registry.has(user, Permission.IMPORT_RUN)
    return (reverse("intake:import-list"), _("导入清单")) if may else None


RELIST = Relist(code="records", records=relisted_records, figures=relisted_figures, begin=where_to_begin)


def list_columns(form: SheetForm) -> list[Column]:
    """The form's own columns, then ours."""
    return [*sheet_columns(form), *(Column(label=label) for label in (FURTHER, STATE, INVENTED, RECORD))]


def list_notes() -> list[tuple[str, str]]:
    """What there is to say about such a list."""
    return [
        (_("怎样再导入"), _("在“导入”页选同一种表格交来：没有改过的行不会有变动，改过的行列为改动。")),
        (FURTHER, _("一项多次发生的事，日期一列只写一次，其余写在这里；这一列导入时不读。")),
        (RECORD, _("认出是哪一条记录；请不要改，新增的行留空。")),
    ]


def list_rows(form: SheetForm, user: User, wanted: Wanted) -> Iterator[list[Cell]]:
    """The records, not void, that have an event of a list somebody looks at; each with all its events they may read.

    Three queries for 500 records.
    """
    kind = TABLES[form.kind]
    allowed, seen = registry.require_page(user, Permission.RECORD_READ), holders.seen_by(user)
    shown = events_wanted(user, kind, wanted).values("subject")
    subjects = (
        kind.subject._default_manager.filter(readable(allowed), record__in=shown, seq_to__isnull=True)
        .exclude(state=State.VOID)
        .select_related("region", "organisation__region")
        .order_by("happened_on", "pk")
    )
    writer = _Writer(form)
    rows = subjects.iterator(chunk_size=CHUNK)
    while part := list(islice(rows, CHUNK)):
        holders.hide(seen, part)
        histories = _histories(form, [each.record for each in part], readable(allowed))
        yield from (writer.row(each, histories.get(each.record, ())) for each in part)


def _histories(form: SheetForm, records: Sequence[UUID], allowed: Any) -> Mapping[UUID, list[Any]]:
    events = TABLES[form.kind].event._default_manager.filter(allowed, subject__in=records, seq_to__isnull=True)
    found: dict[UUID, list[Any]] = {}
    for event in events.exclude(state=State.VOID).order_by("step"):
        found.setdefault(event.subject, []).append(event)
    return found


class _Writer:
    """Writes records in the columns of one form."""

    def __init__(self, form: SheetForm) -> None:
        self.form, self.kind, self._units = form, TABLES[form.kind], registry.units()
        self._labels = {
            name: {term.code: term.label.zh for term in registry.terms(self.kind.field_list(name)).values()}
            for name in self.kind.repeated
        }
        self._events = {term.code: term.label.zh for term in registry.terms(self.kind.event_list).values()}
        self._columns = {column.event for column in form.events}
        order = [column.event for column in form.events]
        opens = next((place for place, code in enumerate(order, 1) if code in self.kind.names.opening), len(order))
        self._steps = order[:opens]  # one leads to the other, up to the first that opens something

    def row(self, subject: Any, history: Sequence[Any]) -> list[Cell]:
        """One record with its events, oldest first."""
        chosen = self._chosen(history)
        listed = {event.pk for event in chosen.values()}
        further = [self._said(event) for event in history if event.pk not in listed]
        return [
            *(self._cell(column, subject, chosen) for column in self.form.column),
            "；".join(further),
            state_word(subject.state),
            _invented(subject),
            str(subject.record),
        ]

    def _chosen(self, history: Sequence[Any]) -> dict[str, Any]:
        """One event for each column, the latest ones that could have happened so by themselves, in their order if any are.

        Of a kind that is known by its first day, the first ones.
        """
        alike: dict[str, list[Any]] = {}
        for event in history if self.kind.names.identity is Identity.NAME_AND_DAY else reversed(history):
            if event.event in self._columns:
                alike.setdefault(event.event, []).append(event)
        possible = None
        for picked in islice(product(*alike.values()), TRIED):
            if rules.is_possible(
                self.kind.names, [Happened(each.event, each.happened_on, {}, False) for each in picked]
            ):
                possible = possible or picked
                if self._is_in_order(picked):
                    return {each.event: each for each in picked}
        if possible is not None:
            return {each.event: each for each in possible}
        return {code: found[0] for code, found in alike.items() if code not in self.kind.names.closing}

    def _is_in_order(self, picked: Sequence[Any]) -> bool:
        """Whether what leads up to something, 申报 to 认定, comes before it: of two rounds no half of each is picked."""
        days = {each.event: each.happened_on for each in picked}
        steps = [days[code] for code in self._steps if code in days]
        return steps == sorted(steps)

    def _cell(self, column: FormColumn, subject: Any, chosen: Mapping[str, Any]) -> Cell:
        if column.event:
            return self._of_event(column, chosen.get(column.event))
        holder = subject.organisation
        common: dict[str, str] = {
            "region": subject.region.name,
            "region_code": subject.region.code,
            "organisation": holder.name if holder else "",
            "credit_code": holder.credit_code if holder else "",
        }
        if column.to in common:
            return common[column.to]
        if column.to in self.kind.repeated:
            code: str = getattr(subject, column.to)
            return self._labels[column.to].get(code, code)
        return self._of_its_own(column.to, subject, chosen)

    def _of_event(self, column: FormColumn, event: Any) -> Cell:
        if event is None:
            return None
        on: date = event.happened_on
        return self._amount(column, getattr(event, column.measure)) if column.measure else on

    def _of_its_own(self, name: str, subject: Any, chosen: Mapping[str, Any]) -> Cell:
        """A column of the record, or where it has none of that name, of the newest of its events that says something."""
        if name in self.kind.details:
            return self._of_a_detail(self.kind.names.detail(name), getattr(subject, name))
        if hasattr(subject, name):
            own: Cell = getattr(subject, name)
            return own
        newest = sorted(chosen.values(), key=lambda event: event.step, reverse=True)
        return next((value for event in newest if (value := getattr(event, name, None)) not in (None, "")), None)

    def _of_a_detail(self, detail: Detail, value: Any) -> Cell:
        if value is None:
            return None
        if detail.units:
            column = next(each for each in self.form.column if each.to == detail.name)
            return self._amount(column, value)
        if detail.type is DetailType.FLAG:
            return "是" if value else "否"
        own: Cell = value.name if detail.type is DetailType.ORGANISATION else value
        return own

    def _amount(self, column: FormColumn, scaled: int | None) -> Decimal | None:
        return None if scaled is None else in_unit(scaled, self._units[column.unit or MONEY])

    def _said(self, event: EventVersion) -> str:
        amounts = [
            f"{in_unit(scaled, self._units[column.unit or MONEY]):f}{column.unit or MONEY}"
            for column in self.form.column
            if column.measure and column.event == event.event and (scaled := getattr(event, column.measure)) is not None
        ]
        return " ".join([event.happened_on.isoformat(), self._events.get(event.event, event.event), *amounts])


def in_unit(scaled: int, unit: Unit) -> Decimal:
    """An amount as it is kept, exact in a unit, with as many decimals as it needs."""
    amount = Decimal(scaled) / unit.scale / unit.factor
    return Decimal(f"{amount.normalize():f}")


# ── reported figures ────────────────────────────────────────────────────────────────────────────────────────────────


def figure_rows(form: SheetForm, found: Iterable[Observation]) -> Iterator[list[Cell]]:
    """Reported figures in the columns of their form, as they were written; void ones are left out."""
    units = registry.units()
    for row in found:
        if row.state != State.VOID:
            said = _figure(row, units.get(row.unit) or Unit(code=row.unit, kind=row.kind))
            yield [*(said.get(column.to, "") for column in form.column), state_word(row.state), _invented(row)]


def figure_columns(form: SheetForm) -> list[Column]:
    """The form's own columns, then ours."""
    return [*sheet_columns(form), Column(label=STATE), Column(label=INVENTED)]


def _figure(row: Observation, unit: Unit) -> Mapping[str, str]:
    def amount(scaled: int | None) -> str:
        return "" if scaled is None else f"{Quantity(scaled=scaled, unit=unit, decimals=row.decimals).stated:f}"

    return {
        "figure": row.place,
        "document": row.document,
        "region": row.region_written,
        "region_code": row.region.code,
        "level": str(row.region.level),
        "stated_year": _stated_year(row),
        "real_year": row.real_written,
        "period": row.stated_period,
        "indicator": row.name,
        "measure": row.measure,
        "value": amount(row.value),
        "value_max": amount(row.value_max),
        "unit": row.unit,
        "basis": row.layer,
        "part": row.part,
        "as_written": row.as_written,
        "note": row.note,
    }


def _stated_year(row: Observation) -> str:
    """The year a document stated, which its real one was told apart from: as far from that as the periods are."""
    written = row.real_written.partition("(")[0].replace("likely", "").strip()
    stated = Period.parse(row.stated_period).first.year
    shift = stated - Period.parse(row.real_period).first.year if row.real_period else 0
    try:
        return written if written and not shift else str(Period.parse(written).first.year + shift)
    except ValueError:
        return str(stated)


def _invented(row: Version) -> str:
    return "是" if row.is_fictional else ""
