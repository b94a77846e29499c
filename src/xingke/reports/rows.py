"""Documents and changed records as rows of lists, the same wherever they are listed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.base.templatetags.xk import period as period_words
from xingke.registry.rules import Scope
from xingke.reports import checking, queries
from xingke.reports.checking import Checked
from xingke.reports.models import Document
from xingke.reports.verifying import RecordChange


@dataclass(frozen=True)
class Row:
    """A document in a list: how many figures it speaks, how many sentences were left out, and whether it still holds."""

    document: Document
    figures: int
    gaps: int
    state: str
    period: str


def rows_of(documents: Iterable[Any]) -> list[Row]:  # documents annotated with figure_count
    """Documents for a list; the state is empty where it would have to be worked out."""
    stamp = queries.ledger_stamp()
    return [
        Row(each, each.figure_count, len(each.gaps), _state(checking.known(each, stamp)), period_words(each.period))
        for each in documents
    ]


def _state(checked: Checked | None) -> str:
    if checked is None:
        return ""
    return "holds" if checked.holds else "drifted"


@dataclass(frozen=True)
class Change:
    """One record that changed since the figure was frozen."""

    what: str
    title: str
    url: str


def changes_open_to(changes: Sequence[RecordChange], readable: Scope) -> tuple[list[Change], int]:
    """The changed records somebody may read, in words, and how many others there are: siblings' records stay closed."""
    seen = [each for each in changes if readable.covers(each.path)]
    return [_change(each) for each in seen], len(changes) - len(seen)


def _change(each: RecordChange) -> Change:
    what = {"added": _("新增"), "removed": _("移出"), "changed": pgettext("done", "更正")}[each.what]
    return Change(what, each.title, reverse("ledger:record", args=[each.kind, UUID(each.record)]))
