"""Writing an .xlsx: typed cells under a frozen header, and a second sheet that says what the table is.

What a cell is, its value says: text is text, whatever it looks like (a patent number keeps its ``.0``, ``=1+1`` is never
run), a number is exact, a day is a day. Rows are taken one by one and never held; equal input gives equal bytes.
"""

import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any  # XlsxWriter comes without types

from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.press.cells import letters

ROWS = 1_048_575  # below the header of one sheet
LONGEST = 32_767  # characters of one cell, more of which a spreadsheet calls damaged
DIGITS = 15  # significant digits a spreadsheet keeps of a number
SAMPLE = 2_000  # rows whose texts decide how wide a column is
NARROWEST, WIDEST = 6, 60
LINE_HEIGHT, HIGHEST = 15, 20  # points; lines of one row
COMMENTS = 2_000  # cells that get their note as a comment, too; more make a file slow to open

Cell = str | int | Decimal | date | datetime | None


class Form(StrEnum):
    """How the cells of a column are formatted, the empty ones too, into which somebody will type."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table. choices: what a cell may say, offered as a drop-down; they are advice, no lock."""

    label: str
    form: Form = Form.TEXT
    choices: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row. marks: by place of a cell, what is wrong with it."""

    cells: Sequence[Cell]
    marks: Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A further sheet of plain rows, such as what the table is about; its first column is set bold."""

    name: str
    rows: Sequence[Sequence[str]]


def write_workbook(
    *,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell] | Line],
    made_at: datetime,
    pages: Iterable[Page] = (),
    spare: int = 0,
) -> bytes:
    """A workbook whose first sheet, ``name``, is the table, followed by ``pages``.

    made_at: the moment the file gives as its own, in its reader's time zone. pages: taken once the rows are written.
    spare: empty rows below the table that are formatted and offer the choices, for a form to be filled in. Raises Refused for more rows than a sheet holds.
    """
    import xlsxwriter  # here, so that nobody waits for it who writes none

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_urls": False})
    book.set_properties({"created": made_at.replace(tzinfo=None)})
    looks = _Looks(book)
    sheet = book.add_worksheet(_sheet_name(name))
    try:
        last = _write_table(sheet, looks, columns, rows, spare)
    except BaseException:  # its rows so far lie in a file of their own, and it would finish itself when forgotten
        book.fileclosed = True
        sheet.row_data_fh.close()
        Path(sheet.row_data_filename).unlink(missing_ok=True)
        raise
    for page in pages:
        _write_page(book.add_worksheet(_sheet_name(page.name)), looks, page)
    _write_choices(book, sheet, looks, columns, last)
    book.close()
    return target.getvalue()


class _Looks:
    """The cell formats of one book, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._known: dict[tuple[str, bool, bool], Any] = {}
        self.header = book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "top",
                "num_format": "@",
                "bg_color": "#E7EEF5",
                "bottom": 1,
                "font_size": 11,
            }
        )
        self.strong = book.add_format({"bold": True, "valign": "top", "num_format": "@"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})

    def of(self, number_format: str, is_marked: bool = False, is_wrapped: bool = False) -> Any:
        """The format of a cell that is shown so; marked: with a fill that is seen at once."""
        key = (number_format, is_marked, is_wrapped)
        if key not in self._known:
            fill = {"bg_color": "#FFD9B3", "border": 1, "border_color": "#C65911"} if is_marked else {}
            common = {"num_format": number_format, "valign": "top", "text_wrap": is_wrapped}
            self._known[key] = self._book.add_format({**common, **fill})
        return self._known[key]

    def of_column(self, column: Column) -> Any:
        """The format of a column's empty cells."""
        return self.of({Form.TEXT: "@", Form.DAY: "yyyy-mm-dd", Form.NUMBER: "General"}[column.form])


def _write_table(
    sheet: Any, looks: _Looks, columns: Sequence[Column], rows: Iterable[Sequence[Cell] | Line], spare: int
) -> int:
    """Write header and rows; returns the place of the last row that may be filled."""
    widths = [_width(column.label) + 3 for column in columns]  # the filter's arrow stands beside the label
    for place, column in enumerate(columns):
        sheet.write_string(0, place, _text(column.label), looks.header)
    number = 0
    for number, row in enumerate(rows, 1):
        if number > ROWS:
            raise Refused(say("超过 %(most)s 行，一张工作表放不下；请先筛选，或导出 CSV。", most=ROWS))
        cells, marks = (row.cells, row.marks) if isinstance(row, Line) else (row, {})
        _write_row(sheet, looks, number, cells, marks)
        if number <= SAMPLE:
            for place, value in enumerate(cells[: len(widths)]):
                widths[place] = max(widths[place], _width(_shown(value)))
    for below in range(number + 1, number + spare + 1):
        for place, column in enumerate(columns):
            sheet.write_blank(below, place, None, looks.of_column(column))
    for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(place, place, min(max(width, NARROWEST), WIDEST) + 1, looks.of_column(column))
    sheet.freeze_panes(1, 0)
    _set_page(sheet)
    sheet.repeat_rows(0)
    if columns:
        sheet.autofilter(0, 0, max(number, 1), len(columns) - 1)
    return number + spare


def _write_row(sheet: Any, looks: _Looks, number: int, cells: Sequence[Cell], marks: Mapping[int, str]) -> None:
    """One row, as high as its cell of the most lines."""
    if (lines := max(map(_lines, cells), default=1)) > 1:
        sheet.set_row(number, LINE_HEIGHT * lines)
    for place, value in enumerate(cells):
        _write_cell(sheet, looks, number, place, value, marks.get(place, ""))


def _set_page(sheet: Any) -> None:
    """On paper: A4 across, as wide as the page, with page numbers."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _write_cell(sheet: Any, looks: _Looks, row: int, place: int, value: Cell, mark: str) -> None:
    is_marked = bool(mark)
    if mark and row <= COMMENTS:
        sheet.write_comment(row, place, mark[:LONGEST], {"x_scale": 2.5, "author": ""})
    if value is None or value == "":
        if is_marked:
            sheet.write_blank(row, place, None, looks.of("@", True))
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value.replace(tzinfo=None), looks.of("yyyy-mm-dd hh:mm", is_marked))
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, looks.of("yyyy-mm-dd", is_marked))
    elif isinstance(value, int | Decimal) and not isinstance(value, bool) and _is_kept(value):
        sheet.write_number(row, place, value, looks.of(_number_format(value), is_marked))
    else:
        sheet.write_string(row, place, _text(_shown(value)), looks.of("@", is_marked, is_wrapped=_lines(value) > 1))


def _is_kept(number: int | Decimal) -> bool:
    """Whether a spreadsheet keeps every digit of a number."""
    exact = Decimal(number)
    return exact.is_finite() and len(exact.normalize().as_tuple().digits) <= DIGITS and abs(exact.adjusted()) < DIGITS


def _number_format(number: int | Decimal) -> str:
    """As many decimals as the number says it has: 0.50 stays 0.50."""
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return f"0.{'0' * decimals}" if decimals else "0"


def _shown(value: Cell) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def _text(text: str) -> str:
    """Text as a cell takes it; what is too long says that it was cut."""
    if len(text) > LONGEST:
        cut = str(say("……（太长，只到这里）"))
        text = text[: LONGEST - len(cut)] + cut
    # XlsxWriter takes a text between these two for markup of its own
    return f" {text}" if text.startswith("<r>") and text.endswith("</r>") else text


def _width(text: str) -> int:
    """The columns a text takes, of its longest line; a Chinese character takes two."""
    return max(
        (sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line) for line in text.split("\n")),
        default=0,
    )


def _lines(value: Cell) -> int:
    """The lines a text takes in the widest column, as a row is high enough for."""
    if not isinstance(value, str) or (len(value) <= WIDEST // 2 and "\n" not in value):
        return 1
    lines = sum(max(1, -(-_width(line) // WIDEST)) for line in value[: WIDEST * HIGHEST].split("\n"))
    return min(lines, HIGHEST)


def _write_page(sheet: Any, looks: _Looks, page: Page) -> None:
    _set_page(sheet)
    columns = max((len(row) for row in page.rows), default=0)
    widths = [NARROWEST] * columns
    for number, row in enumerate(page.rows):
        sheet.set_row(number, LINE_HEIGHT * max(map(_lines, row), default=1))
        for place, text in enumerate(row):
            sheet.write_string(number, place, _text(text), looks.wrapped if place else looks.strong)
            widths[place] = max(widths[place], _width(text))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(width, WIDEST) + 2)


def _write_choices(book: Any, sheet: Any, looks: _Looks, columns: Sequence[Column], last: int) -> None:
    """Offer each column's choices, from a last sheet that lists them: a list in the cell itself holds 255 characters."""
    offered = [(place, column) for place, column in enumerate(columns) if column.choices]
    if not offered or not last:
        return
    name = _sheet_name(str(say("可选值")))
    listed = book.add_worksheet(name)
    for at, (_place, column) in enumerate(offered):
        listed.set_column(at, at, min(max(map(_width, (column.label, *column.choices))), WIDEST) + 2)
    for number in range(max(len(column.choices) for _place, column in offered) + 1):
        for at, (_place, column) in enumerate(offered):
            if number == 0:
                listed.write_string(0, at, _text(column.label), looks.header)
            elif number <= len(column.choices):
                listed.write_string(number, at, _text(column.choices[number - 1]), looks.wrapped)
    for at, (place, column) in enumerate(offered):
        letter = letters(at)
        source = f"='{name}'!${letter}$2:${letter}${len(column.choices) + 1}"
        sheet.data_validation(
            1,
            place,
            last,
            place,
            {
                "validate": "list",
                "source": source,
                "error_type": "warning",
                "error_title": str(say("请核对"))[:32],
                "error_message": str(say("这一格通常从可选值中选；确实要写别的，请选“是”。")),
            },
        )


def _sheet_name(name: str) -> str:
    """A name as sheets may have: 31 characters, none that means something in a formula."""
    return "".join(each for each in name if each not in "[]:*?/\\").strip("'")[:31] or "Sheet"
