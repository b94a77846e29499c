"""Records as the rows they could have come in as: a list that, handed over again, changes nothing.

One row is one record, in the columns of its kind's form of spreadsheet. What no column holds (a second 复审, say) stands
in words behind them, where the importer passes it over.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice, product
from typing import Any  # a record is a row of any kind's table
from uuid import UUID

from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.press.xlsx_writer import Cell, Column
from xingke.base.quantities import Unit
from xingke.ledger import rules
from xingke.ledger.blank_forms import MONEY, sheet_columns
from xingke.ledger.events import Wanted, events_wanted
from xingke.ledger.incoming_contents import DATED, Happened
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import EventVersion, State
from xingke.ledger.sheets import FURTHER, INVENTED, RECORD, STATE, SheetForm
from xingke.ledger.sheets import Column as FormColumn
from xingke.ledger.words import state_word
from xingke.registry import queries as registry

CHUNK = 500
TRIED = 200  # ways to pick one event for each column before those that end something are left out


def form_of_kind(kind: str) -> SheetForm | None:
    """The form a kind's records are listed in: the one that takes nothing for granted."""
    forms = [found.value for found in registry.catalogue("sheet").values() if found.value.kind == kind]
    return next((each for each in forms if not each.given), None)


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
    kind = KINDS[form.kind]
    allowed = registry.require_page(user, Permission.RECORD_READ)
    shown = events_wanted(user, kind, wanted).values("subject")
    subjects = (
        kind.subject._default_manager.filter(registry.in_scope(allowed), record__in=shown, seq_to__isnull=True)
        .exclude(state=State.VOID)
        .select_related("region", "organisation")
        .order_by("happened_on", "pk")
    )
    writer = _Writer(form)
    rows = subjects.iterator(chunk_size=CHUNK)
    while part := list(islice(rows, CHUNK)):
        histories = _histories(form, [each.record for each in part], registry.in_scope(allowed))
        yield from (writer.row(each, histories.get(each.record, ())) for each in part)


def _histories(form: SheetForm, records: Sequence[UUID], allowed: Any) -> Mapping[UUID, list[Any]]:
    events = KINDS[form.kind].event._default_manager.filter(allowed, subject__in=records, seq_to__isnull=True)
    found: dict[UUID, list[Any]] = {}
    for event in events.exclude(state=State.VOID).order_by("step"):
        found.setdefault(event.subject, []).append(event)
    return found


class _Writer:
    """Writes records in the columns of one form."""

    def __init__(self, form: SheetForm) -> None:
        self.form, self.kind, self._units = form, KINDS[form.kind], registry.units()
        self._labels = {
            name: {term.code: term.label.zh for term in registry.terms(self.kind.field_list(name)).values()}
            for name in self.kind.repeated
        }
        self._events = {term.code: term.label.zh for term in registry.terms(self.kind.event_list).values()}
        self._columns = {column.event for column in form.events}

    def row(self, subject: Any, history: Sequence[Any]) -> list[Cell]:
        """One record with its events, oldest first."""
        chosen = self._chosen(history)
        listed = {event.pk for event in chosen.values()}
        further = [self._said(event) for event in history if event.pk not in listed]
        return [
            *(self._cell(column, subject, chosen) for column in self.form.column), "；".join(further),
            state_word(subject.state), "是" if subject.is_fictional else "", str(subject.record),
        ]  # fmt: skip

    def _chosen(self, history: Sequence[Any]) -> dict[str, Any]:
        """One event for each column, the latest ones that could have happened so by themselves.

        Of a kind that is known by its first day, the first ones.
        """
        alike: dict[str, list[Any]] = {}
        for event in history if self.kind.code in DATED else reversed(history):
            if event.event in self._columns:
                alike.setdefault(event.event, []).append(event)
        for picked in islice(product(*alike.values()), TRIED):
            if rules.is_possible([Happened(each.event, each.happened_on, {}, False) for each in picked]):
                return {each.event: each for each in picked}
        return {code: found[0] for code, found in alike.items() if code not in rules.CLOSES}

    def _cell(self, column: FormColumn, subject: Any, chosen: Mapping[str, Any]) -> Cell:
        if column.event:
            return self._of_event(column, chosen.get(column.event))
        holder = subject.organisation
        common: dict[str, str] = {
            "region": subject.region.name, "region_code": subject.region.code,
            "organisation": holder.name if holder else "", "credit_code": holder.credit_code if holder else "",
        }  # fmt: skip
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
        if hasattr(subject, name):
            own: Cell = getattr(subject, name)
            return own
        newest = sorted(chosen.values(), key=lambda event: event.step, reverse=True)
        return next((value for event in newest if (value := getattr(event, name, None)) not in (None, "")), None)

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
