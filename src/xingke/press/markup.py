"""Tables in mark-up that call themselves workbooks: web pages (HTML) and XML Spreadsheet 2003. Runs only in the child.

Nothing is fetched, no script is run, a DTD is refused. A cell over several rows or columns is a merged area, as in a
workbook.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from xingke.base.sayings import say
from xingke.press import packages
from xingke.press.cells import (
    Area,
    Display,
    Note,
    Remark,
    Shape,
    display_of,
    is_secret,
    letters,
    secrecy_mark,
    sentence,
    text_of,
    written,
    written_in_csv,
)
from xingke.press.choosing import Candidate, OpenedSheet, choose, unread
from xingke.press.delimited import RawRow
from xingke.press.headers import LOOK_AHEAD, HeaderWords
from xingke.press.limits import Limits
from xingke.press.packages import Unreadable


@dataclass
class _Grid:
    """A table as it grows, cell by cell."""

    name: str
    limits: Limits
    is_visible: bool = True
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    notes: dict[int, list[Note]] = field(default_factory=dict)
    apart: list[Note] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)

    def put(self, row: int, column: int, text: str, remark: Remark | None) -> None:
        """A cell. Raises Unreadable beyond the limits, and for a marking of secrecy."""
        if remark is not None:
            self.notes.setdefault(row, []).append(Note(remark, row, column, sentence(remark, text)))
        if not text:
            return
        if column >= self.limits.columns:
            most = self.limits.columns
            raise Unreadable(
                say("表格有 %(count)s 列，超过 %(most)s 列的上限；请删除多余的列。", count=column + 1, most=most)
            )
        if "密" in text and (mark := secrecy_mark(text, is_at_head=False)):
            raise Unreadable(is_secret(mark))
        self.rows.setdefault(row, {})[column] = text

    def merge(self, row: int, column: int, down: int, across: int) -> None:
        """An area of so many further rows and columns."""
        if down or across:
            self.merged.append(((row, column), (row + down, column + across)))

    def hide_row(self, row: int) -> None:
        self.apart.append(Note(Remark.HIDDEN_ROW, row, 0, say("第 %(number)s 行是隐藏的，仍已读入", number=row)))

    def read(self) -> Iterator[RawRow]:
        """The rows that hold anything, in order."""
        for number in sorted(self.rows.keys() | self.notes.keys()):
            cells = self.rows.get(number, {})
            width = max(cells, default=-1) + 1
            yield number, [cells.get(column, "") for column in range(width)], self.notes.get(number, [])

    def most_words(self, words: HeaderWords) -> int:
        """How many known headers its best row holds."""
        return words.most(list(self.rows[number].values()) for number in sorted(self.rows)[:LOOK_AHEAD])


def _opened(grids: list[_Grid], wanted: str, words: HeaderWords) -> OpenedSheet:
    filled = [each for each in grids if each.rows]
    candidates = [Candidate(each.name, each.is_visible, each.most_words(words)) for each in filled]
    at = choose(candidates, wanted)
    chosen = filled[at]
    others = unread(candidates, at)
    return OpenedSheet(
        chosen.name if len(filled) > 1 or wanted else "", chosen.read(), chosen.merged, [*others, *chosen.apart]
    )


def _refuse_marked(texts: Iterator[str]) -> None:
    for text in texts:
        if "密" in text and (mark := secrecy_mark(text, is_at_head=True)):
            raise Unreadable(is_secret(mark))


# --- web pages -------------------------------------------------------------------------------------

_NO_TABLE = say("这个网页里没有表格；请在电子表格软件中打开原来的文件，另存为 .xlsx 后再导入。")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_UNSEEN = ("script", "style", "template", "noscript")
_FURTHEST = 1 << 16  # rows or columns one cell may span


def open_page(data: bytes, encoding: str, wanted: str, words: HeaderWords, limits: Limits) -> OpenedSheet:
    """The table of a web page with the most known words, else the first. Raises Unreadable for a page without one."""
    text = data.decode(encoding, errors="replace").lstrip("\ufeff")
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(text.encode(errors="replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise Unreadable(_NO_TABLE) from error
    tables = [each for each in root.iter("table") if next(each.iterdescendants("table"), None) is None]
    if not tables:
        raise Unreadable(_NO_TABLE)
    _refuse_marked(each for each in _texts(root, outside_tables=True))
    grids = [_grid_of(table, f"表 {number}", limits) for number, table in enumerate(tables, 1)]
    if not any(each.rows for each in grids):
        raise Unreadable(_NO_TABLE)
    return _opened(grids, wanted, words)


def _texts(root: etree._Element, *, outside_tables: bool) -> Iterator[str]:
    """The lines of text in an element."""
    for each in root.iter():
        if each.tag in _UNSEEN or (outside_tables and next(each.iterancestors("table"), None) is not None):
            continue
        yield from (each.text or "").splitlines()
        yield from (each.tail or "").splitlines()


def _grid_of(table: etree._Element, name: str, limits: Limits) -> _Grid:
    grid = _Grid(name, limits)
    taken: dict[int, int] = {}  # by column, the last row that a cell above covers
    for number, row in enumerate(table.iter("tr"), 1):
        if _is_hidden(row) and any(_shown(cell) for cell in row.iterchildren("td", "th")):
            grid.hide_row(number)
        column = 0
        for cell in row.iterchildren("td", "th"):
            while taken.get(column, 0) >= number:
                column += 1
            across, down = _span(cell, "colspan") - 1, _span(cell, "rowspan") - 1
            text, remark = written_in_csv(_shown(cell))
            grid.put(number, column, text, remark)
            grid.merge(number, column, down, across)
            if down:
                taken |= dict.fromkeys(range(column, column + min(across, limits.columns) + 1), number + down)
            column += across + 1
    return grid


def _span(cell: etree._Element, name: str) -> int:
    found = re.match(r"\s*(\d{1,6})", cell.get(name) or "")
    return max(1, min(int(found[1]), _FURTHEST)) if found else 1


def _is_hidden(element: etree._Element) -> bool:
    return bool(_HIDDEN.search(element.get("style") or "")) or element.get("hidden") is not None


def _shown(cell: etree._Element) -> str:
    """The text of a cell, a line for each break."""
    pieces: list[str] = []
    for event, each in etree.iterwalk(cell, events=("start", "end")):
        if event == "start":
            if each.tag in ("br", "p", "div") and pieces:
                pieces.append("\n")
            if each.tag not in _UNSEEN:
                pieces.append(" ".join((each.text or "").replace("\xa0", " ").split(" ")))
        elif each is not cell:
            pieces.append(each.tail or "")
    lines = ("".join(pieces)).replace("\r", "").split("\n")
    return "\n".join(line for line in (" ".join(each.split()) for each in lines) if line)


# --- XML Spreadsheet 2003 --------------------------------------------------------------------------

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_O = "{urn:schemas-microsoft-com:office:office}"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?")


def open_xml(data: bytes, encoding: str, wanted: str, words: HeaderWords, limits: Limits) -> OpenedSheet:
    """A sheet of an XML Spreadsheet 2003. Raises Unreadable for XML of any other kind."""
    text = _DECLARATION.sub("", data.decode(encoding, errors="replace").lstrip("\ufeff"), count=1)
    root = packages.parse(text.encode(errors="replace"), "XML", suffix=".xml")
    if root.tag != f"{_SS}Workbook":
        raise Unreadable(say("这个 XML 文件不是表格；请在电子表格软件中打开，另存为 .xlsx 后再导入。"))
    _refuse_marked(_texts_around(root))
    displays = {
        style.get(f"{_SS}ID") or "": shown
        for style in root.iterfind(f"{_SS}Styles/{_SS}Style")
        if (format_ := style.find(f"{_SS}NumberFormat")) is not None
        and (shown := _display(format_.get(f"{_SS}Format") or ""))
    }
    sheets = [_sheet_of(each, displays, limits) for each in root.iterfind(f"{_SS}Worksheet")]
    return _opened(sheets, wanted, words)


def _display(code: str) -> Display | None:
    if code == "Percent":
        return Display(Shape.PERCENT)
    return display_of(0, code) if re.search(r"[0#?]|yy", code, re.IGNORECASE) else None


def _texts_around(root: etree._Element) -> Iterator[str]:
    """Properties, names of sheets, and what is printed on each page."""
    for each in root.iterfind(f"{_O}DocumentProperties/*"):
        yield str(each.text or "")
    for sheet in root.iterfind(f"{_SS}Worksheet"):
        yield sheet.get(f"{_SS}Name") or ""
        for each in sheet.iter(f"{_X}Header", f"{_X}Footer"):
            yield from re.split(r'&(?:"[^"]*"|\d+|[A-Z])', each.get(f"{_X}Data") or "")


def _sheet_of(sheet: etree._Element, displays: dict[str, Display], limits: Limits) -> _Grid:
    grid = _Grid(sheet.get(f"{_SS}Name") or "", limits)
    visible = sheet.find(f"{_X}WorksheetOptions/{_X}Visible")
    grid.is_visible = visible is None or (visible.text or "").strip() == "SheetVisible"
    number = 0
    for row in sheet.iterfind(f"{_SS}Table/{_SS}Row"):
        number = _index(row, number)
        if row.get(f"{_SS}Hidden") == "1":
            grid.hide_row(number)
        column = 0
        for cell in row.iterchildren(f"{_SS}Cell"):
            column = _index(cell, column)
            across, down = _whole(cell, "MergeAcross"), _whole(cell, "MergeDown")
            text, remark = _value(cell, displays.get(cell.get(f"{_SS}StyleID") or ""))
            grid.put(number, column - 1, text, remark)
            grid.merge(number, column - 1, down, across)
            column += across
    _note_hidden_columns(sheet, grid)
    return grid


def _note_hidden_columns(sheet: etree._Element, grid: _Grid) -> None:
    column = 0
    for each in sheet.iterfind(f"{_SS}Table/{_SS}Column"):
        column = _index(each, column)
        if each.get(f"{_SS}Hidden") == "1":
            hidden = say("%(column)s 列起有隐藏的列，仍已读入", column=letters(column - 1))
            grid.apart.append(Note(Remark.HIDDEN_COLUMN, 1, column - 1, hidden))
        column += _whole(each, "Span")


def _index(element: etree._Element, before: int) -> int:
    """The place of a row or cell, from 1: the one it names, else the next. Raises Unreadable where it goes back."""
    named = _whole(element, "Index")
    if named and named <= before:
        raise Unreadable(say("表格里的行或单元格次序颠倒，不同软件会读出不同内容，不予打开。"))
    return named or before + 1


def _whole(element: etree._Element, name: str) -> int:
    text = element.get(f"{_SS}{name}") or ""
    return min(int(text), 1 << 20) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _value(cell: etree._Element, display: Display | None) -> tuple[str, Remark | None]:
    found = cell.find(f"{_SS}Data")
    if found is None:
        return "", Remark.NO_RESULT if cell.get(f"{_SS}Formula") else None
    text, kind = "".join(map(str, found.itertext())), found.get(f"{_SS}Type")
    if kind == "Error":
        return "", Remark.ERROR
    if kind == "Number":
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        return text_of(number, display) if math.isfinite(number) else ("", Remark.ERROR)
    if kind == "Boolean":
        return ("TRUE" if text.strip() == "1" else "FALSE"), None
    if kind == "DateTime" and (moment := _MOMENT.fullmatch(text.strip())):
        try:
            return text_of(datetime(*map(int, moment.groups())), display)  # type: ignore[arg-type]  # six numbers
        except ValueError:
            return text, Remark.ERROR
    return written(text)
