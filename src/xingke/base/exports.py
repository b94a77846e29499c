"""Exports of lists: one CSV writer for all rooms."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any  # cells come straight from rows of any table

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

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


def wants_csv(request: HttpRequest) -> bool:
    """Whether the reader asked for the list as a file: ``?format=csv``."""
    return request.GET.get("format") == "csv"


def csv_address(request: HttpRequest) -> str:
    """The address of the same list, with the same choices and all its pages, as a file."""
    query = request.GET.copy()
    query.pop("page", None)
    query["format"] = "csv"
    return f"?{query.urlencode()}"
