"""Cells of a list as HTML: made here and not in a template, for a page has hundreds."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any  # whatever a room shows

from django.utils.html import strip_tags

from xingke.base.templatetags.xk import moment, number, state_tag
from xingke.registry.listing.rules import ListColumn, ListedCell

DASH = '<span class="muted">—</span>'


def cell_text(value: Any, *, is_numeric: bool = False) -> str:
    """A plain value as it is read on a page, escaped: days as 2026-11-30, moments to the minute, numbers in groups of three."""
    if isinstance(value, str):
        return value if hasattr(value, "__html__") else escape(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_numeric and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return number(value)
    return escape(str(value))


def row_writer(columns: Sequence[ListColumn], first: ListColumn) -> Callable[[Any, Any], str]:
    """What makes of a row the cells of some columns; what one of them says, the first of the list, is known."""
    cells = [(None if column is first else column.cell, column.is_numeric, _opened(column)) for column in columns]

    def write(row: Any, known: Any) -> str:
        return "".join(
            f"{opened}{_inside(cell(row) if cell else known, is_numeric=is_numeric)}</td>"
            for cell, is_numeric, opened in cells
        )

    return write


def _opened(column: ListColumn) -> str:
    classes = classes_of(column)
    return f'<td class="{classes}">' if classes else "<td>"


def _inside(value: Any, *, is_numeric: bool) -> str:
    if not isinstance(value, ListedCell):
        if is_numeric and value is None:
            return escape(number(None))
        return cell_text(value, is_numeric=is_numeric) or DASH
    if value.state:
        inner: str = state_tag(value.state, str(value.text) if value.text else "")
    else:
        inner = cell_text(value.text, is_numeric=is_numeric) or ("" if value.url else DASH)
    if value.hint:
        inner = f'<span class="cut" title="{escape(str(value.hint))}">{inner}</span>'
    if value.url:
        inner = f'<a href="{escape(value.url)}">{inner}</a>'
    if sub := cell_text(value.sub):
        return f'{inner}<span class="sub tnum">{sub}</span>'
    return inner


def classes_of(column: ListColumn) -> str:
    """The classes of a column's cells."""
    names = (
        ("num", column.is_numeric),
        ("wide", column.is_wide),
        ("nowrap", column.is_whole),
        ("tnum", column.is_told or column.is_whole),
    )
    return " ".join(name for name, holds in names if holds)


def cell_words(value: Any) -> Any:
    """What a file says where a page shows this: a day stays a day, and a number a number."""
    if not isinstance(value, ListedCell):
        return value
    if value.state:
        return str(value.text) if value.text else strip_tags(state_tag(value.state))
    return value.text
