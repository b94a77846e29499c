"""Exports of lists: one .xlsx and one CSV writer for all rooms."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any  # cells come straight from rows of any table

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from xingke.press.xlsx_writer import Cell, Column, Line, Page, write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = ("xlsx", "csv")

# A spreadsheet takes a cell that begins so for a formula and runs it (OWASP, CSV injection); the full-width signs
# are turned into these by some spreadsheets. A plain number is none: −3 stays a number.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A CSV to be saved as ``name`` (with .csv): UTF-8 with a byte order mark, so that spreadsheets show Chinese.

    Cells that a spreadsheet would run as a formula get a leading ``'``; None becomes an empty cell.
    """
    text = io.StringIO()
    text.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = csv.writer(text)
    writer.writerow([cell(each) for each in header])
    writer.writerows([cell(each) for each in row] for row in rows)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def cell(value: object) -> str:
    """One value as it stands in a CSV: days and moments in ISO form (Asia/Shanghai), text made harmless."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


# ── a list as a file ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class About:
    """What a table is about, said on the second sheet of its .xlsx.

    fields: the filter_bar fields of its page, of which the chosen ones are said. notes: further (label, words), such as
    what a column means. is_fictional: everything in it is invented; where rows say so themselves, that is seen.
    """

    fields: Sequence[Mapping[str, Any] | None] = ()
    notes: Sequence[tuple[str, str]] = ()
    is_fictional: bool = False


def wants_file(request: HttpRequest) -> bool:
    """Whether the reader asked for the list as a file: ``?format=xlsx`` or ``?format=csv``."""
    return request.GET.get("format") in FORMATS


def table_response(
    request: HttpRequest,
    name: str,
    columns: Sequence[str | Column],
    rows: Iterable[Sequence[Any]],
    about: About | None = None,
) -> HttpResponse:
    """The list ``name`` (without an ending) as the file the reader asked for: a CSV, else an .xlsx."""
    made = [each if isinstance(each, Column) else Column(label=str(each)) for each in columns]
    if request.GET.get("format") == "csv":
        return csv_response(f"{name}.csv", [each.label for each in made], rows)
    invented = _Invented((about or About()).is_fictional)
    pages = (_page(request, name, about or About(), invented) for _once in range(1))  # made once the rows were seen
    told = invented.seen_in(rows, [each.label for each in made])
    return workbook_response(name, columns=made, rows=told, pages=pages)


def workbook_response(
    name: str,
    *,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any] | Line],
    pages: Iterable[Page] = (),
    spare: int = 0,
) -> HttpResponse:
    """An .xlsx to be saved as ``name`` (without an ending)."""
    cells = (row if isinstance(row, Line) else [typed(each) for each in row] for row in rows)
    now = timezone.localtime().replace(tzinfo=None, microsecond=0)
    data = write_workbook(name=name, columns=columns, rows=cells, made_at=now, pages=pages, spare=spare)
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    return response


def document_response(name: str, data: bytes) -> HttpResponse:
    """A .docx to be saved as ``name`` (without an ending)."""
    response = HttpResponse(data, content_type=DOCX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.docx")
    return response


@dataclass
class _Invented:
    """Whether anything in a table is invented: said of the whole, or by a row in the column that says so."""

    is_known: bool
    labels: tuple[str, ...] = field(default_factory=lambda: (_("虚构"),))

    def seen_in(self, rows: Iterable[Sequence[Any]], header: Sequence[str]) -> Iterator[Sequence[Any]]:
        """The rows, watched as they pass."""
        place = next((at for at, label in enumerate(header) if label in self.labels), None)
        for row in rows:
            self.is_known = self.is_known or (place is not None and bool(row[place]))
            yield row


def _page(request: HttpRequest, name: str, about: About, invented: _Invented) -> Page:
    """The sheet that says what the table is."""
    who = getattr(request.user, "name", "") if hasattr(request, "user") else ""
    rows = [
        (_("名称"), name),
        (_("筛选条件"), chosen_words(about.fields) or _("没有筛选，是您可以查看的全部")),
        (_("截至"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        *([(_("导出人"), str(who))] if who else []),
        *([(_("虚构数据"), _("表中有虚构的演示数据，不是真实情况。"))] if invented.is_known else []),
        *about.notes,
    ]
    return Page(name=_("口径"), rows=rows)


def chosen_words(fields: Iterable[Mapping[str, Any] | None]) -> str:
    """What was chosen in a filter_bar, in words: 类别：专利；年份：2024."""
    said = []
    for each in fields:
        if each and each.get("value"):
            options = {option["value"]: option["label"] for option in each.get("options", ())}
            said.append(
                _("%(label)s：%(value)s") % {"label": each["label"], "value": options.get(each["value"], each["value"])}
            )
    return _("；").join(said)


def typed(value: object) -> Cell:
    """One value as an .xlsx keeps it: moments as they are here (Asia/Shanghai), whatever is no number or day as text."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).replace(tzinfo=None)
    if (
        value is None
        or isinstance(value, str | date | Decimal)
        or (isinstance(value, int) and not isinstance(value, bool))
    ):
        return value
    return str(value)


@dataclass(frozen=True)
class Addresses:
    """The addresses of the same list, with the same choices and all its pages, as files."""

    xlsx: str
    csv: str


def file_addresses(request: HttpRequest) -> Addresses:
    """Where the reader gets the list they look at as a file."""
    return Addresses(*(file_address(request, wanted) for wanted in FORMATS))


def file_address(request: HttpRequest, wanted: str) -> str:
    """The address of the same list, with the same choices and all its pages, in one format."""
    query = request.GET.copy()
    query.pop("page", None)
    query["format"] = wanted
    return f"?{query.urlencode()}"
