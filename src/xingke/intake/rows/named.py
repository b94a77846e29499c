"""Rows that say which record they are: those of a list that came from the ledger, mended or not.

A column 记录编号 holds the record's key. Such a row is that record, whatever else it says, so that a name or a number can be
mended in the list; where the cell is empty, the row is read as any other.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from xingke.intake.rows.cells import said
from xingke.intake.rows.contents import Content
from xingke.intake.rows.histories import HistoryReader
from xingke.intake.rows.incoming import Row, Told
from xingke.intake.rows.stored import Stored
from xingke.intake.sheets.columns import Understood
from xingke.intake.sheets.forms import RECORD, SheetForm
from xingke.ledger.actions.bulk import listed
from xingke.ledger.models import State

NOT_A_RECORD = gettext_noop("不是记录编号；不要改这一格，是新的记录请清空。")
NO_RECORD = gettext_noop("台账中没有这条记录；是新的记录，请把这一格清空。")
MET_BEFORE = gettext_noop("与第 %(line)d 行是台账中的同一条记录，请只保留一行。")
NUMBER_TAKEN = gettext_noop("这个编号是台账中另一条记录“%(name)s”的，请核对。")


class NamedStored(Stored):
    """The records of the ledger that rows may be, some of which say which. named: their contents' records."""

    named: dict[Content, UUID]

    def open(self, contents: Sequence[Content]) -> None:
        super().open(contents)
        self._by_record = self._stored({each for content in contents if (each := self.named.get(content))}, "record")
        self._met: dict[UUID, int] = {}  # record → the row that is it
        missing = self._by_record.keys() - self._history.keys()
        if missing:
            events = self.kind.event._default_manager.filter(subject__in=listed(missing), seq_to__isnull=True)
            for event in events.select_related("region").order_by("step"):
                self._history.setdefault(event.subject, []).append(event)

    def _candidates(self, content: Content) -> list[Any]:
        record = self.named.get(content)
        if record is None:
            return super()._candidates(content)
        return [self._by_record[record]] if record in self._by_record else []

    def compare(self, row: Row) -> None:
        record = self.named.get(row.content)
        if record is not None and record not in self._by_record:
            row.refuse(RECORD, str(record), NO_RECORD)
        elif record is not None and (other := self._other_of_number(record, row.content)) is not None:
            row.refuse(self._headers.called("number"), row.content.columns["number"], NUMBER_TAKEN, name=other.name)
        else:
            super().compare(row)
            self._refuse_met(row)

    def _other_of_number(self, record: UUID, content: Content) -> Any:
        """Another record that has the number of a row; None where numbers may be shared."""
        number = content.columns.get("number", "")
        if not number or not self._is_numbered or self._by_record[record].number == number:
            return None
        alive = (each for each in self._by_number.get(number, ()) if each.state != State.VOID)
        return next((each for each in alive if each.record != record), None)

    def _refuse_met(self, row: Row) -> None:
        """Of two rows that are one record, one says so and the other is found out, the second is not filed."""
        if row.stored is None or row.problems or row.stored.record not in self._by_record:
            return
        line = self._met.setdefault(row.stored.record, row.number)
        if line != row.number:
            row.refuse(self._key_column, row.content.columns.get("number", ""), MET_BEFORE, line=line)


class NamedReader(HistoryReader):
    """See ``incoming.Reader``; reads our column, where a file has it."""

    kept_in = NamedStored

    def __init__(self, form: SheetForm, understood: Understood, **chosen: Any) -> None:
        super().__init__(form, understood, **chosen)
        self._named: dict[Content, UUID] = {}
        assert isinstance(self._stored, NamedStored)
        self._stored.named = self._named
        self._record_place = understood.header.index(RECORD) if RECORD in understood.header else None

    def read(self, rows: Sequence[Row], told: Told) -> None:
        super().read(rows, told)
        if self._record_place is not None:
            for row in rows:
                if text := said(row.cells[self._record_place]):
                    self._name(row, text)

    def _name(self, row: Row, text: str) -> None:
        try:
            record = UUID(text)
        except ValueError:
            row.refuse(RECORD, text, NOT_A_RECORD)
            return
        if row.content is not None:
            self._named[row.content] = record

    def key(self, row: Row) -> object:
        return self._named.get(row.content) or super().key(row)
