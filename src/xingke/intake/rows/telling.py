"""What the page of an import says of a row of a history: whose and what in short, and what would change."""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xingke.intake.rows.cells import (
    Headers,
    day_or_remedy,
    is_bare,
    said,
)
from xingke.intake.rows.contents import Content
from xingke.intake.rows.incoming import (
    Brief,
    Row,
)
from xingke.intake.rows.stored import Stored
from xingke.intake.rules.lines import EMPTY_MARKS
from xingke.intake.sheets.columns import Taken
from xingke.intake.sheets.forms import SheetForm
from xingke.ledger import queries
from xingke.ledger import words as saying
from xingke.ledger.tables import TABLES

Event = tuple[str, Taken, bool, list[tuple[str, Taken]]]  # its name, its day, whether it repeats, its measures


class HistoryWords:
    """Rows in words. events: the events a row may say, see ``Event``."""

    def __init__(self, form: SheetForm, headers: Headers, events: Sequence[Event], stored: Stored, today: date) -> None:
        self.form, self.kind = form, TABLES[form.kind]
        self._headers, self._events, self._stored, self._today = headers, events, stored, today

    def altered(self, row: Row) -> list[tuple[str, str, str]]:
        """What the row changes of its record: what it is called, what stands, what would."""
        columns, events, fresh = row.changes
        words, history = saying.Words(), self._stored.history(row.stored)
        own = {name: value for name, value in columns.items() if name != "person"}
        found = [(each.label, each.old, each.new) for each in words.changes(row.stored, _with(row.stored, own))]
        for event in history:
            after = _with(event, events.get(event.record, {}))
            called = words.event(self.kind.code, event.event)
            found += [(f"{called} {each.label}", each.old, each.new) for each in words.changes(event, after)]
        for each in fresh:
            amounts = [saying.measured(*words.number_and_unit(name, scaled)) for name, scaled in each.measures.items()]
            found.append((words.event(self.kind.code, each.event), "", " ".join([saying.day_word(each.on), *amounts])))
        return found

    def briefs(self, rows: Sequence[Row]) -> list[Brief]:
        """The rows in short."""
        words = saying.Words()
        return [self._brief(row, words) for row in rows]

    def _brief(self, row: Row, words: saying.Words) -> Brief:
        def cell(role: str) -> str:
            place = self._headers.place(role)
            return row.cells[place].strip() if place is not None else ""

        who = cell("organisation") or cell("credit_code")
        called = cell("name") or cell(self.kind.repeated[0])
        what = " ".join(filter(None, (called, cell("person"), cell("number"))))
        facts = []
        for event, taken, _repeats, measured in self._events:
            written = row.cells[taken.place].strip()
            if written and written not in EMPTY_MARKS:
                amounts = [
                    f"{text}{words.unit_after(each.unit.code) if each.unit and is_bare(text) else ''}"
                    for _measure, each in measured
                    if (text := said(row.cells[each.place]))
                ]
                day = day_or_remedy(written, self._today)
                facts.append(
                    " ".join(
                        [
                            words.event(self.form.kind, event),
                            written if isinstance(day, str) else day.isoformat(),
                            *amounts,
                        ]
                    )
                )
        if self.kind.is_lasting and row.content is not None:
            facts += self._last_day_said(row.content)
        return Brief(who, what, facts)

    def _last_day_said(self, content: Content) -> list[str]:
        """Until when the last certificate of a row holds, as it would be kept."""
        certified = [each for each in content.happened if each.event in self.kind.names.certifying]
        last = max(certified, key=lambda each: each.on, default=None)
        if last is None:
            return []
        until = last.until or queries.usual_last_day(self.kind, content.columns, last.event, last.on)
        return [_("有效期至 %(day)s") % {"day": until.isoformat()}] if until is not None else []


def _with(row: Any, changes: Mapping[str, Any]) -> Any:
    """A version as it would be with some columns changed."""
    after = copy(row)
    for name, value in changes.items():
        setattr(after, name, value)
    return after
