"""Documents and changed records as rows of lists, the same wherever they are listed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.base.templatetags.xk import period as period_words
from xingke.ledger.queries.caching import ledger_stamp
from xingke.registry.rules import Scope
from xingke.reports.models import Document
from xingke.reports.queries import checking
from xingke.reports.queries.checking import CheckedDocument
from xingke.reports.queries.verifying import RecordChange
from xingke.reports.standing import TAGS


@dataclass(frozen=True)
class DocumentRow:
    """A document in a list: how many figures it speaks, how many sentences were left out, whether it still holds, and
    where its newest edition and the public one stand."""

    document: Document
    figures: int
    gaps: int
    state: str
    period: str
    standing: str  # a code of state_tag
    public: int | None  # the number of the public edition, where it is another one
    handed_at: datetime | None = None  # since when it is handed up
    handed_to: str = ""  # to which region


def rows_of(
    documents: Iterable[Any], stamp: int | None = None
) -> list[DocumentRow]:  # documents annotated with figure_count
    """Documents for a list, from ``newest_visible_to``; the state is empty where it would have to be worked out.

    stamp: ``ledger_stamp``, where it has been asked for already.
    """
    stamp = ledger_stamp() if stamp is None else stamp
    listed = list(documents)
    known = checking.known_of(listed, stamp)
    return [_row(each, known[each.key]) for each in listed]


def _row(each: Any, checked: CheckedDocument | None) -> DocumentRow:  # an annotated document
    public = each.public if each.public != each.edition else None
    standing = TAGS[each.standing or ""]
    return DocumentRow(
        each,
        each.figure_count,
        len(each.gaps),
        _state(checked),
        period_words(each.period),
        standing,
        public,
        each.handed_at,
        each.handed_to or "",
    )


def _state(checked: CheckedDocument | None) -> str:
    if checked is None:
        return ""
    return "holds" if checked.holds else "drifted"


@dataclass(frozen=True)
class ChangedRecord:
    """One record that changed since the figure was frozen."""

    what: str
    title: str
    url: str


def changes_open_to(changes: Sequence[RecordChange], readable: Scope) -> tuple[list[ChangedRecord], int]:
    """The changed records somebody may read, in words, and how many others there are: siblings' records stay closed."""
    seen = [each for each in changes if readable.covers(each.path)]
    return [_change(each) for each in seen], len(changes) - len(seen)


def _change(each: RecordChange) -> ChangedRecord:
    what = {"added": _("新增"), "removed": _("移出"), "changed": pgettext("done", "更正")}[each.what]
    return ChangedRecord(what, each.title, reverse("ledger:record", args=[each.kind, UUID(each.record)]))
