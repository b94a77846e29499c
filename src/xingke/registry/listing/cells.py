"""Cells of a list as HTML: made here and not in a template, for a page has hundreds."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any  # whatever a room shows

from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from xingke.base.templatetags.xk import moment, number, state_tag
from xingke.registry.listing.rules import ListColumn, ListedCell

DASH = '<span class="muted">—</span>'


def cell_text(value: Any, *, is_numeric: bool = False) -> str:
    """A plain value as it is read on a page, escaped: days as 2026-11-30, moments to the minute, numbers in groups of three."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return conditional_escape(moment(value))
    if isinstance(value, date):
        return value.isoformat()
    if is_numeric and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return number(value)
    return conditional_escape(value)


def cell_html(column: ListColumn, value: Any) -> str:
    """A cell of the table with what stands in it."""
    classes = _classes(column)
    open_tag = f'<td class="{classes}">' if classes else "<td>"
    if not isinstance(value, ListedCell):
        if column.is_numeric and value is None:
            return f"{open_tag}{conditional_escape(number(None))}</td>"
        return f"{open_tag}{cell_text(value, is_numeric=column.is_numeric) or DASH}</td>"
    if value.state:
        inner: str = state_tag(value.state, str(value.text) if value.text else "")
    else:
        inner = cell_text(value.text, is_numeric=column.is_numeric) or ("" if value.url else DASH)
    if value.hint:
        inner = format_html('<span class="cut" title="{}">{}</span>', value.hint, mark_safe(inner))  # escaped above
    if value.url:
        inner = format_html('<a href="{}">{}</a>', value.url, mark_safe(inner))
    sub = cell_text(value.sub)
    second = f'<span class="sub tnum">{sub}</span>' if sub else ""
    return f"{open_tag}{inner}{second}</td>"


def _classes(column: ListColumn) -> str:
    return " ".join(
        name
        for name, holds in (
            ("num", column.is_numeric),
            ("wide", column.is_wide),
            ("nowrap", column.is_whole),
            ("tnum", column.is_told or column.is_whole),
        )
        if holds
    )


def cell_words(value: Any) -> Any:
    """What a file says where a page shows this: a day stays a day, and a number a number."""
    if isinstance(value, ListedCell):
        return str(state_words(value)) if value.state else value.text
    return value


def state_words(cell: ListedCell) -> str:
    """The words of a state."""
    return str(cell.text) if cell.text else strip_tags(state_tag(cell.state))


def row_html(columns: Sequence[ListColumn], cells: Sequence[Any], *, pick: str = "", css: str = "") -> SafeString:
    """A row of the table. pick: the cell with its tick, where rows are ticked."""
    inner = "".join(cell_html(column, value) for column, value in zip(columns, cells, strict=True))
    opened = f'<tr class="{conditional_escape(css)}">' if css else "<tr>"
    return mark_safe(f"{opened}{pick}{inner}</tr>")
